"""What can be asked of a ride whose tap is missing: where it may have been, and about when.

Called by the portal's page that repairs one (satu.taps.repairs decides); nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from satu.kernel.refusal import UseClass
from satu.ledger.actions import raw_connection
from satu.services.rules import Rules
from satu.taps.evidence import habits_of
from satu.taps.looking import rules_in_force
from satu.taps.repair_rules import MISSING, apart_m, lacks_exit

# How fast people get on in a city, stops and waiting included; for a first guess at a time.
USUAL_KMH = 22
LEAST = timedelta(minutes=4)
DETOUR = 1.3

USE = """
select service_day, use_class, point_in, point_out, route, started_at, ended_at
  from taps_use where id = %s and card = %s and use_class = any(%s)
"""


class Choice(NamedTuple):
    """A place where the missing tap may have been, and the likely time if it was there.

    `rides`: how often in the eight weeks before the card went between the two places.
    """

    code: str
    name: str
    rides: int
    likely_at: datetime


class MissingTap(NamedTuple):
    """A ride that lacks an end: where and when it was tapped, and where else it can have been.

    `choices`: the card's habits first, the most frequent one at their head, then by name.
    """

    lacks_exit: bool
    known: str
    known_at: datetime
    service_day: date
    choices: tuple[Choice, ...]


def missing_tap(*, card: int, use: int, at: datetime) -> MissingTap | None:
    """The missing tap of a card's use; None: there is no such use, or it lacks none."""
    with connection.cursor() as cursor:
        cursor.execute(USE, [use, card, [one.value for one in MISSING]])
        row = cursor.fetchone()
    if row is None:
        return None
    rules = rules_in_force(raw_connection())
    day, use_class, point_in, point_out, route, started_at, ended_at = row
    is_exit = lacks_exit(UseClass(use_class))
    known = point_in if is_exit else point_out
    known_at = started_at if is_exit else (ended_at or started_at)
    if known not in rules.points:
        return None
    found = [
        Choice(rules.points[one].code, rules.points[one].name, rides, min(likely_at, at))
        for one, rides in _places(rules, card, day, known, route, is_exit)
        for likely_at in [_likely(rules, route, known, one, known_at, is_exit)]
    ]
    found.sort(key=lambda one: (-one.rides, one.name))
    return MissingTap(is_exit, rules.points[known].name, known_at, day, tuple(found))


def _places(
    rules: Rules, card: int, day: date, known: int, route: int, is_exit: bool
) -> Iterator[tuple[int, int]]:
    """(point, rides there before): one point for each station, never the known one's."""
    ends = ("from", "to") if is_exit else ("to", "from")
    code = rules.points[known].code
    habits = _counted(rules, habits_of(rules, card, day), code, ends)
    seen = {rules.stations[known]}
    candidates = _on_route(rules, known, route, is_exit) or _in_network(rules, known)
    # A station itself goes before its gates.
    for point in sorted(candidates, key=lambda one: rules.stations[one] != rules.points[one].code):
        station = rules.stations[point]
        if station not in seen:
            seen.add(station)
            yield point, habits.get(station, 0)


def _counted(
    rules: Rules, habits: list[dict[str, Any]], known: str, ends: tuple[str, str]
) -> dict[str, int]:
    """How often the card went from (or to) the known place to (or from) each station."""
    stations = {point.code: rules.stations[point.id] for point in rules.bundle.points}
    here, there = ends
    counted: dict[str, int] = {}
    for one in habits:
        if stations.get(one[here]) == stations[known]:
            station = stations.get(one[there], "")
            counted[station] = counted.get(station, 0) + one["rides"]
    return counted


def _on_route(rules: Rules, known: int, route: int, is_exit: bool) -> set[int]:
    """The stops of a route that a ride may have gone on to from the known one, or come from."""
    found: set[int] = set()
    line = rules.routes.get(route)
    for pattern in line.patterns if line else ():
        stops = [stop for stop, _ in pattern]
        if known in stops:
            place = stops.index(known)
            found |= set(stops[place + 1 :] if is_exit else stops[:place])
    return found


def _in_network(rules: Rules, known: int) -> set[int]:
    network = rules.points[known].network
    return {point.id for point in rules.bundle.points if point.network == network}


def _likely(
    rules: Rules, route: int, known: int, point: int, known_at: datetime, is_exit: bool
) -> datetime:
    """When somebody who did not dawdle was at a place, by the metres along the line."""
    first, last = (known, point) if is_exit else (point, known)
    network = rules.points[known].network
    way = rules.way(network, route, first, last)
    metres = way.metres if way else DETOUR * apart_m(rules, first, last)
    lasted = max(LEAST, timedelta(hours=metres / 1_000 / USUAL_KMH))
    lasted = timedelta(minutes=round(lasted.total_seconds() / 60))
    return known_at + lasted if is_exit else known_at - lasted
