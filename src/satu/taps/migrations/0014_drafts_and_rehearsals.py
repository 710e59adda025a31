"""Tariffs that were uploaded, and rehearsals of them."""

import django.db.models.deletion
from django.db import migrations, models

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("taps", "0013_device_health"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("version", models.TextField()),
                ("valid_from", models.DateField()),
                ("content", models.BinaryField()),
                ("hash", models.CharField(max_length=64)),
                ("notes", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
            ],
            options={
                "db_table": "taps_draft",
                "constraints": [
                    models.UniqueConstraint(fields=("city", "hash"), name="taps_draft_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rehearsal",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.TextField()),
                ("done", models.BigIntegerField(default=0)),
                ("serials", models.BigIntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                ("result", models.TextField(blank=True, default="")),
                ("problem", models.TextField(blank=True, default="")),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rehearsals",
                        to="taps.draft",
                    ),
                ),
            ],
            options={
                "db_table": "taps_rehearsal",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["id"],
                        name="taps_rehearsal_waiting",
                    )
                ],
            },
        ),
        migrations.RunSQL(read_sql("satu.taps", "draft_grants_v1"), migrations.RunSQL.noop),
    ]
