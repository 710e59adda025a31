"""A card's media are found by the card: at desks, in what a resident takes along."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0008_orders"),
    ]

    operations = [
        migrations.RunSQL(
            "create index cards_medium_card on cards_medium (card)",
            "drop index cards_medium_card",
        ),
    ]
