"""Codes that a counter prints for those without a phone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_grants")]

    operations = [
        migrations.CreateModel(
            name="PrintedCode",
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
                ("code_hash", models.BinaryField(unique=True)),
                ("until", models.DateField()),
            ],
            options={"db_table": "people_printed_code"},
        ),
        migrations.RunSQL(
            "grant select, insert, update, delete on people_printed_code to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
