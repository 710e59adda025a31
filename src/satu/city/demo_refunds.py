"""What a resident of a demo asks back: rides whose exits they forgot, told as the portal lets them.

The last they tell so that no rule can believe it, so it waits at the card desk with its evidence.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from satu.cards.queries import card as find_card
from satu.cases.repairs import follow_repairs
from satu.taps.missing import MissingTap, missing_tap
from satu.taps.repair_queries import journeys_of
from satu.taps.repair_rules import MISSING, RepairState
from satu.taps.repairs import Asked, ask_repair

# Nobody gets anywhere in a moment: a rider who says so may have the time wrong.
TOO_SOON = timedelta(minutes=1)


def ask_refunds(*, url: str, card: int, first: date, last: date, at: datetime) -> int:
    """Tell the missing taps of a card's rides on some days, as its owner; how many wait for staff.

    The newest rides first, until one waits; those before it are told with their likely time, and
    a rule gives the money back. `at` is the city's time, by which the told taps come in.
    """
    found = find_card(card)
    assert found is not None and found.owner is not None
    actor, waiting = f"resident:{found.owner}", 0
    for ride in reversed(journeys_of(card, first, last)):
        missing = missing_tap(card=card, use=ride.id, at=at) if ride.use_class in MISSING else None
        if missing is None or not missing.choices:
            continue
        place, said_at = _said(missing, is_true=bool(waiting))
        asked = ask_repair(
            url=url, card=card, use=ride.id, point=place, said_at=said_at, actor=actor, at=at
        )
        waiting += isinstance(asked, Asked) and asked.repair.state == RepairState.ASKED
    follow_repairs(actor=actor, at=at)
    return waiting


def _said(missing: MissingTap, *, is_true: bool) -> tuple[str, datetime]:
    """A place well down the line, and a time that can be or at which nobody is there yet."""
    by_distance = sorted(missing.choices, key=lambda one: one.likely_at)
    place = by_distance[len(by_distance) * 2 // 3]
    return place.code, place.likely_at if is_true else missing.known_at + TOO_SOON
