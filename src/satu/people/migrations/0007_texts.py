"""What people write in cases, sealed like a profile."""

from django.db import migrations

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("people", "0006_found_by_email")]

    operations = [
        migrations.RunSQL(read_sql("satu.people", "texts_v1"), migrations.RunSQL.noop),
    ]
