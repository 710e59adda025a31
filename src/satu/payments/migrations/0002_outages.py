"""Banks whose top-ups are stopped."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cause", models.SmallIntegerField()),
                ("since", models.DateTimeField()),
                (
                    "bank",
                    models.ForeignKey(
                        db_column="bank",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.issuer",
                    ),
                ),
            ],
            options={
                "db_table": "payments_outage",
                "constraints": [
                    models.UniqueConstraint(fields=("bank", "cause"), name="one_outage_a_cause")
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, delete on payments_outage to satu_app;"
            " grant usage on sequence payments_outage_id_seq to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
