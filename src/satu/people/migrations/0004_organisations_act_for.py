"""An organisation acts for one operator or issuer, or for the whole city."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_printed_codes")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="acts_for",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
