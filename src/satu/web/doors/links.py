"""One-time links for staff: the first way in, before there is a passkey, and for the demo."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.web.doors.factors import remove_all
from satu.web.doors.models import StaffLink
from satu.web.doors.sessions import end_all, user_of_staff

VALID = timedelta(hours=24)


def make_link(*, login: str, actor: str, at: datetime) -> str:
    """The token of a new link, valid once and for 24 hours, for the staff member of a login."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        link = StaffLink.objects.create(token_hash=_hashed(token), login=login, made_at=at)
        record(
            subject=Subject("staff_link", link.pk),
            action="staff_link.made",
            actor=actor,
            at=at,
            detail={"login": login},
        )
    return token


def use_link(*, token: str, at: datetime) -> str | None:
    """The login a link stands for, if it is unused and in time; it cannot be used again."""
    with transaction.atomic():
        fresh = StaffLink.objects.filter(
            token_hash=_hashed(token), used_at=None, made_at__gt=at - VALID
        )
        link = fresh.select_for_update().first()
        if link is None:
            return None
        link.used_at = at
        link.save(update_fields=["used_at"])
        record(
            subject=Subject("staff_link", link.pk),
            action="staff_link.used",
            actor=f"staff:{link.login}",
            at=at,
        )
    return link.login


def forget_factors(*, login: str, actor: str, at: datetime) -> int:
    """Forget the second factors of staff who lost them, and end their sessions; how many."""
    user = user_of_staff(login)
    with transaction.atomic():
        gone = remove_all(user)
        end_all(user=user, actor=actor, at=at)
        record(
            subject=Subject("staff", login),
            action="factors.forgotten",
            actor=actor,
            at=at,
            detail={"count": gone},
        )
    return gone


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
