"""What a card gives a right to, as it stands in the card's own row. Pure.

The tap's road loads it with the card; satu.cards.rights_actions writes it. No date of birth and no
name is here: a birthday is a right of one day.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from itertools import combinations

import msgspec

from satu.cards.errors import Refusal
from satu.fares.legs import Entitlement, PassHeld

MAX_ENTITLEMENTS = 64
# A date outside was typed wrong: nobody means the year 202 or 20226.
EARLIEST = date(2000, 1, 1)
LATEST = date(2199, 12, 31)


class Rights(msgspec.Struct, frozen=True, array_like=True):
    """Entitlements by their first days, and passes in the order in which they were sold."""

    entitlements: tuple[Entitlement, ...] = ()
    passes: tuple[PassHeld, ...] = ()


NO_RIGHTS = Rights()
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Rights)


def encode(rights: Rights) -> bytes | None:
    """The column's content; None (null) for no rights. Equal rights give equal bytes."""
    return None if rights == NO_RIGHTS else _encoder.encode(rights)


def decode(content: bytes | memoryview | None) -> Rights:
    """What `encode` made."""
    return NO_RIGHTS if content is None else _decoder.decode(content)


def in_order(entitlements: Sequence[Entitlement]) -> tuple[Entitlement, ...]:
    """Each entitlement once, by first day, last day and category."""
    return tuple(sorted(set(entitlements), key=lambda one: (one.first, one.last, one.category)))


def refuse_entitlements(
    entitlements: Sequence[Entitlement], categories: Collection[str]
) -> Refusal | None:
    """Why a card cannot have these entitlements; None if it can.

    Refusals: entitlement_dates_invalid, category_unknown, entitlements_overlap,
    entitlements_too_many. A person is in one group at a time. An entitlement of one day (a
    birthday) is no group, so that it may lie within another.
    """
    if not all(EARLIEST <= one.first <= one.last <= LATEST for one in entitlements):
        return Refusal.ENTITLEMENT_DATES_INVALID
    if not all(one.category in categories for one in entitlements):
        return Refusal.CATEGORY_UNKNOWN
    groups = [one for one in entitlements if one.first < one.last]
    if any(_overlap(one, other) for one, other in combinations(groups, 2)):
        return Refusal.ENTITLEMENTS_OVERLAP
    return Refusal.ENTITLEMENTS_TOO_MANY if len(entitlements) > MAX_ENTITLEMENTS else None


def _overlap(one: Entitlement, other: Entitlement) -> bool:
    return one.category != other.category and one.first <= other.last and other.first <= one.last


def first_change(before: Rights, after: Rights) -> date | None:
    """The first service day on which other entitlements apply than did; None: on no day."""
    changed = set(before.entitlements) ^ set(after.entitlements)
    return min((one.first for one in changed), default=None)
