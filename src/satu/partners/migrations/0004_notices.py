"""Top-ups of which banks that asked for them are told."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0003_virtual_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("posting", models.UUIDField(unique=True)),
                ("reference", models.TextField()),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("response_code", models.TextField(default="")),
                ("made_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="partners.partner",
                    ),
                ),
            ],
            options={
                "db_table": "partners_notice",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="partners_notice_due",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update, delete on partners_notice to satu_app;"
            " grant usage on sequence partners_notice_id_seq to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
