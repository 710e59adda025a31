"""Proposals to move money; nobody removes one."""

from django.db import migrations, models

GRANTS = """
grant select, insert, update on approvals_proposal to satu_app;
grant usage on sequence approvals_proposal_id_seq to satu_app;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.TextField(unique=True)),
                ("action", models.TextField()),
                ("sealed", models.BinaryField()),
                ("subject_kind", models.TextField()),
                ("subject_id", models.TextField()),
                ("party", models.TextField(blank=True)),
                ("amount", models.BigIntegerField(null=True)),
                ("reason", models.TextField()),
                ("case", models.TextField(blank=True)),
                ("proposed_by", models.TextField()),
                ("proposed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("state", models.PositiveSmallIntegerField(default=0)),
                ("decided_by", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("result", models.TextField(blank=True)),
            ],
            options={
                "db_table": "approvals_proposal",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", 0)),
                        fields=["expires_at"],
                        name="approvals_waiting",
                    ),
                    models.Index(
                        fields=["subject_kind", "subject_id"], name="approvals_of_subject"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", 0)),
                            models.Q(("decided_at__isnull", False), ("state__gt", 0)),
                            _connector="OR",
                        ),
                        name="proposal_is_decided_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", [1, 2]), _negated=True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="four_eyes",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
