"""Numbers at banks for one top-up each, and what was paid to numbers."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0002_banks"),
    ]

    operations = [
        migrations.CreateModel(
            name="VaPayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("request", models.TextField()),
                ("customer_no", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("posting", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="va_payments",
                        to="partners.partner",
                    ),
                ),
            ],
            options={
                "db_table": "partners_va_payment",
                "indexes": [
                    models.Index(
                        fields=["partner", "customer_no"], name="partners_va_payment_number"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "request"), name="a_payment_request_is_booked_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VirtualAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.TextField(unique=True)),
                ("reference", models.TextField(unique=True)),
                ("customer_no", models.TextField()),
                ("card", models.BigIntegerField(db_index=True)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("state", models.SmallIntegerField(default=0)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("response_code", models.TextField(default="")),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("next_at", models.DateTimeField()),
                ("known_at", models.DateTimeField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="virtual_accounts",
                        to="partners.partner",
                    ),
                ),
            ],
            options={
                "db_table": "partners_virtual_account",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__lte", 2)),
                        fields=["next_at"],
                        name="partners_va_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "customer_no"), name="a_banks_number_is_given_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="virtual_account_is_positive"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update on partners_virtual_account to satu_app;"
            " grant select, insert on partners_va_payment to satu_app;"
            " grant usage on sequence partners_virtual_account_id_seq,"
            " partners_va_payment_id_seq to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
