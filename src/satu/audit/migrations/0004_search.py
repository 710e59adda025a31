"""What the trail is searched by."""

from django.db import migrations

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_seals")]
    operations = [migrations.RunSQL(read_sql("satu.audit", "search_v1"))]
