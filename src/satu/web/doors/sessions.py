"""Beginning and ending a session. Every session gets a new name and starts empty."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import login as django_login
from django.contrib.auth import logout as django_logout
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.web.doors.home import WANTED
from satu.web.doors.models import User
from satu.web.doors.rights import forget_viewer

BACKEND = "satu.web.doors.backend.SessionBackend"
SHIFT_S = 12 * 3600
RESIDENT_S = 14 * 24 * 3600
# What goes over into a session: where somebody was going, and allauth's notes of how they came.
KEPT = (WANTED, "account_authentication_methods", "account_authentication_methods_user")


def user_of_staff(login: str) -> User:
    """The user that stands for somebody of the staff; made at the first time."""
    return User.objects.get_or_create(login=login)[0]


def user_of_resident(resident: int) -> User:
    """The user that stands for a resident; made at the first time."""
    return User.objects.get_or_create(resident=resident)[0]


def subject_of(user: User) -> Subject:
    """What a user's entries in the audit trail are about."""
    return Subject("staff", user.login) if user.login else Subject("person", user.resident or 0)


def begin(request: HttpRequest, user: User) -> None:
    """Let a user in: the session loses what it held and gets a new name."""
    kept = {name: request.session[name] for name in KEPT if name in request.session}
    request.session.flush()
    with transaction.atomic():
        django_login(request, user, BACKEND)
        record(subject=subject_of(user), action="session.begun", actor=str(user), at=timezone.now())
    for name, value in kept.items():
        request.session[name] = value
    request.session.set_expiry(SHIFT_S if user.is_staff else RESIDENT_S)
    forget_viewer(request)


def end(request: HttpRequest) -> None:
    """End this session; there is nothing to end for who has none."""
    django_logout(request)
    forget_viewer(request)


def end_all(*, user: User, actor: str, at: datetime) -> None:
    """End every session of a user, at once and everywhere."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(rounds=F("rounds") + 1)
        record(subject=subject_of(user), action="session.all_ended", actor=actor, at=at)
