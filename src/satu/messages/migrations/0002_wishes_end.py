"""Wishes go with their resident."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("satu_messages", "0001_tables"),
        ("people", "0005_areas_and_leaving"),
    ]

    operations = [
        migrations.RunSQL("grant delete on messages_wish to satu_app", migrations.RunSQL.noop),
    ]
