"""What operators and banks are shown of themselves, by service day."""

from django.db import migrations

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0001_quarters_and_alarms"),
    ]

    operations = [
        migrations.RunSQL(read_sql("satu.insight", "parties_v1"), migrations.RunSQL.noop),
    ]
