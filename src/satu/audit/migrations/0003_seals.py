"""The chain of hashes over the audit trail; entries that are already there wait for their seal."""

from django.db import migrations

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_models")]
    operations = [migrations.RunSQL(read_sql("satu.audit", "seals_v1"))]
