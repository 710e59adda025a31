"""Issuers, and what Django reads of cards; then the functions and who may use what."""

from django.db import migrations, models

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Card",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("card_group", models.SmallIntegerField()),
                ("number", models.CharField(max_length=16)),
                ("state", models.SmallIntegerField()),
                ("category", models.TextField()),
                ("purse", models.BigIntegerField()),
                ("receivable", models.BigIntegerField()),
                ("version", models.BigIntegerField()),
                ("owner", models.BigIntegerField(null=True)),
                ("issued_at", models.DateTimeField()),
                ("entitlements", models.BinaryField(null=True)),
                ("product", models.SmallIntegerField()),
                ("expires_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "cards_card",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Denial",
            fields=[
                ("version", models.BigIntegerField(primary_key=True, serialize=False)),
                ("denied", models.BooleanField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "cards_denial",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Medium",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.SmallIntegerField()),
                ("token_hash", models.BinaryField()),
                ("state", models.SmallIntegerField()),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "db_table": "cards_medium",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Issuer",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("code", models.SlugField(unique=True)),
                ("name", models.TextField()),
                ("number_prefix", models.CharField(max_length=6, unique=True)),
                ("is_simulated", models.BooleanField()),
                ("note", models.TextField(blank=True)),
                ("float_account", models.BigIntegerField()),
            ],
            options={
                "db_table": "cards_issuer",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id__gt", 0)), name="zero_is_the_scheme"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number_prefix__regex", "^[0-9]{6}$")),
                        name="prefix_is_six_digits",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update on cards_issuer to satu_app", migrations.RunSQL.noop
        ),
        migrations.RunSQL(read_sql("satu.cards", "issue_v1"), migrations.RunSQL.noop),
        migrations.RunSQL(read_sql("satu.cards", "import_v1"), migrations.RunSQL.noop),
    ]
