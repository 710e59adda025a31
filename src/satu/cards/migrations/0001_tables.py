from django.db import migrations

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = [("ledger", "0001_tables")]
    operations = [
        migrations.RunSQL(read_sql("satu.cards", "tables_v1")),
        migrations.RunSQL(read_sql("satu.cards", "grants_v1")),
    ]
