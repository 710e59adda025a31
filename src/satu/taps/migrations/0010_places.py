"""A city's places, its readers and the bundles made of them."""

import django.db.models.deletion
from django.db import migrations, models

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("taps", "0002_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Operator",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("code", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("colour", models.CharField(max_length=7)),
            ],
        ),
        migrations.CreateModel(
            name="Bundle",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("digest", models.BinaryField(max_length=32)),
                ("content", models.BinaryField()),
                ("loaded_at", models.DateTimeField()),
                ("is_active", models.BooleanField()),
                ("key", models.CharField(max_length=16)),
                ("signature", models.BinaryField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("city", "digest"), name="taps_bundle_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("city",),
                        name="taps_bundle_one_active",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Activation",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("reason", models.TextField()),
                (
                    "bundle",
                    models.ForeignKey(
                        db_column="bundle",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taps.bundle",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Point",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("code", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("kind", models.TextField()),
                ("network", models.TextField()),
                ("area", models.TextField()),
                ("lat", models.FloatField()),
                ("lon", models.FloatField()),
                (
                    "operator",
                    models.ForeignKey(
                        db_column="operator",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taps.operator",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("code", models.TextField(unique=True)),
                ("public_key", models.BinaryField(max_length=32)),
                ("key_version", models.SmallIntegerField(db_default=1)),
                ("clock_offset_ms", models.IntegerField(db_default=0)),
                ("state", models.SmallIntegerField(db_default=0)),
                ("last_seen", models.DateTimeField(null=True)),
                (
                    "operator",
                    models.ForeignKey(
                        db_column="operator",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taps.operator",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        db_column="point",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to="taps.point",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Route",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("code", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("network", models.TextField()),
                ("colour", models.CharField(max_length=7)),
                (
                    "operator",
                    models.ForeignKey(
                        db_column="operator",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taps.operator",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(read_sql("satu.taps", "place_grants_v1"), migrations.RunSQL.noop),
    ]
