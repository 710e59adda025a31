"""Who signs in, and the one-time links of staff."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="StaffLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("login", models.SlugField(max_length=40)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "doors_staff_link"},
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("resident", models.BigIntegerField(null=True, unique=True)),
                ("login", models.SlugField(max_length=40, null=True, unique=True)),
                ("last_login", models.DateTimeField(null=True)),
                ("rounds", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "doors_user",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("resident__isnull", True), ("login__isnull", True), _connector="XOR"
                        ),
                        name="resident_or_staff",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "grant select, insert, update on doors_user, doors_staff_link to satu_app;"
            "grant usage on sequence doors_user_id_seq, doors_staff_link_id_seq to satu_app;",
            migrations.RunSQL.noop,
        ),
    ]
