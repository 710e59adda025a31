"""A family's limit: how much may come into each card of a ward in a month, as their guardian wants.

It makes the product's limit smaller, never larger; a ride that was taken is always paid. It holds
while the guardian who set it may act on the ward's money.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards import models
from satu.cards.errors import Refusal
from satu.cards.rules import Limits
from satu.people.errors import Refusal as PersonRefusal
from satu.people.kinds import Scope
from satu.people.queries import may_act_for


def set_limit(
    *, guardian: int, ward: int, monthly: int | None, actor: str, at: datetime
) -> Refusal | PersonRefusal | None:
    """Let so much come into each card of a ward in a calendar month; None: no limit of the family.

    In the smallest unit of the cards' money; another guardian's limit gives way to the newer one.
    Refusals: amount_not_positive, not_guardian (not on the ward's money).
    """
    if monthly is not None and monthly <= 0:
        return Refusal.AMOUNT_NOT_POSITIVE
    if not may_act_for(guardian=guardian, ward=ward, scope=Scope.MONEY, at=at):
        return PersonRefusal.NOT_GUARDIAN
    with transaction.atomic():
        if monthly is None:
            models.FamilyLimit.objects.filter(ward=ward).delete()
        else:
            values = {"monthly": monthly, "guardian": guardian, "at": at}
            models.FamilyLimit.objects.update_or_create(ward=ward, defaults=values)
        detail = {"guardian": guardian, "monthly": monthly}
        subject = Subject("person", ward)
        record(subject=subject, action="family.limit_set", actor=actor, at=at, detail=detail)
    return None


class LimitKept(NamedTuple):
    """What a guardian wants into each card of a ward in a month at most, if it holds or not."""

    monthly: int
    guardian: int
    at: datetime


def limit_kept(ward: int) -> LimitKept | None:
    """The limit that is kept of a family; None: there is none."""
    found = models.FamilyLimit.objects.filter(ward=ward).values_list(*LimitKept._fields).first()
    return LimitKept(*found) if found else None


def limit_of(ward: int, at: datetime) -> int | None:
    """How much may come into each card of a ward in a month, as the family wants; None: any."""
    found = models.FamilyLimit.objects.filter(ward=ward).first()
    if found is None:
        return None
    holds = may_act_for(guardian=found.guardian, ward=ward, scope=Scope.MONEY, at=at)
    return found.monthly if holds else None


def within(limits: Limits, owner: int | None, at: datetime) -> Limits:
    """A product's limits for a card of an owner, with the family's if that is smaller."""
    family = None if owner is None else limit_of(owner, at)
    if family is None:
        return limits
    monthly = family if limits.monthly is None else min(limits.monthly, family)
    return limits._replace(monthly=monthly)
