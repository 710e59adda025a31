"""Residents are found by their e-mail address too, by its keyed hash."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_areas_and_leaving")]

    operations = [
        migrations.AddField(
            model_name="resident",
            name="email_hash",
            field=models.BinaryField(null=True),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                condition=models.Q(("email_hash__isnull", False)),
                fields=["email_hash"],
                name="people_by_email",
            ),
        ),
        migrations.RemoveConstraint(model_name="resident", name="erased_is_empty"),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True),
                    models.Q(
                        ("area", ""),
                        ("email_hash__isnull", True),
                        ("household__isnull", True),
                        ("level", 0),
                        ("nik_hash__isnull", True),
                        ("phone_hash__isnull", True),
                        ("profile__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="erased_is_empty",
            ),
        ),
    ]
