"""What Django reads of the audit trail; SQL made the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("action", models.TextField()),
                ("subject_kind", models.TextField()),
                ("subject_id", models.TextField()),
                ("detail", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "audit_entry",
                "managed": False,
            },
        ),
    ]
