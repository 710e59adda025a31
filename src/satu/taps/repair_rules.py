"""A missing tap that a rider tells: whether it can be true, and what it would change. Pure.

What is told is tried on the card's days as they are stored, by the same folds as every tap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import IntEnum, StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from satu.fares.tariff import Network
from satu.kernel.refusal import UseClass
from satu.services.base import ENTRY, EXIT, TapSeen, Use
from satu.services.rules import Rules
from satu.taps import fold
from satu.taps.day import Day
from satu.taps.fold import Folding
from satu.taps.settle import share_changes

MINUTE_MS = 60_000
LAST_DAYS = 56  # where a person went is unlinked from them after eight weeks
EARTH_M = 6_371_000
# Faster than any train of a city between two of its stations; platforms may be apart.
FASTEST_KMH = 120
APART_M = 500

# An exit that was completed from habit is missing too: the rider may have left elsewhere.
MISSING = (UseClass.MISSING_EXIT, UseClass.MISSING_ENTRY, UseClass.AUTO_COMPLETED)
MENDED = (UseClass.COMPLETE, UseClass.INTERCHANGE)
STILL_MISSING = (*MISSING, UseClass.OPEN)


class RepairState(IntEnum):
    """What became of a request. Each is decided once.

    WITHDRAWN: it was approved, and then the reader's own tap came after all.
    """

    ASKED = 0
    APPROVED = 1
    REJECTED = 2
    WITHDRAWN = 3

    @property
    def code(self) -> str:
        return self.name.lower()


class Doubt(StrEnum):
    """Why no rule approves a request, so that it waits for staff."""

    OTHER_NETWORK = "other_network"
    TIMES_OUT_OF_ORDER = "times_out_of_order"
    JOURNEY_TOO_LONG = "journey_too_long"
    TRAVEL_TOO_FAST = "travel_too_fast"
    JOURNEY_NOT_COMPLETED = "journey_not_completed"
    MONTHLY_LIMIT_REACHED = "monthly_limit_reached"


class Refusal(StrEnum):
    """Why nothing can be asked or decided; nothing was changed. In order of precedence."""

    CARD_UNKNOWN = "card_unknown"
    CARD_CLOSED = "card_closed"
    USE_UNKNOWN = "use_unknown"
    POINT_UNKNOWN = "point_unknown"
    TIME_IN_FUTURE = "time_in_future"
    ASKED_TOO_LATE = "asked_too_late"
    USE_NOT_INCOMPLETE = "use_not_incomplete"
    NOTHING_TO_REFUND = "nothing_to_refund"
    REPAIR_UNKNOWN = "repair_unknown"
    REPAIR_DECIDED = "repair_decided"
    DAY_FULL = "day_full"
    SAME_PERSON = "same_person"


class Said(NamedTuple):
    """Where and when the missing tap was, as the rider tells it."""

    point: int
    at_ms: int


class Rehearsed(NamedTuple):
    """What a missing tap would change: by operator, in all; and the use as it would be.

    `difference` is below zero if money flows back. `use` None: it would be no use any more.
    """

    change: dict[int, int]
    use: Use | None

    @property
    def difference(self) -> int:
        return sum(self.change.values())


def lacks_exit(use_class: int) -> bool:
    """Whether it is the exit that a use of one of the MISSING classes lacks."""
    return use_class != UseClass.MISSING_ENTRY


def use_in(days: Iterable[Day], use: int) -> Use | None:
    """A use as the newest of a card's days has it; None: no such use."""
    found = None
    for day in days:
        found = next((one for one in day.all_uses() if one.id == use), found)
    return found


def network_of(rules: Rules, use: Use) -> Network | None:
    """The network of a use by the tariff of its day; None: the tariff does not know it."""
    route = rules.routes.get(use.route)
    name = route.network if route else rules.points[use.point_in or use.point_out].network
    return rules.prices_on(rules.calendar.day_of(use.started_ms)).networks.get(name)


def told_tap(use: Use, said: Said, name: int) -> TapSeen:
    """The tap that a rider tells, under its name: the other end of the use, on its route."""
    direction = EXIT if lacks_exit(use.use_class) else ENTRY
    return TapSeen(name, said.at_ms, said.point, use.route, direction, use.riders)


def doubts(
    rules: Rules, use: Use, said: Said, seen: Mapping[int, TapSeen], rehearsed: Rehearsed
) -> list[Doubt]:
    """Why what is said may not be true, as far as taps, places and times can tell.

    `seen` are the card's taps around that time.
    """
    found = []
    network = network_of(rules, use)
    if not _is_served(rules, use, said.point):
        found.append(Doubt.OTHER_NETWORK)
    is_exit = lacks_exit(use.use_class)
    lasted_ms = said.at_ms - use.started_ms if is_exit else use.ended_ms - said.at_ms
    if lasted_ms <= 0:
        found.append(Doubt.TIMES_OUT_OF_ORDER)
    elif network is None or lasted_ms > network.longest_minutes * MINUTE_MS:
        found.append(Doubt.JOURNEY_TOO_LONG)
    if not _is_reachable(rules, said, seen):
        found.append(Doubt.TRAVEL_TOO_FAST)
    if rehearsed.use is None or rehearsed.use.use_class not in MENDED:
        found.append(Doubt.JOURNEY_NOT_COMPLETED)
    return found


