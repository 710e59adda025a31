"""Rides to fill a database with: a few journeys decided by the tap's own road, then repeated. Pure.

A pattern is what the road would store of a journey of one card on a day. Ten million taps are
the same patterns by other cards on other days: only names of taps and times differ, and those have
a fixed length where they stand in a day's state.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import NamedTuple

from satu.bench.rides import Journey, Step, journeys
from satu.cards.kinds import CardState
from satu.kernel.days import HOUR_MS
from satu.kernel.ids import tap_id
from satu.ledger.entry import Entry
from satu.services.base import TapSeen, operator_of
from satu.services.rules import Rules
from satu.taps import day as days
from satu.taps.card import Card, CardWork
from satu.taps.day import NOTHING_CARRIED, Day
from satu.taps.directory import Directory
from satu.taps.settle import Purse
from satu.taps.tap import DIRECTIONS, Arrival, Decided, Told
from satu.wire.messages import Tap

PATTERNS = 400
INCOMPLETE_EACH = 25  # of so many journeys the last tap is missing
EARLIEST_MS, LATEST_MS = 2 * HOUR_MS, 15 * HOUR_MS  # after the service day's beginning
JITTER_MS = 60_000  # cards of a pattern tap so far apart at most
NEXT = timedelta(days=1)

PURSE, RECEIVABLE, ISSUER = 1, 2, 1
PAYABLES, CLAIMS = 10_000, 20_000
RICH = 1_000_000_000
# Numbers that nothing else in a day's state is: they mark where taps and times stand.
MARK = tap_id(0x2A55AA, 0x5A_A55A_5AA5)
OTHER_MARK = tap_id(0x155AA5, 0xA5_5AA5_A55A)


class TapOf(NamedTuple):
    """A tap of a pattern; `paid` is what the purse gave up to and with it."""

    offset_ms: int
    point: int
    route: int
    direction: int
    meaning: int
    charge: int
    full_fare: int
    paid: int


class UseOf(NamedTuple):
    """A use of a pattern; `tap` is the place of its first tap, `ended_ms` -1 if it has no end."""

    tap: int
    kind: str
    operator: int
    point_in: int
    point_out: int
    route: int
    started_ms: int
    ended_ms: int
    use_class: int
    full_fare: int
    fare: int


class PaidOf(NamedTuple):
    """A posting from the purse to an operator's payable; `hold_*` name the hold it captures."""

    tap: int
    line: int
    operator: int
    amount: int
    paid: int
    kind: int
    use: int
    hold_tap: int
    hold_line: int


class HoldOf(NamedTuple):
    """A hold that was opened at a tap and is over."""

    tap: int
    line: int
    amount: int
    kind: int
    is_captured: bool


class Piece(NamedTuple):
    """A part of a day's state, and what follows it: tap `place`'s name or its time; -1: nothing."""

    before: bytes
    is_time: bool
    place: int


class Pattern(NamedTuple):
    """What a journey of one card on a day leaves behind."""

    taps: tuple[TapOf, ...]
    uses: tuple[UseOf, ...]
    paid: tuple[PaidOf, ...]
    holds: tuple[HoldOf, ...]
    state: tuple[Piece, ...]


def patterns(rules: Rules, day: date, *, count: int = PATTERNS) -> list[Pattern]:
    """Patterns of journeys on real routes, those that can be repeated; some without an end."""
    random = Random("pages")
    found: list[Pattern] = []
    for number, journey in enumerate(journeys(rules, random, 3 * count)):
        begins_ms = random.randrange(EARLIEST_MS, LATEST_MS, JITTER_MS)
        taken = journey[:-1] if number % INCOMPLETE_EACH == 0 else journey
        made = pattern(rules, taken, day, begins_ms) if taken else None
        if made is not None:
            found.append(made)
    return list(islice(found, count))


def pattern(rules: Rules, journey: Journey, day: date, begins_ms: int) -> Pattern | None:
    """What a journey leaves behind; None: it cannot be repeated by putting in names and times."""
    offsets = [begins_ms + step.after_ms for step in journey]
    if any(-offset % HOUR_MS <= JITTER_MS for offset in offsets):
        return None  # a band of the tariff may begin between two cards of the pattern
    first = _decided(rules, journey, day, offsets, MARK)
    again = _decided(rules, journey, day + NEXT, offsets, OTHER_MARK)
    closed = _only_day(first)
    other = _only_day(again)
    if closed is None or other is None or not all(map(_is_plain, first.entries)):
        return None
    end_ms = rules.calendar.end_ms(day)
    if closed.carried_in != NOTHING_CARRIED or days.carry(closed, end_ms) != NOTHING_CARRIED:
        return None
    start_ms = rules.calendar.start_ms(day)
    state = _pieces(days.encode(closed), MARK, [start_ms + offset for offset in offsets])
    start_other_ms = rules.calendar.start_ms(day + NEXT)
    if filled(state, OTHER_MARK, [start_other_ms + offset for offset in offsets]) != days.encode(
        other
    ):
        return None
    return Pattern(
        _taps(first, offsets),
        _uses(first, rules, start_ms),
        _paid(first),
        _holds(first),
        state,
    )


