"""Postings of rides long ago forget which tap caused them."""

from django.db import migrations

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_functions")]
    operations = [
        migrations.RunSQL(read_sql("satu.ledger", "unlink_v1"), migrations.RunSQL.noop),
    ]
