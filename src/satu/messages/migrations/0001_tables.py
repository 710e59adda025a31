"""The outbox, residents' wishes and the city's rules; who may use what."""

import django.contrib.postgres.fields
from django.db import migrations, models

GRANTS = """
grant select, insert, update, delete on messages_message to satu_app;
grant select, insert, update on messages_wish, messages_rules, messages_position to satu_app;
grant usage on sequence messages_message_id_seq to satu_app;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Position",
            fields=[
                ("what", models.TextField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(null=True)),
                ("number", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "messages_position",
            },
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("resident", models.BigIntegerField(primary_key=True, serialize=False)),
                ("language", models.CharField(default="id", max_length=2)),
                (
                    "off",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("low_balance", models.BigIntegerField(null=True)),
                ("channel", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "messages_wish",
            },
        ),
        migrations.CreateModel(
            name="CityRules",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("asset", models.TextField()),
                ("low_balance", models.BigIntegerField(null=True)),
                ("most_a_day", models.PositiveSmallIntegerField()),
            ],
            options={
                "db_table": "messages_rules",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_city_one_rule")
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField(unique=True)),
                ("resident", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("parameters", models.JSONField(default=dict)),
                ("secret", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("state", models.PositiveSmallIntegerField(default=0)),
                ("why", models.TextField(blank=True)),
                ("channel", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "messages_message",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="messages_due",
                    ),
                    models.Index(fields=["resident", "made_at"], name="messages_of_resident"),
                    models.Index(fields=["made_at"], name="messages_by_age"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True), ("next_at__isnull", False), ("state", 0)
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("next_at__isnull", True),
                                ("state__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="message_waits_or_ended",
                    )
                ],
            },
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
