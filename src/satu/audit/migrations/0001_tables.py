from django.db import migrations

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.RunSQL(read_sql("satu.audit", "tables_v1")),
        migrations.RunSQL(read_sql("satu.audit", "grants_v1")),
    ]
