"""Everything that Satu holds on a resident, for that resident: the portal and `satu people export`.

The profile comes through the one door, so that this look is in the list it ends with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypedDict

import msgspec
from django.utils.timezone import localdate

from satu.cards import models as cards_models
from satu.cards import queries as cards
from satu.cards import rights
from satu.cards.family import limit_kept
from satu.cards.handing import holdings
from satu.cards.held import CardHeld, cards_of, media_of, purses_of
from satu.cases.kinds import State
from satu.cases.queries import code_of, of_resident, story
from satu.messages.queries import outbox, wishes_of
from satu.partners import queries as partners
from satu.payments.queries import OrderKept, orders_of
from satu.people import family, own_data
from satu.people.access import open_profile, open_texts
from satu.people.errors import Refusal
from satu.people.kinds import OWN_DATA, Role
from satu.people.queries import standing
from satu.taps.history import MOST, Line, history_of, owned_from
from satu.taps.queries import who_looked
from satu.taps.repair_queries import repairs
from satu.web.doors.factors import factors_of

# Whatever the clock says, also one that was set back: all that is held is told.
BEGINNING, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
MOST_MESSAGES = 10_000


class Look(TypedDict):
    """Who looks, as what, and why."""

    actor: str
    role: Role
    purpose: str
    case: str
    at: datetime


def export_of(
    *,
    resident: int,
    at: datetime,
    actor: str = "",
    role: Role = Role.RESIDENT,
    purpose: str = OWN_DATA,
    case: str = "",
) -> dict[str, Any] | Refusal:
    """All that is held on a resident as JSON's own types, amounts in the smallest unit.

    For themselves; for somebody who asked on paper staff get it with a role, purpose and case.
    Refusals: as in `open_profile`.
    """
    who: Look = {
        "actor": actor or f"resident:{resident}",
        "role": role,
        "purpose": purpose,
        "case": case,
        "at": at,
    }
    profile = open_profile(resident_id=resident, **who)
    if isinstance(profile, Refusal):
        return profile
    stands, household = standing(resident), family.household_of(resident)
    assert stands is not None
    held = cards_of(resident, localdate(at))
    serials = [card.serial for card in held]
    since = {one.card: one.since or BEGINNING for one in holdings(resident) if one.until is None}
    return {
        "resident": resident,
        "made_at": at.isoformat(),
        "profile": _plain(msgspec.structs.asdict(profile)),
        "level": int(stands.level),
        "area": stands.area,
        "household_members": len(household.members) if household else 1,
        "guardianships": _plain(family.guardianships_of(resident)),
        "purposes": _plain(own_data.purposes_and_consents(resident)),
        "kept_for": _plain(own_data.kept_for()),
        "consents": _plain(own_data.consents_kept(resident)),
        "register_checks": _plain(own_data.checks_kept(resident)),
        "printed_code_until": _plain(own_data.code_until(resident)),
        "family_limit": _plain(limit_kept(resident)),
        "sign_in": _plain(factors_of(resident)),
        "cards": [_card(card) for card in held],
        "standing_orders": _plain(_orders(serials, since)),
        "bank_links": _plain(partners.links_of(serials)),
        "bank_transfers": _plain(partners.transfers_of(serials)),
        "bank_numbers": _plain(
            [one for one in partners.numbers_of(serials) if one.made_at >= since[one.card]]
        ),
        "repairs": [_repair(serial, since[serial]) for serial in serials],
        "cases": _cases(resident, who),
        "messages": _plain(outbox(resident=resident, limit=MOST_MESSAGES)),
        "wishes": _plain(wishes_of(resident)),
        "looks": _plain(who_looked(resident, at)),
    }


def _card(card: CardHeld) -> dict[str, Any]:
    """A card; the lines of one that another took the place of are that other's."""
    found = cards.card(card.serial)
    assert found is not None
    lines = list(_lines(found)) if card.successor is None else []
    return {
        **_plain(card),
        "purses": _plain(purses_of(card.serial)),
        "media": _plain(media_of(card.serial)),
        "rights": _plain(rights.decode(found.entitlements)),
        "history": _plain(lines),
    }


def _orders(serials: Sequence[int], since: Mapping[int, datetime]) -> list[OrderKept]:
    """The standing orders of cards since they are their owner's."""
    return [
        one
        for one in orders_of(serials)
        if any(one.at >= since[card] for card in (one.card, one.payer) if card and card in since)
    ]


def _lines(card: cards_models.Card) -> Iterator[Line]:
    after, since = "", owned_from(card, BEGINNING)
    while True:
        page = history_of(card, since=since, until=END, after=after, limit=MOST)
        yield from page.lines
        after = page.after
        if not after:
            return


def _cases(resident: int, who: Look) -> list[dict[str, Any]]:
    """What they asked the city, what they wrote and were told; not what staff note among them."""
    found = [(one, story(one.pk, language="id", inner=False)) for one in of_resident(resident)]
    numbers = {step.text for _, steps in found for step in steps if step.text is not None}
    texts = open_texts(texts=numbers, **who) if numbers else {}
    assert not isinstance(texts, Refusal), texts
    names = ("kind", "channel", "card", "opened_at", "answered_at", "outcome", "closed_at")
    return [
        {
            "case": code_of(one.pk),
            "state": State(one.state).name.lower(),
            **{name: _plain(getattr(one, name)) for name in names},
            "story": [
                {"what": step.what, "at": _plain(step.at), "text": texts.get(step.text or 0, "")}
                | {"answer": step.answer}
                for step in steps
            ],
        }
        for one, steps in found
    ]


def _repair(card: int, since: datetime) -> dict[str, Any]:
    names = (
        "use",
        "service_day",
        "network",
        "said_at",
        "asked_at",
        "evidence",
        "state",
        "refunded",
    )
    found = [
        {name: getattr(one, name) for name in names}
        for one in repairs(card=card)
        if one.said_at >= since
    ]
    return {"card": card, "asked": _plain(found)}


def _plain(value: Any) -> Any:
    """A value in JSON's own types: named tuples and structs by their fields."""
    match value:
        case Enum():
            return value.name.lower() if isinstance(value, int) else value.value
        case datetime() | date():
            return value.isoformat()
        case msgspec.Struct():
            return _plain(msgspec.structs.asdict(value))
        case tuple() if hasattr(value, "_asdict"):
            return _plain(value._asdict())
        case Mapping():
            return {str(name): _plain(one) for name, one in value.items()}
        case str() | int() | float() | None:
            return value
        case frozenset() | set():
            return sorted(_plain(one) for one in value)
        case Sequence():
            return [_plain(one) for one in value]
        case _:
            return str(value)
