"""Banks that Satu calls, and the payouts that they are asked for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bank",
            fields=[
                (
                    "partner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="bank",
                        serialize=False,
                        to="partners.partner",
                    ),
                ),
                ("base_url", models.TextField()),
                ("client_key", models.TextField()),
                ("sends_as", models.TextField()),
                ("source", models.TextField()),
                ("profile", models.JSONField()),
                ("sealed", models.BinaryField()),
                ("failures", models.PositiveIntegerField(default=0)),
                ("open_until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "partners_bank",
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.TextField(unique=True)),
                ("card", models.BigIntegerField(db_index=True)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("sealed", models.BinaryField()),
                ("state", models.SmallIntegerField(default=0)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("response_code", models.TextField(default="")),
                ("bank_reference", models.TextField(default="")),
                ("made_at", models.DateTimeField()),
                ("next_at", models.DateTimeField()),
                ("known_at", models.DateTimeField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="partners.partner",
                    ),
                ),
            ],
            options={
                "db_table": "partners_payout",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__lt", 2)),
                        fields=["next_at"],
                        name="partners_payout_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="payout_is_positive"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update on partners_bank, partners_payout to satu_app;"
            " grant usage on sequence partners_payout_id_seq to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
