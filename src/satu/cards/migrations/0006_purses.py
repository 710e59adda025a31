"""Cards with several purses in an order of use."""

from django.db import migrations, models

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0005_banks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Purse",
            fields=[
                ("account", models.BigIntegerField(primary_key=True, serialize=False)),
                ("line", models.BigIntegerField(db_index=True)),
                ("bank", models.IntegerField()),
                ("opened_key", models.TextField(null=True, unique=True)),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_key", models.TextField(null=True, unique=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_month", models.DateField(null=True)),
                ("into", models.BigIntegerField(null=True)),
                ("amount", models.BigIntegerField(null=True)),
                ("posting", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "cards_purse",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", True), ("amount__gte", 0), _connector="OR"
                        ),
                        name="closed_is_not_negative",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update on cards_purse to satu_app", migrations.RunSQL.noop
        ),
        migrations.RunSQL(read_sql("satu.cards", "purses_v1"), migrations.RunSQL.noop),
    ]
