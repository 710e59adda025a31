"""What banks owe for their own chips and tokens, and what they answer."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0005_banks"),
        ("settlement", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClearingFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("written_at", models.DateTimeField()),
                (
                    "bank",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.issuer",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_clearing_file",
            },
        ),
        migrations.CreateModel(
            name="ClearingLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("purse", models.BigIntegerField()),
                ("reference", models.TextField()),
                ("rides", models.PositiveIntegerField()),
                ("amount", models.BigIntegerField()),
                ("is_paid", models.BooleanField(null=True)),
                ("reason", models.TextField(default="")),
                ("answered_at", models.DateTimeField(null=True)),
                ("posting", models.UUIDField(null=True, unique=True)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="settlement.clearingfile",
                    ),
                ),
            ],
            options={
                "db_table": "settlement_clearing_line",
                "ordering": ["number"],
            },
        ),
        migrations.AddConstraint(
            model_name="clearingfile",
            constraint=models.UniqueConstraint(
                fields=("bank", "day"), name="a_day_is_cleared_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="clearingline",
            constraint=models.UniqueConstraint(
                fields=("file", "number"), name="a_line_has_one_number"
            ),
        ),
        migrations.RunSQL(
            "grant select, insert on settlement_clearing_file to satu_app;"
            " grant select, insert, update on settlement_clearing_line to satu_app;"
            " grant usage on sequence settlement_clearing_file_id_seq,"
            " settlement_clearing_line_id_seq to satu_app;",
            migrations.RunSQL.noop,
        ),
    ]
