"""Proofs of the chain that were asked for and made; nobody removes one."""

from django.db import migrations, models

GRANTS = """
grant select, insert, update on audit_proof to satu_app;
grant usage on sequence audit_proof_id_seq to satu_app;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_search")]

    operations = [
        migrations.CreateModel(
            name="Proof",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.TextField()),
                ("at", models.DateTimeField(null=True)),
                ("entries", models.BigIntegerField(default=0)),
                ("unsealed", models.BigIntegerField(default=0)),
                ("seal", models.BigIntegerField(default=0)),
                ("hash", models.TextField(blank=True, default="")),
                ("broken", models.BigIntegerField(default=0)),
                ("breaks", models.JSONField(default=list)),
            ],
            options={"db_table": "audit_proof"},
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
