"""Names of areas, residents who asked to be erased, and what other rooms may know of residents."""

import django.db.models.deletion
from django.db import migrations, models

from satu.kernel.sql import read_sql


class Migration(migrations.Migration):
    dependencies = [("people", "0004_organisations_act_for")]

    operations = [
        migrations.CreateModel(
            name="Area",
            fields=[
                (
                    "code",
                    models.CharField(max_length=20, primary_key=True, serialize=False),
                ),
                ("name", models.TextField()),
            ],
            options={"db_table": "people_area"},
        ),
        migrations.CreateModel(
            name="Leaving",
            fields=[
                (
                    "resident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="people.resident",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
            ],
            options={"db_table": "people_leaving"},
        ),
        migrations.RunSQL(read_sql("satu.people", "living_v1"), migrations.RunSQL.noop),
    ]
