"""Passes that were sold with cards."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0002_models"),
    ]

    operations = [
        migrations.CreateModel(
            name="PassSold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.TextField(unique=True)),
                ("product", models.TextField()),
                ("price", models.BigIntegerField()),
                ("operator", models.IntegerField()),
                ("posting", models.UUIDField()),
                ("balance", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "card",
                    models.ForeignKey(
                        db_column="card",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="passes",
                        to="cards.card",
                    ),
                ),
            ],
            options={
                "db_table": "cards_pass",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("price__gt", 0)), name="pass_price_positive"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert on cards_pass to satu_app;"
            " grant usage on sequence cards_pass_id_seq to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
