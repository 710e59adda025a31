"""Partners, their tokens, and the calls that were answered; who may use what."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cards", "0003_passes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                ("client_key", models.TextField(unique=True)),
                ("partner_id", models.TextField(unique=True)),
                ("public_key", models.TextField()),
                ("profile", models.JSONField()),
                ("secret_generation", models.PositiveSmallIntegerField(default=1)),
                ("is_open", models.BooleanField(default=True)),
                ("added_at", models.DateTimeField()),
                (
                    "issuer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.issuer",
                    ),
                ),
            ],
            options={
                "db_table": "partners_partner",
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.BinaryField(unique=True)),
                ("card", models.BigIntegerField(null=True)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to="partners.partner",
                    ),
                ),
            ],
            options={
                "db_table": "partners_token",
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("external_id", models.TextField()),
                ("digest", models.BinaryField()),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.BinaryField()),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="partners.partner",
                    ),
                ),
            ],
            options={
                "db_table": "partners_call",
                "indexes": [
                    models.Index(fields=["partner", "at"], name="partners_call_partner_at")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "day", "external_id"),
                        name="an_external_id_is_used_once_a_day",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update on partners_partner to satu_app;"
            " grant select, insert, delete on partners_token, partners_call to satu_app;"
            " grant usage on sequence partners_partner_id_seq, partners_token_id_seq,"
            " partners_call_id_seq to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
