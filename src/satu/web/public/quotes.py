"""What a way costs: the taps that it would make, priced by the engine that prices real ones.

The fare calculator's part between a way (satu.web.public.ways) and `taps.explain`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from satu.fares.tariff import Network, Tariff
from satu.insight.places import VENUE_KINDS, Places
from satu.services import all as services
from satu.services.base import ENTRY, EXIT, Rider, TapSeen
from satu.services.rules import Route, Rules
from satu.taps.explain import DayTold, explain, imagine
from satu.web.public.ways import BUS_M_S, RAIL_M_S, WAIT_S, WALK_M_S, Ride, Walk, Way

assert services.SERVICES

SECOND_MS = 1000


class Hop(NamedTuple):
    """A ride from tap to tap: behind a station's gates one changes lines without a tap.

    `route` is the one that its reader knows: none (0) where gates do not tell the line. `lines`
    are those that one rides on, each once in a row.
    """

    rides: tuple[Ride, ...]
    lines: tuple[Route, ...]
    route: int
    started_ms: int
    ended_ms: int

    @property
    def start(self) -> int:
        return self.rides[0].start

    @property
    def end(self) -> int:
        return self.rides[-1].end

    @property
    def metres(self) -> int:
        return sum(ride.metres for ride in self.rides)


class Quoted(NamedTuple):
    """A way with its hops, walks between, the taps it makes and what they cost.

    `told` has the hops' legs in their order and after them a visit, if the way ends at a gate.
    """

    parts: tuple[Hop | Walk, ...]
    ended_ms: int
    told: DayTold
    tariff: Tariff
    minimum: int

    @property
    def hops(self) -> tuple[Hop, ...]:
        return tuple(part for part in self.parts if isinstance(part, Hop))

    @property
    def changes(self) -> int:
        """How often one gets off one vehicle and into another."""
        return sum(len(hop.lines) for hop in self.hops) - 1


def quote(
    rules: Rules, places: Places, way: Way, start_ms: int, rider: Rider, venue: int = 0
) -> Quoted:
    """A way priced. `venue` is the gate that one goes in at its end (0: none).

    LookupError: no tariff is in force on that day.
    """
    day = rules.calendar.day_of(start_ms)
    tariff, networks = rules.tariff_on(day), rules.prices_on(day).networks
    parts, end_ms = _timed(rules, places, way, start_ms)
    last_ms = rules.calendar.end_ms(day) - SECOND_MS
    hops = [part for part in parts if isinstance(part, Hop)]
    taps = list(_taps(rules, hops, networks, last_ms))
    if venue:
        taps.append(TapSeen(len(taps) + 1, min(end_ms, last_ms), venue, 0, ENTRY))
    told = explain(rules, imagine(rules, taps, rider), rider)
    minimum = max((networks[_network(rules, hop)].minimum for hop in hops), default=0)
    return Quoted(tuple(parts), end_ms, told, tariff, minimum)


def venue_at(places: Places, points: Sequence[int]) -> int:
    """The gate among the points of a stop, if it is a venue."""
    return next((one for one in points if places.points[one].kind in VENUE_KINDS), 0)


def _timed(rules: Rules, places: Places, way: Way, start_ms: int) -> tuple[list[Hop | Walk], int]:
    """The parts with times at a guess; rides that one changes between behind gates are one."""
    parts: list[Hop | Walk] = []
    now_ms = start_ms
    for part in way.parts:
        if isinstance(part, Walk):
            now_ms += round(part.metres / WALK_M_S) * SECOND_MS
            parts.append(part)
            continue
        began_ms = now_ms + WAIT_S * SECOND_MS
        now_ms = began_ms + _ride_s(rules, part) * SECOND_MS
        before = parts[-1] if parts else None
        if isinstance(before, Hop) and _is_inside(rules, places, before, part):
            parts[-1] = _longer(before, part, rules.routes[part.route], now_ms)
        else:
            parts.append(_hop(rules, part, began_ms, now_ms))
    return parts, now_ms


def _hop(rules: Rules, ride: Ride, began_ms: int, ended_ms: int) -> Hop:
    route = rules.routes[ride.route]
    told = 0 if rules.points[ride.start].kind == "station" else route.id
    return Hop((ride,), (route,), told, began_ms, ended_ms)


def _longer(hop: Hop, ride: Ride, line: Route, ended_ms: int) -> Hop:
    """A hop with one ride more; a line that is ridden on is the same line."""
    lines = hop.lines if hop.lines[-1] == line else (*hop.lines, line)
    route = hop.route if lines == hop.lines else 0
    return Hop((*hop.rides, ride), lines, route, hop.started_ms, ended_ms)


def _ride_s(rules: Rules, ride: Ride) -> int:
    is_rail = rules.points[ride.start].kind == "station"
    return round(ride.metres / (RAIL_M_S if is_rail else BUS_M_S))


def _is_inside(rules: Rules, places: Places, hop: Hop, ride: Ride) -> bool:
    """Whether one changes from a hop to a ride without leaving a station of one network."""
    same_place = places.index[hop.end] == places.index[ride.start]
    is_station = bool(places.stations & {hop.end, ride.start})
    route = rules.routes[ride.route]
    return same_place and is_station and hop.lines[-1].network == route.network


def _taps(
    rules: Rules, hops: Sequence[Hop], networks: dict[str, Network], last_ms: int
) -> Iterator[TapSeen]:
    number = 0
    for hop in hops:
        number += 1
        yield TapSeen(number, min(hop.started_ms, last_ms), hop.start, hop.route, ENTRY)
        if not networks[_network(rules, hop)].entry_only:
            number += 1
            yield TapSeen(number, min(hop.ended_ms, last_ms), hop.end, hop.route, EXIT)


def _network(rules: Rules, hop: Hop) -> str:
    if hop.route in rules.routes:
        return rules.routes[hop.route].network
    return rules.points[hop.start].network
