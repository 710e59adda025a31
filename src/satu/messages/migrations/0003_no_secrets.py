"""Sign-in codes are sent by the doors and never wait in the outbox."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("satu_messages", "0002_wishes_end")]

    operations = [migrations.RemoveField("message", "secret")]
