"""How much may come into a ward's cards in a month, as their guardian wants."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cards", "0006_purses")]

    operations = [
        migrations.CreateModel(
            name="FamilyLimit",
            fields=[
                ("ward", models.BigIntegerField(primary_key=True, serialize=False)),
                ("monthly", models.BigIntegerField()),
                ("guardian", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "cards_family_limit",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("monthly__gt", 0)), name="family_limit_positive"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update, delete on cards_family_limit to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
