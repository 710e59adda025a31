"""Where somebody went is unlinked from them."""

from django.db import migrations

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("taps", "0011_repairs"), ("ledger", "0003_unlink")]
    operations = [
        migrations.RunSQL(read_sql("satu.taps", "retention_v1"), migrations.RunSQL.noop),
    ]
