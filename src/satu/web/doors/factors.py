"""Second factors of a user, as django-allauth keeps them: passkeys, an authenticator app."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled

from satu.web.doors.models import User

STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class Factor(NamedTuple):
    """A passkey, an app or backup codes that somebody has set up; nothing secret is in it."""

    kind: str
    made_at: datetime
    used_at: datetime | None


def factors_of(resident: int) -> list[Factor]:
    """The second factors of a resident, oldest first."""
    found = Authenticator.objects.filter(user__resident=resident).order_by("id")
    return [Factor(*row) for row in found.values_list("type", "created_at", "last_used_at")]


def has_factor(user: User) -> bool:
    """Whether somebody has a passkey or an authenticator app; backup codes alone are none."""
    return bool(is_mfa_enabled(user, STRONG))


def is_last(authenticator: Authenticator) -> bool:
    """Whether it is the only strong factor of its user."""
    others = Authenticator.objects.filter(user=authenticator.user, type__in=STRONG)
    return authenticator.type in STRONG and not others.exclude(pk=authenticator.pk).exists()


def remove_all(user: User) -> int:
    """Take every factor from somebody who lost them; how many there were."""
    return int(Authenticator.objects.filter(user=user).delete()[0])
