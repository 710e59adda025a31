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
                ("actor", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "web_stafflink"},
        ),
        migrations.RunSQL(
            "grant select, insert, update on web_stafflink to satu_app;"
            "grant usage on sequence web_stafflink_id_seq to satu_app;"
        ),
    ]
