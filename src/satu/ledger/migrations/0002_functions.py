"""The ledger's functions: accounts, posting; and who may call them."""

from django.db import migrations

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_tables")]
    operations = [
        migrations.RunSQL(read_sql("satu.ledger", "post_v1"), migrations.RunSQL.noop),
        migrations.RunSQL(read_sql("satu.ledger", "accounts_v1"), migrations.RunSQL.noop),
        migrations.RunSQL(read_sql("satu.ledger", "function_grants_v1"), migrations.RunSQL.noop),
    ]
