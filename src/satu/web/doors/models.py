"""Who signs in, and by what. No name, phone or e-mail is here in clear, and no password at all."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac


class UserManager(BaseUserManager["User"]):
    """Users are made by satu.web.doors.accounts."""


class User(AbstractBaseUser):
    """A door's side of a resident or of somebody of the staff; one of the two, never both.

    `rounds` goes up when all sessions are to end: a session knows its round. `address` is the
    sealed e-mail address of staff; a resident's is in their profile.
    """

    password = None  # type: ignore[assignment]  # nobody has one

    resident = models.BigIntegerField(null=True, unique=True)
    login = models.SlugField(max_length=40, null=True, unique=True)
    address = models.BinaryField(null=True)
    last_login = models.DateTimeField(null=True)
    rounds = models.PositiveIntegerField(default=0)

    USERNAME_FIELD = "login"
    objects = UserManager()

    class Meta:
        db_table = "doors_user"
        constraints = [
            models.CheckConstraint(
                condition=Q(resident__isnull=True) ^ Q(login__isnull=True),
                name="resident_or_staff",
            )
        ]

    def __str__(self) -> str:
        return f"staff:{self.login}" if self.login else f"resident:{self.resident}"

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return True  # whether somebody still works here, rights.viewer_of asks at every request

    @property
    def is_staff(self) -> bool:
        return self.login is not None

    def has_usable_password(self) -> bool:
        return False

    def check_password(self, raw_password: str | None) -> bool:
        return False

    def get_session_auth_hash(self) -> str:
        return salted_hmac("satu.web.doors", str(self.rounds), algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Any:
        return iter(())


class StaffLink(models.Model):
    """A link that lets somebody of the staff in once. Of its token only the SHA-256 is kept."""

    token_hash = models.BinaryField(unique=True, max_length=32)
    login = models.SlugField(max_length=40)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "doors_staff_link"

    def __str__(self) -> str:
        return f"link for staff:{self.login}"


class Code(models.Model):
    """A code on its way to a phone or an address, which are sealed with it.

    `contact_hash` and `machine_hash` are counted: how many codes were asked for whom, from where.
    """

    contact_hash = models.BinaryField()
    machine_hash = models.BinaryField()
    code_hash = models.BinaryField()
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "doors_code"
        indexes = [
            models.Index(fields=["contact_hash", "made_at"], name="codes_of_contact"),
            models.Index(fields=["machine_hash", "made_at"], name="codes_from_machine"),
            models.Index(fields=["made_at"], name="codes_by_age"),
        ]

    def __str__(self) -> str:
        return f"code:{self.pk}"
