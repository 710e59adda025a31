"""The functions of the tap's road, and who may call them."""

from django.db import migrations

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("taps", "0001_tables"),
        ("cards", "0001_tables"),
        ("ledger", "0002_functions"),
    ]
    operations = [
        migrations.RunSQL(read_sql("satu.taps", "commit_v1"), migrations.RunSQL.noop),
        migrations.RunSQL(read_sql("satu.taps", "function_grants_v1"), migrations.RunSQL.noop),
    ]
