from django.db import migrations

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = [("cards", "0001_tables")]
    operations = [
        migrations.RunSQL(read_sql("satu.taps", "tables_v1")),
        migrations.RunSQL(read_sql("satu.taps", "grants_v1")),
    ]
