"""People, their keys, purposes and consents, guardians, staff."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Resident",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("profile", models.BinaryField(null=True)),
                ("nik_hash", models.BinaryField(null=True)),
                ("phone_hash", models.BinaryField(null=True)),
                ("area", models.CharField(blank=True, max_length=20)),
                ("registered_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_resident",
            },
        ),
        migrations.CreateModel(
            name="Household",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_household",
            },
        ),
        migrations.CreateModel(
            name="MasterKey",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_master_key",
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("code", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.TextField()),
            ],
            options={
                "db_table": "people_organisation",
            },
        ),
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("what", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("keep_days", models.PositiveIntegerField()),
                ("why", models.TextField()),
            ],
            options={
                "db_table": "people_retention",
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("register", models.SlugField()),
                ("is_known", models.BooleanField()),
                ("name_matches", models.BooleanField()),
                ("birth_date_matches", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.resident",
                    ),
                ),
            ],
            options={
                "db_table": "people_check",
            },
        ),
        migrations.AddField(
            model_name="resident",
            name="household",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="members",
                to="people.household",
            ),
        ),
        migrations.CreateModel(
            name="Purpose",
            fields=[
                ("code", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("basis", models.TextField()),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_purpose",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("basis__in", ["consent", "contract", "legal_duty", "public_task"])
                        ),
                        name="basis_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.resident",
                    ),
                ),
                (
                    "purpose",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.purpose",
                    ),
                ),
            ],
            options={
                "db_table": "people_consent",
            },
        ),
        migrations.CreateModel(
            name="PurposeText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("text_id", models.TextField()),
                ("text_en", models.TextField()),
                ("since", models.DateTimeField()),
                (
                    "purpose",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="texts",
                        to="people.purpose",
                    ),
                ),
            ],
            options={
                "db_table": "people_purpose_text",
            },
        ),
        migrations.CreateModel(
            name="Staff",
            fields=[
                ("login", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("is_contractor", models.BooleanField()),
                ("until", models.DateField(null=True)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "people_staff",
            },
        ),
        migrations.CreateModel(
            name="DataKey",
            fields=[
                (
                    "resident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="data_key",
                        serialize=False,
                        to="people.resident",
                    ),
                ),
                ("box", models.BinaryField()),
                (
                    "master",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.masterkey",
                    ),
                ),
            ],
            options={
                "db_table": "people_data_key",
            },
        ),
        migrations.CreateModel(
            name="Guardian",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField()),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField()),
                (
                    "guardian",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.resident",
                    ),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.resident",
                    ),
                ),
            ],
            options={
                "db_table": "people_guardian",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("guardian", "ward"), name="one_guardianship_a_pair"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("guardian", models.F("ward")), _negated=True),
                        name="nobody_is_their_own_guardian",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["parent", "carer"])),
                        name="guardian_kind_known",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                condition=models.Q(("phone_hash__isnull", False)),
                fields=["phone_hash"],
                name="people_by_phone",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.UniqueConstraint(
                condition=models.Q(("nik_hash__isnull", False)),
                fields=("nik_hash",),
                name="one_person_a_nik",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__lte", 3)), name="level_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(("level", 0), ("profile__isnull", False), _connector="OR"),
                name="level_has_profile",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("level", 1), _negated=True),
                    ("phone_hash__isnull", False),
                    _connector="OR",
                ),
                name="level_1_has_phone",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__lt", 2), ("nik_hash__isnull", False), _connector="OR"),
                name="level_2_has_nik",
            ),
        ),
        migrations.AddConstraint(
            model_name="resident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True),
                    models.Q(
                        ("area", ""),
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
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("resident", "purpose"),
                name="one_consent_a_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True),
                    ("withdrawn_at__gte", models.F("given_at")),
                    _connector="OR",
                ),
                name="given_before_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="purposetext",
            constraint=models.UniqueConstraint(
                fields=("purpose", "version"), name="one_text_a_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="purposetext",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gt", 0)), name="versions_from_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="staff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_contractor", False), ("until__isnull", False), _connector="OR"
                ),
                name="contractors_have_an_end",
            ),
        ),
    ]
