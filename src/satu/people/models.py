"""People's tables. Only satu.people reads or writes them; others ask its actions and queries."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Household(models.Model):
    """People who live together. Nothing is known of it but who is in it."""

    made_at = models.DateTimeField()

    class Meta:
        db_table = "people_household"

    def __str__(self) -> str:
        return f"household:{self.pk}"


class Resident(models.Model):
    """A person by number: sealed profile, keyed hashes to be found by, and where they live."""

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField(default=0)
    profile = models.BinaryField(null=True)
    nik_hash = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)
    email_hash = models.BinaryField(null=True)
    area = models.CharField(max_length=20, blank=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="members")
    registered_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_resident"
        indexes = [
            models.Index(
                fields=["phone_hash"],
                name="people_by_phone",
                condition=Q(phone_hash__isnull=False),
            ),
            models.Index(
                fields=["email_hash"],
                name="people_by_email",
                condition=Q(email_hash__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["nik_hash"], name="one_person_a_nik", condition=Q(nik_hash__isnull=False)
            ),
            models.CheckConstraint(condition=Q(level__lte=3), name="level_known"),
            models.CheckConstraint(
                condition=Q(level=0) | Q(profile__isnull=False), name="level_has_profile"
            ),
            models.CheckConstraint(
                condition=~Q(level=1) | Q(phone_hash__isnull=False), name="level_1_has_phone"
            ),
            models.CheckConstraint(
                condition=Q(level__lt=2) | Q(nik_hash__isnull=False), name="level_2_has_nik"
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(
                    level=0,
                    profile__isnull=True,
                    nik_hash__isnull=True,
                    phone_hash__isnull=True,
                    email_hash__isnull=True,
                    area="",
                    household__isnull=True,
                ),
                name="erased_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"person:{self.pk}"


class Area(models.Model):
    """A kelurahan, or what it is in, by the city's code: `31.71.01.1001` is in `31.71.01`."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.TextField()

    class Meta:
        db_table = "people_area"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Leaving(models.Model):
    """A resident who asked to be erased and is not yet: their money is to be paid back first."""

    resident = models.OneToOneField(Resident, models.PROTECT, primary_key=True, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "people_leaving"

    def __str__(self) -> str:
        return f"leaving:{self.pk}"


class MasterKey(models.Model):
    """The number of a master key in the vault; the newest wraps, the retired wrap nothing."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_master_key"

    def __str__(self) -> str:
        return f"master:{self.pk}"


class DataKey(models.Model):
    """A resident's data key, wrapped by a master key. Without its row the person is unreadable."""

    resident = models.OneToOneField(
        Resident, models.PROTECT, primary_key=True, related_name="data_key"
    )
    master = models.ForeignKey(MasterKey, models.PROTECT, related_name="+")
    box = models.BinaryField()

    class Meta:
        db_table = "people_data_key"

    def __str__(self) -> str:
        return f"data key:{self.pk}"


class Purpose(models.Model):
    """What people's data is used for, the legal basis, and who may open a profile for it."""

    code = models.SlugField(primary_key=True, max_length=40)
    basis = models.TextField()
    roles = ArrayField(models.TextField())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_purpose"
        constraints = [
            models.CheckConstraint(
                condition=Q(basis__in=["consent", "contract", "legal_duty", "public_task"]),
                name="basis_known",
            )
        ]

    def __str__(self) -> str:
        return self.code


class PurposeText(models.Model):
    """What people are told of a purpose, in a version. Never changed."""

    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="texts")
    version = models.PositiveSmallIntegerField()
    text_id = models.TextField()
    text_en = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "people_purpose_text"
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="one_text_a_version"),
            models.CheckConstraint(condition=Q(version__gt=0), name="versions_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_id} {self.version}"


class Retention(models.Model):
    """How long something is kept, and why so long. `what` is a satu.people.kinds.Kept."""

    what = models.SlugField(primary_key=True, max_length=40)
    keep_days = models.PositiveIntegerField()
    why_id = models.TextField()
    why_en = models.TextField()

    class Meta:
        db_table = "people_retention"

    def __str__(self) -> str:
        return f"{self.what}: {self.keep_days} days"


class Consent(models.Model):
    """A resident's yes to a purpose, in the words of a version. It holds until withdrawn."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_consent"
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "purpose"],
                name="one_consent_a_purpose",
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="given_before_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"consent:{self.pk}"


class Guardian(models.Model):
    """Who may act for another, in what, and until when."""

    guardian = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    ward = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    kind = models.TextField()
    scopes = ArrayField(models.TextField())
    since = models.DateField()
    until = models.DateField()

    class Meta:
        db_table = "people_guardian"
        constraints = [
            models.UniqueConstraint(fields=["guardian", "ward"], name="one_guardianship_a_pair"),
            models.CheckConstraint(
                condition=~Q(guardian=F("ward")), name="nobody_is_their_own_guardian"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["parent", "carer"]), name="guardian_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"guardian:{self.pk}"


class Check(models.Model):
    """A civil register's verdict on a resident: never the record itself."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    register = models.SlugField()
    is_known = models.BooleanField()
    name_matches = models.BooleanField()
    birth_date_matches = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        db_table = "people_check"

    def __str__(self) -> str:
        return f"check:{self.pk}"


class PrintedCode(models.Model):
    """A code that a counter printed for somebody without a phone, as a keyed hash."""

    resident = models.OneToOneField(Resident, models.PROTECT, primary_key=True, related_name="+")
    code_hash = models.BinaryField(unique=True)
    until = models.DateField()

    class Meta:
        db_table = "people_printed_code"

    def __str__(self) -> str:
        return f"code:{self.pk}"


class Organisation(models.Model):
    """Whom staff work for: the city's own offices, operators, banks, firms under contract.

    `acts_for` is `operator:transjakarta` or `issuer:mandiri`, or empty: for the whole city.
    """

    code = models.SlugField(primary_key=True, max_length=40)
    name = models.TextField()
    acts_for = models.TextField(blank=True)

    class Meta:
        db_table = "people_organisation"

    def __str__(self) -> str:
        return self.name


class Staff(models.Model):
    """Somebody who works with Satu, by their login. `until` is their last day."""

    login = models.SlugField(primary_key=True, max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    is_contractor = models.BooleanField()
    until = models.DateField(null=True)
    roles = ArrayField(models.TextField())

    class Meta:
        db_table = "people_staff"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_contractor=False) | Q(until__isnull=False),
                name="contractors_have_an_end",
            )
        ]

    def __str__(self) -> str:
        return f"staff:{self.login}"
