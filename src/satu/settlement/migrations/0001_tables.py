"""Accounts of banks, their statements and lines; statements are added, never changed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cards", "0004_products"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                (
                    "issuer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cards.issuer",
                    ),
                ),
                ("number", models.TextField(unique=True)),
                ("currency", models.CharField(max_length=3)),
                ("transit_days", models.PositiveSmallIntegerField()),
            ],
            options={
                "db_table": "settlement_bank_account",
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("opening", models.BigIntegerField()),
                ("opened_on", models.DateField()),
                ("closing", models.BigIntegerField()),
                ("closed_on", models.DateField()),
                ("digest", models.BinaryField()),
                ("imported_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="settlement.bankaccount",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_statement",
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("booked_on", models.DateField()),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="settlement.statement",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_statement_line",
            },
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                fields=("account", "name"), name="a_statement_is_taken_once"
            ),
        ),
        migrations.RunSQL(
            "grant select, insert, update on settlement_bank_account to satu_app;"
            " grant select, insert on settlement_statement, settlement_statement_line to satu_app;"
            " grant usage on sequence settlement_statement_id_seq,"
            " settlement_statement_line_id_seq to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
