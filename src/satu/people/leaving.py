"""Residents who asked to be erased, until their money is paid back. satu.cards.accounts ends it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.people import models
from satu.people.actions import lock_resident
from satu.people.errors import Refusal


def ask_to_leave(*, resident: int, actor: str, at: datetime) -> Refusal | None:
    """Keep that a resident wants to be erased; a repeat changes nothing.

    Refusals: resident_unknown, resident_erased.
    """
    with transaction.atomic():
        found = lock_resident(resident)
        if isinstance(found, Refusal):
            return found
        _, is_new = models.Leaving.objects.get_or_create(resident=found, defaults={"asked_at": at})
        if is_new:
            record(subject=Subject("person", resident), action="person.leaves", actor=actor, at=at)
    return None


def who_leaves() -> list[int]:
    """Those who asked and are not erased yet, the longest waiting first."""
    waiting = models.Leaving.objects.order_by("asked_at", "resident_id")
    return list(waiting.values_list("resident_id", flat=True))


def leaves_since(resident: int) -> datetime | None:
    """When a resident asked to be erased; None: they did not."""
    asked = models.Leaving.objects.filter(resident=resident)
    return asked.values_list("asked_at", flat=True).first()
