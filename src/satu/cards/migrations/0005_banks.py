"""What banks have deposited for each other, and cards that went from one to another."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0004_products"),
    ]

    operations = [
        migrations.CreateModel(
            name="Prefund",
            fields=[
                (
                    "bank",
                    models.OneToOneField(
                        db_column="bank",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cards.issuer",
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "cards_prefund",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="prefund_is_not_negative"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Switch",
            fields=[
                ("to_purse", models.BigIntegerField(primary_key=True, serialize=False)),
                ("from_purse", models.BigIntegerField(unique=True)),
                ("key", models.TextField(unique=True)),
                ("from_bank", models.IntegerField()),
                ("to_bank", models.IntegerField()),
                ("amount", models.BigIntegerField()),
                ("posting", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "card",
                    models.ForeignKey(
                        db_column="card",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="switches",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "db_table": "cards_switch",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="switched_is_not_negative"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update on cards_prefund to satu_app;"
            " grant select, insert on cards_switch to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
