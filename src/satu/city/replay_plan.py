"""From rows of a file to taps in the order in which they are sent. Pure; used by satu.city.replay.

A tap's name never depends on the run: its device stands for the stop, its sequence is twice the
line in the file, plus one for the exit. So a file sent twice is recognised tap by tap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from satu.city.pack import unknown_point_code
from satu.formats.rides import Row, Touch
from satu.kernel.days import Calendar
from satu.wire.messages import Tap

NO_STOP = ""  # whose taps the replay device sends
NOWHERE = "unknown"  # a point no city has: the gateway sets such a tap aside
NOBODY = "unknown"  # a token no city has issued


class Planned(NamedTuple):
    """A tap and the stop whose device sends it (`NO_STOP`: the replay device).

    Sorts by time, then by its place in the file.
    """

    at_ms: int
    sequence: int
    stop: str
    tap: Tap


class Place(NamedTuple):
    """A stop as a file describes it; `route` is the first one seen to serve it."""

    code: str
    name: str
    lat: float
    lon: float
    route: str


class Survey(msgspec.Struct):
    """What a file holds, learnt by reading it once before anything is sent.

    `cards` maps a card to its issuer as the file writes it, `days` a service day to its taps;
    `unreadable` counts rows of which no tap can be made, by reason.
    """

    rows: int = 0
    cards: dict[str, str] = {}
    places: dict[str, Place] = {}
    routes: dict[str, str] = {}
    days: Counter[date] = msgspec.field(default_factory=Counter)
    unreadable: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def taps(self) -> int:
        return self.days.total()


def survey(rows: Iterable[Row], calendar: Calendar, shift: timedelta) -> Survey:
    """Count and collect what the rows name. `shift` moves every time of the file."""
    found = Survey()
    for row in rows:
        found.rows += 1
        if row.problem:
            found.unreadable[row.problem] += 1
            continue
        if row.card:
            found.cards.setdefault(row.card, row.issuer)
        if row.route and not found.routes.get(row.route):
            found.routes[row.route] = row.route_name
        for touch in (row.entry, row.exit):
            if touch is None:
                continue
            found.days[calendar.day_of(calendar.at(touch.at + shift))] += 1
            code = point_code(touch, row.route)
            if code != NOWHERE and code not in found.places:
                name = touch.name or row.route_name or code
                found.places[code] = Place(code, name, touch.lat, touch.lon, row.route)
    return found


def point_code(touch: Touch, route: str) -> str:
    """Where a touch was: its stop, else its route's unknown point, else nowhere."""
    if touch.stop:
        return touch.stop
    return unknown_point_code(route) if route else NOWHERE


def taps_of(row: Row, calendar: Calendar, shift: timedelta) -> list[Planned]:
    """The taps of a row: its entry, its exit, or both; a row without a tap-out has one."""
    taps = []
    for touch, is_exit in ((row.entry, False), (row.exit, True)):
        if touch is None or row.problem:
            continue
        at_ms = calendar.at(touch.at + shift)
        sequence = 2 * row.line + is_exit
        tap = Tap(
            sequence=sequence,
            at_ms=at_ms,
            token=row.card or NOBODY,
            point=point_code(touch, row.route),
            medium="bank_chip",
            direction="exit" if is_exit else "entry",
            route=row.route,
            decided="open",
        )
        taps.append(Planned(at_ms, sequence, touch.stop, tap))
    return taps


def by_day(
    rows: Iterable[Row], days: Counter[date], calendar: Calendar, shift: timedelta
) -> Iterator[tuple[date, list[Planned]]]:
    """Each service day once, in order, with its taps in order of time.

    A day goes out as soon as the file has told all of it (`days` of the survey says how many
    taps that are) and every earlier day is out, so memory holds the file's disorder and no more.
    """
    waiting: dict[date, list[Planned]] = {}
    due = iter(sorted(days))
    day = next(due, None)
    for row in rows:
        for planned in taps_of(row, calendar, shift):
            waiting.setdefault(calendar.day_of(planned.at_ms), []).append(planned)
        while day is not None and len(waiting.get(day, ())) == days[day]:
            yield day, sorted(waiting.pop(day))
            day = next(due, None)
    assert day is None and not waiting, "the file changed while it was read"


def whole_weeks_to(first: date, tariffs_from: date) -> timedelta:
    """How far to move a file that is older than the city's tariffs: whole weeks, so that a
    Tuesday stays a Tuesday; zero if it is not older."""
    behind = (tariffs_from - first).days
    return timedelta(weeks=max(0, -(-behind // 7)))
