"""Why something is kept so long is said in Indonesian and in English."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_texts"),
    ]

    operations = [
        migrations.RenameField(model_name="retention", old_name="why", new_name="why_id"),
        migrations.AddField(
            model_name="retention",
            name="why_en",
            field=models.TextField(default=""),
            preserve_default=False,
        ),
    ]
