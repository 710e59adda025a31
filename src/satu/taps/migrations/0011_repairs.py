"""Missing taps that riders tell, with the evidence."""

import django.db.models.deletion
from django.db import migrations, models

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("taps", "0010_places"),
    ]

    operations = [
        migrations.CreateModel(
            name="Repair",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("card", models.BigIntegerField()),
                ("use", models.BigIntegerField()),
                ("service_day", models.DateField()),
                ("network", models.TextField()),
                ("missing", models.SmallIntegerField()),
                ("said_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.TextField()),
                ("evidence", models.JSONField()),
                ("tap", models.BigIntegerField(null=True, unique=True)),
                ("state", models.SmallIntegerField(db_default=0)),
                ("waits_for", models.TextField(db_default="", default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.TextField(db_default="", default="")),
                ("reason", models.TextField(db_default="", default="")),
                ("refunded", models.BigIntegerField(db_default=0)),
                (
                    "point",
                    models.ForeignKey(
                        db_column="point",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taps.point",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", 0)),
                        fields=["asked_at"],
                        name="taps_repair_waiting",
                    ),
                    models.Index(fields=["said_at"], name="taps_repair_said_at"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("card", "use"), name="taps_repair_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("refunded", 0),
                            models.Q(("refunded__gt", 0), ("state", 1)),
                            _connector="OR",
                        ),
                        name="taps_repair_pays_when_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", 0)),
                            models.Q(("decided_at__isnull", False), ("state__gt", 0)),
                            _connector="OR",
                        ),
                        name="taps_repair_is_decided_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(read_sql("satu.taps", "repair_grants_v1"), migrations.RunSQL.noop),
    ]
