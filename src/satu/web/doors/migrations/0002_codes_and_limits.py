"""Codes on their way, the sealed address of staff, and a table to count tries in."""

from django.db import migrations, models

# What DatabaseCache reads and writes. Not logged: after a crash the counting starts anew.
TABLES = """
create unlogged table doors_cache (
  cache_key varchar(255) primary key,
  value text not null,
  expires timestamptz not null
);
create index doors_cache_expires on doors_cache (expires);
grant select, insert, update, delete on doors_cache, doors_code to satu_app;
grant delete on doors_user to satu_app;
grant usage on sequence doors_code_id_seq to satu_app;
"""


class Migration(migrations.Migration):
    dependencies = [("doors", "0001_users_and_links")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="address",
            field=models.BinaryField(null=True),
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("contact_hash", models.BinaryField()),
                ("machine_hash", models.BinaryField()),
                ("code_hash", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "doors_code",
                "indexes": [
                    models.Index(fields=["contact_hash", "made_at"], name="codes_of_contact"),
                    models.Index(fields=["machine_hash", "made_at"], name="codes_from_machine"),
                    models.Index(fields=["made_at"], name="codes_by_age"),
                ],
            },
        ),
        migrations.RunSQL(TABLES, "drop table doors_cache"),
    ]
