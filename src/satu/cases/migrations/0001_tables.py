"""Cases, their stories and what the city says of them; who may use what."""

import django.db.models.deletion
from django.db import migrations, models

# A story is only added to; what somebody wrote is forgotten with its case.
GRANTS = """
grant select, insert, update on cases_city, cases_case to satu_app;
grant select, insert, update (text) on cases_entry to satu_app;
grant usage on sequence cases_case_id_seq, cases_entry_id_seq to satu_app;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.TextField(unique=True)),
                ("kind", models.TextField()),
                ("channel", models.TextField()),
                ("resident", models.BigIntegerField(null=True)),
                ("card", models.BigIntegerField(null=True)),
                ("about", models.TextField(blank=True)),
                ("state", models.PositiveSmallIntegerField(default=0)),
                ("team", models.TextField()),
                ("owner", models.TextField(blank=True)),
                ("step", models.PositiveSmallIntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.TextField()),
                ("answer_by", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("left_s", models.PositiveIntegerField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("is_forgotten", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "cases_case",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__lte", 2)),
                        fields=["team", "due_at"],
                        name="cases_queue",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="cases_due",
                    ),
                    models.Index(fields=["resident", "id"], name="cases_of_resident"),
                    models.Index(fields=["card"], name="cases_of_card"),
                    models.Index(fields=["about"], name="cases_about"),
                    models.Index(fields=["state", "answered_at"], name="cases_answered"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__lte", 4)), name="case_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__lte", 1), ("due_at__isnull", True), _connector="OR"
                        ),
                        name="case_clock_runs_or_stands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__lt", 3), ("answered_at__isnull", False), _connector="OR"
                        ),
                        name="case_was_answered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="City",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("asset", models.TextField()),
                ("content", models.TextField()),
            ],
            options={
                "db_table": "cases_city",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="cases_of_one_city")
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("what", models.TextField()),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("text", models.BigIntegerField(null=True)),
                ("answer", models.TextField(blank=True)),
                ("parameters", models.JSONField(default=dict)),
                ("is_inner", models.BooleanField(default=False)),
                (
                    "case",
                    models.ForeignKey(
                        db_column="case",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "cases_entry",
            },
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
