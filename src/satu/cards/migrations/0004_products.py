"""Kinds of cards, replacements, closings and balances that nobody came for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0003_passes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name_id", models.TextField()),
                ("name_en", models.TextField()),
                ("balance_unregistered", models.BigIntegerField(null=True)),
                ("balance_registered", models.BigIntegerField(null=True)),
                ("monthly_unregistered", models.BigIntegerField(null=True)),
                ("monthly_registered", models.BigIntegerField(null=True)),
                ("valid_months", models.PositiveSmallIntegerField(null=True)),
                ("dormant_months", models.PositiveSmallIntegerField()),
                ("redeem_days", models.PositiveSmallIntegerField()),
            ],
            options={
                "db_table": "cards_product",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id__gt", 0)), name="zero_is_no_product"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Replacement",
            fields=[
                (
                    "card",
                    models.OneToOneField(
                        db_column="card",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="replacement",
                        serialize=False,
                        to="cards.card",
                    ),
                ),
                (
                    "successor",
                    models.OneToOneField(
                        db_column="successor",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="replaces",
                        to="cards.card",
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "cards_replacement"},
        ),
        migrations.CreateModel(
            name="Closing",
            fields=[
                (
                    "card",
                    models.OneToOneField(
                        db_column="card",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="closing",
                        serialize=False,
                        to="cards.card",
                    ),
                ),
                ("closed_at", models.DateTimeField()),
                ("pay_from", models.DateField()),
                ("due_on", models.DateField()),
                ("paid_at", models.DateTimeField(null=True)),
                ("amount", models.BigIntegerField(null=True)),
                ("posting", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "cards_closing",
                "indexes": [
                    models.Index(
                        condition=models.Q(("paid_at", None)),
                        fields=["pay_from"],
                        name="cards_closing_waiting",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Dormant",
            fields=[
                ("posting", models.UUIDField(primary_key=True, serialize=False)),
                ("amount", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("returned", models.UUIDField(null=True)),
                (
                    "card",
                    models.ForeignKey(
                        db_column="card",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="dormant",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "db_table": "cards_dormant",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="dormant_amount_positive"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update on"
            " cards_product, cards_replacement, cards_closing, cards_dormant to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
