"""A tap that a rider tells has its name from the beginning."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("taps", "0014_drafts_and_rehearsals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="repair",
            name="tap",
            field=models.BigIntegerField(unique=True),
        ),
    ]