def filled(state: Sequence[Piece], first_tap: int, times_ms: Sequence[int]) -> bytes:
    """A day's state with names and times put in."""
    return b"".join(
        piece.before
        + (
            b""
            if piece.place < 0
            else struct.pack(">Q", times_ms[piece.place])
            if piece.is_time
            else struct.pack(">Q", first_tap + piece.place)
        )
        for piece in state
    )


def _decided(
    rules: Rules, journey: Journey, day: date, offsets: Sequence[int], mark: int
) -> CardWork:
    """The journey as the road decides it, by a card that has money, closed at the day's end."""
    operators = [operator.id for operator in rules.bundle.operators]
    books = Directory(
        {(ISSUER, operator): PAYABLES + operator for operator in operators},
        {operator: CLAIMS + operator for operator in operators},
    )
    purse = Purse(ISSUER, PURSE, RECEIVABLE, 0, RICH, RICH)
    work = CardWork(Card(1, 0, CardState.ACTIVE, _category(rules), purse, 0, ()), rules, books)
    points = {point.code: point.id for point in rules.bundle.points}
    routes = {route.code: route.id for route in rules.bundle.routes}
    start_ms = rules.calendar.start_ms(day)
    for place, (step, offset_ms) in enumerate(zip(journey, offsets, strict=True)):
        at_ms = start_ms + offset_ms
        seen = TapSeen(
            mark + place,
            at_ms,
            points[step.point],
            routes.get(step.route, 0),
            DIRECTIONS[step.direction],
        )
        arrival = Arrival(1, _tap(step, place, at_ms), at_ms)
        work.decide(Told(place, arrival, seen, day, 1, Decided.OPEN, 0, None))
    work.close(day + NEXT)
    return work


def _tap(step: Step, sequence: int, at_ms: int) -> Tap:
    return Tap(
        sequence=sequence,
        at_ms=at_ms,
        token="1",
        point=step.point,
        direction=step.direction,
        route=step.route,
        decided="open",
    )


def _category(rules: Rules) -> str:
    known = [one for tariff in rules.bundle.tariffs for one in tariff.categories]
    return next((one.name for one in reversed(known) if one.is_default), "adult")


def _only_day(work: CardWork) -> Day | None:
    """The journey's day, closed; None: it left more than one."""
    (day, *more) = work.days.values()
    return day if not more and day.is_closed and not day.holds else None


def _is_plain(entry: Entry) -> bool:
    """Whether an entry takes from the purse for an operator, or holds."""
    if entry.debit != PURSE or entry.corrects is not None or entry.link:
        return False
    return not entry.amount or PAYABLES < entry.credit < CLAIMS


def _taps(work: CardWork, offsets: Sequence[int]) -> tuple[TapOf, ...]:
    found = []
    for row, offset_ms in zip(work.rows, offsets, strict=True):
        seen, answer = row.told.seen, row.answer
        found.append(
            TapOf(
                offset_ms,
                seen.point,
                seen.route,
                seen.direction,
                int(answer.meaning),
                answer.charge,
                answer.full_fare,
                -row.balance_change,
            )
        )
    return tuple(found)


def _uses(work: CardWork, rules: Rules, start_ms: int) -> tuple[UseOf, ...]:
    return tuple(
        UseOf(
            use.id - MARK,
            use.kind,
            operator_of(use, rules),
            use.point_in,
            use.point_out,
            use.route,
            use.started_ms - start_ms,
            use.ended_ms - start_ms if use.ended_ms else -1,
            int(use.use_class),
            use.full_fare,
            use.fare,
        )
        for _, use in work.changed_uses()
    )


def _paid(work: CardWork) -> tuple[PaidOf, ...]:
    found, paid = [], 0
    for entry in work.entries:
        if not entry.amount:
            continue
        paid += entry.amount
        hold_tap, hold_line = (
            (-1, 0) if entry.hold is None else (_tap_of(entry.hold.int), _line_of(entry.hold.int))
        )
        assert entry.use is not None
        found.append(
            PaidOf(
                _tap_of(entry.key.int),
                _line_of(entry.key.int),
                entry.credit - PAYABLES,
                entry.amount,
                paid,
                int(entry.kind),
                entry.use - MARK,
                hold_tap,
                hold_line,
            )
        )
    return tuple(found)


def _holds(work: CardWork) -> tuple[HoldOf, ...]:
    captured = {entry.hold for entry in work.entries if entry.hold_change < 0 and entry.amount}
    return tuple(
        HoldOf(
            _tap_of(entry.key.int),
            _line_of(entry.key.int),
            entry.hold_change,
            int(entry.hold_kind),
            entry.hold in captured,
        )
        for entry in work.entries
        if entry.hold_change > 0
    )


def _tap_of(key: int) -> int:
    return (key >> 64) - MARK


def _line_of(key: int) -> int:
    return key & 0xFFFF_FFFF


def _pieces(state: bytes, mark: int, times_ms: Sequence[int]) -> tuple[Piece, ...]:
    """A state divided where names of taps and times stand."""
    known: dict[bytes, tuple[bool, int]] = {}
    for place, at_ms in enumerate(times_ms):
        known[struct.pack(">Q", mark + place)] = (False, place)
        known[struct.pack(">Q", at_ms)] = (True, place)
    pieces, ended = [], 0
    for found in re.finditer(b"|".join(map(re.escape, known)), state):
        pieces.append(Piece(state[ended : found.start()], *known[found.group()]))
        ended = found.end()
    return (*pieces, Piece(state[ended:], False, -1))
