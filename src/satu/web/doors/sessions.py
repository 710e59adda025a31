"""Beginning and ending a session. Every session gets a new name and starts empty."""

from __future__ import annotations

from django.contrib.auth import login as django_login
from django.http import HttpRequest

from satu.web.doors.models import User

BACKEND = "satu.web.doors.backend.SessionBackend"
SHIFT_S = 12 * 3600
RESIDENT_S = 14 * 24 * 3600


def user_of_staff(login: str) -> User:
    """The user that stands for somebody of the staff; made at the first time."""
    return User.objects.get_or_create(login=login)[0]


def user_of_resident(resident: int) -> User:
    """The user that stands for a resident; made at the first time."""
    return User.objects.get_or_create(resident=resident)[0]


def begin(request: HttpRequest, user: User) -> None:
    """Let a user in: the session loses what it held and gets a new name."""
    request.session.flush()
    django_login(request, user, BACKEND)
    request.session.set_expiry(SHIFT_S if user.is_staff else RESIDENT_S)


def end_all(user: User) -> None:
    """End every session of a user, at once and everywhere."""
    User.objects.filter(pk=user.pk).update(rounds=user.rounds + 1)
