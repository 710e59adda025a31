"""Cards that a bank or the city orders from a maker."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0007_family_limits"),
    ]

    operations = [
        migrations.CreateModel(
            name="CardOrder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.TextField(unique=True)),
                ("product", models.SmallIntegerField()),
                ("category", models.TextField()),
                ("count", models.IntegerField()),
                ("is_citys", models.BooleanField()),
                ("maker", models.TextField()),
                ("maker_key", models.BinaryField()),
                ("state", models.SmallIntegerField(default=0)),
                ("first", models.BigIntegerField(null=True, unique=True)),
                ("files", models.IntegerField(default=0)),
                ("ordered_at", models.DateTimeField()),
                ("produced_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                (
                    "issuer",
                    models.ForeignKey(
                        db_column="issuer",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="cards.issuer",
                    ),
                ),
            ],
            options={
                "db_table": "cards_order",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first__isnull", True), ("state", 0)),
                            models.Q(("first__isnull", False), ("state__gt", 0)),
                            _connector="OR",
                        ),
                        name="made_when_produced",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update on cards_order to satu_app;"
            " grant usage on sequence cards_order_id_seq to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