def _is_served(rules: Rules, use: Use, point: int) -> bool:
    """Whether the route of a use stops at a point, or where none was told its network does."""
    route = rules.routes.get(use.route)
    if route is not None and route.patterns:
        return any(point == stop for pattern in route.patterns for stop, _ in pattern)
    network = route.network if route else rules.points[use.point_in or use.point_out].network
    return rules.points[point].network == network


def _is_reachable(rules: Rules, said: Said, seen: Mapping[int, TapSeen]) -> bool:
    """Whether one can be there between the taps before and after."""
    earlier = [tap for tap in seen.values() if tap.at_ms <= said.at_ms]
    later = [tap for tap in seen.values() if tap.at_ms > said.at_ms]
    beside = []
    if earlier:
        beside.append(max(earlier, key=lambda tap: tap.at_ms))
    if later:
        beside.append(min(later, key=lambda tap: tap.at_ms))
    return all(
        apart_m(rules, tap.point, said.point)
        <= APART_M + abs(said.at_ms - tap.at_ms) * FASTEST_KMH / 3_600
        for tap in beside
    )


def apart_m(rules: Rules, one: int, other: int) -> float:
    """Metres between two points as the crow flies."""
    a, b = rules.points[one], rules.points[other]
    north, east = radians(b.lat - a.lat) / 2, radians(b.lon - a.lon) / 2
    across = sin(north) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(east) ** 2
    return 2 * EARTH_M * asin(sqrt(across))


def rehearse(
    folding: Folding,
    days: Sequence[Day],
    seen: Mapping[int, TapSeen],
    use: Use,
    told: TapSeen,
    *,
    earlier: Sequence[TapSeen] = (),
    as_stored: bool,
) -> Rehearsed:
    """Fold a card's days with the told tap: what is due more or less than without it.

    `days` are loaded from the one before the told tap's on. `earlier` are taps that were told
    before and are not among the stored ones. `as_stored` compares with what is stored, as a tap
    on the road would; otherwise with the days folded again, so that only the tap counts.
    """
    taps = dict(seen)
    before = {day.day: day for day in days}
    for tap in earlier:
        before = _with_tap(folding, before, taps, tap)
    if not earlier and not as_stored:
        on = folding.rules.calendar.day_of(told.at_ms)
        before = _merged(before, fold.refold(folding, list(before.values()), taps, on).days)
    after = _with_tap(folding, before, taps, told)
    change: dict[int, int] = {}
    for on in sorted(after):
        was = before.get(on)
        by_operator, _ = share_changes(was.all_uses() if was else (), after[on].all_uses())
        for operator, amount in by_operator.items():
            change[operator] = change.get(operator, 0) + amount
    name = use.id if lacks_exit(use.use_class) else told.id
    return Rehearsed(change, use_in((after[on] for on in sorted(after)), name))


def is_needless(
    folding: Folding, days: Sequence[Day], seen: Mapping[int, TapSeen], use: int, told: TapSeen
) -> bool:
    """Whether a use that was repaired lacks nothing without the told tap: its own came late."""
    if told.id not in seen:
        return True
    on = folding.rules.calendar.day_of(told.at_ms)
    folded = fold.refold(folding, days, seen, on, remove=told.id).days
    without = use_in(_merged({day.day: day for day in days}, folded).values(), use)
    return without is None or without.use_class not in STILL_MISSING


def _with_tap(
    folding: Folding, days: dict[date, Day], taps: dict[int, TapSeen], tap: TapSeen
) -> dict[date, Day]:
    on = folding.rules.calendar.day_of(tap.at_ms)
    folded = fold.refold(folding, [days[day] for day in sorted(days)], taps, on, add=[tap])
    taps[tap.id] = tap
    return _merged(days, folded.days)


def _merged(days: dict[date, Day], changed: Sequence[Day]) -> dict[date, Day]:
    merged = days | {day.day: day for day in changed}
    return {on: merged[on] for on in sorted(merged)}


class Line(NamedTuple):
    """What one operator gives back: to the purse, or (`to` > 0) to another operator."""

    operator: int
    amount: int
    to: int = 0


def lines_of(change: Mapping[int, int], most: int) -> list[Line]:
    """Who gives what back to whom, at most `most` to the purse.

    What another operator is due more moves between the two first.
    """
    ups = {operator: amount for operator, amount in sorted(change.items()) if amount > 0}
    lines, to_purse = [], []
    for operator, amount in sorted(change.items()):
        left = max(-amount, 0)
        for other in ups:
            moved = min(ups[other], left)
            if moved:
                lines.append(Line(operator, moved, other))
                ups[other] -= moved
                left -= moved
        paid = min(left, most)
        most -= paid
        if paid:
            to_purse.append(Line(operator, paid))
    return lines + to_purse
