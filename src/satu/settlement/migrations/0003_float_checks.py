"""What the last comparison of each float with its bank's statements found."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0005_banks"),
        ("settlement", "0002_clearing"),
    ]

    operations = [
        migrations.CreateModel(
            name="FloatCheck",
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
                ("at", models.DateTimeField()),
                ("float_balance", models.BigIntegerField()),
                ("closing", models.BigIntegerField()),
                ("closed_on", models.DateField()),
                ("opening_difference", models.BigIntegerField()),
                ("in_balance", models.BooleanField()),
                ("found_count", models.PositiveIntegerField()),
                ("missing", models.PositiveIntegerField()),
                ("found", models.JSONField()),
            ],
            options={
                "db_table": "settlement_float_check",
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update on settlement_float_check to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
