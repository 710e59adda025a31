"""What readers tell of themselves."""

import django.db.models.deletion
from django.db import migrations, models

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("taps", "0012_retention"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeviceHealth",
            fields=[
                (
                    "device",
                    models.OneToOneField(
                        db_column="device",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="health",
                        serialize=False,
                        to="taps.device",
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                ("clock_drift_ms", models.IntegerField()),
                ("queued", models.IntegerField()),
                ("tariff", models.TextField()),
                ("deny_list", models.BigIntegerField()),
                ("deny_list_age_s", models.IntegerField(null=True)),
                ("program", models.TextField()),
            ],
            options={
                "db_table": "taps_device_health",
            },
        ),
        migrations.RunSQL(read_sql("satu.taps", "health_grants_v1"), migrations.RunSQL.noop),
    ]
