"""Cards that pass to another resident: the codes for it, and the kinds that never pass."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cards", "0009_media_by_card")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="is_personal",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="Handing",
            fields=[
                ("code", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "card",
                    models.ForeignKey(
                        db_column="card",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="handings",
                        to="cards.card",
                    ),
                ),
                ("holder", models.BigIntegerField()),
                ("asker", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("handed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "cards_handing",
                "indexes": [
                    models.Index(fields=["holder", "asked_at"], name="cards_handing_holder")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("holder", models.F("asker")), _negated=True),
                        name="handed_to_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("handed_at", None), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="handed_by_a_code_that_was_sent",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update, delete on cards_handing to satu_app",
            migrations.RunSQL.noop,
        ),
    ]
