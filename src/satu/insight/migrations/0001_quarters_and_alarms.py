"""Taps by quarter of an hour, the control room's alarms, and what `satu verify` found."""

from django.db import migrations, models

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("taps", "0012_retention"),
    ]

    operations = [
        migrations.RunSQL(read_sql("satu.insight", "tables_v1"), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField()),
                ("subject", models.TextField()),
                ("since", models.DateTimeField()),
                ("noticed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("detail", models.JSONField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_by", models.TextField(db_default="", default="")),
                ("note", models.TextField(db_default="", default="")),
            ],
            options={
                "indexes": [models.Index(fields=["-noticed_at"], name="insight_alarm_noticed")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("kind", "subject"),
                        name="insight_alarm_is_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                ("postings", models.BigIntegerField()),
                ("problems", models.IntegerField()),
                ("first", models.TextField(db_default="", default="")),
            ],
        ),
        migrations.RunSQL(read_sql("satu.insight", "grants_v1"), migrations.RunSQL.noop),
    ]
