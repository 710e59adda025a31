"""Where a message went, masked: for the outbox of a demo. In production nothing is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("satu_messages", "0003_no_secrets")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="sent_to",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
