"""Putting messages into the outbox, in the transaction of what they tell, and keeping wishes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.messages import models, queries
from satu.messages.kinds import OPTIONAL, Channel, Kind, Rules, Wishes
from satu.messages.rules import LANGUAGES
from satu.messages.words import Parameters, fields_of


def enqueue(
    *,
    resident: int,
    kind: Kind,
    parameters: Parameters,
    name: str,
    at: datetime,
) -> None:
    """Let a resident be told something, once for each `name` (its cause).

    Call it in the transaction of what is told: both are kept or neither. `parameters` are codes
    and amounts that satu.messages.words needs; they are stored in clear, so nothing in them is
    about a person.
    """
    given = {field.removesuffix("_id").removesuffix("_en") for field in parameters}
    assert fields_of(kind) <= given, f"{kind}: {sorted(fields_of(kind) - given)}"
    message = models.Message(
        name=name,
        resident=resident,
        kind=kind.value,
        parameters=dict(parameters),
        made_at=at,
        next_at=at,
    )
    models.Message.objects.bulk_create([message], ignore_conflicts=True)


def keep_wishes(
    *,
    resident: int,
    language: str,
    off: Collection[Kind],
    low_balance: int | None,
    channel: Channel | None,
    actor: str,
    at: datetime,
) -> Wishes:
    """Keep what a resident wants; what they cannot do without stays on. What holds now.

    `low_balance` in the smallest unit of the city's currency; None: as everybody. ValueError: a
    language that is not `id` or `en`, or a threshold below zero.
    """
    if language not in LANGUAGES or (low_balance is not None and low_balance < 0):
        raise ValueError(f"language {language!r}, low_balance {low_balance!r}")
    wishes = Wishes(language, OPTIONAL.intersection(off), low_balance, channel)
    with transaction.atomic():
        if queries.wishes_of(resident) == wishes:
            return wishes
        models.Wish.objects.update_or_create(
            resident=resident,
            defaults={
                "language": language,
                "off": sorted(wishes.off),
                "low_balance": low_balance,
                "channel": channel or "",
                "at": at,
            },
        )
        detail = {"off": ",".join(sorted(wishes.off)), "language": language}
        subject = Subject("person", resident)
        record(subject=subject, action="messages.wished", actor=actor, at=at, detail=detail)
    return wishes


def keep_rules(*, rules: Rules, actor: str, at: datetime) -> bool:
    """Make these the city's rules; whether they are others than before."""
    with transaction.atomic():
        if queries.city_rules() == rules:
            return False
        models.CityRules.objects.update_or_create(id=1, defaults=rules._asdict())
        detail = {"low_balance": rules.low_balance, "most_a_day": rules.most_a_day}
        subject = Subject("messages", "rules")
        record(subject=subject, action="messages.rules_kept", actor=actor, at=at, detail=detail)
    return True
