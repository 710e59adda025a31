"""How one can ride from here to there: lines, changes, short walks. Pure.

There is no timetable in a bundle, so a way's minutes are a guess by its metres; what it costs is
the fare engine's (satu.web.public.quotes). Round by round a way gets one more ride: a round
starts from every place that the one before reached sooner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from satu.insight.places import METRES_A_DEGREE, VENUE_KINDS, Places, is_placed, metres
from satu.services.rules import Point, Route

WALK_M = 400  # so far people walk to change, or to the first stop
VENUE_WALK_M = 900  # and so far to a venue's gate
WALK_M_S = 1.2
WAIT_S = 360  # for the next vehicle
BUS_M_S, RAIL_M_S = 4.7, 9.2  # 17 and 33 km/h, stops included
MOST_RIDES = 4
NEVER = float("inf")


class Ride(NamedTuple):
    """A ride on a line between two points, and its metres."""

    route: int
    start: int
    end: int
    metres: int


class Walk(NamedTuple):
    """On foot between two points."""

    start: int
    end: int
    metres: int


class Way(NamedTuple):
    """A way to go: its parts in order, and how long it takes at a guess."""

    parts: tuple[Ride | Walk, ...]
    seconds: int

    @property
    def rides(self) -> tuple[Ride, ...]:
        return tuple(part for part in self.parts if isinstance(part, Ride))


class _Pattern(NamedTuple):
    """A line's run: places in order, the points that were told, metres from its start."""

    route: Route
    places: tuple[int, ...]
    metres: tuple[int, ...]
    m_s: float


class _Step(NamedTuple):
    """How a place was reached: from where, by which pattern (None: on foot)."""

    before: int
    pattern: _Pattern | None
    first: int
    last: int


class Net:
    """A city's lines made ready for finding ways. Places are those of the map."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.patterns = [
            made for route in places.bundle.routes for made in _patterns(places, route)
        ]
        self._calls: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, pattern in enumerate(self.patterns):
            for position, place in enumerate(pattern.places):
                self._calls[place].append((number, position))
        self._cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._gates: list[int] = []
        for place, point in enumerate(places.drawn):
            is_gate = point.kind in VENUE_KINDS
            (self._gates if is_gate else self._cells[_cell(point)]).append(place)
        self._near: dict[int, list[tuple[int, int]]] = {}

    def ways(
        self,
        starts: Collection[int],
        ends: Collection[int],
        allows: Callable[[Route], bool] = lambda route: True,
    ) -> list[Way]:
        """The quickest way for each number of rides that is quicker than with fewer.

        `starts` and `ends` are points; `allows` tells which lines may be ridden.
        """
        index = self.places.index
        search = _Search(self, {index[one] for one in starts}, {index[one] for one in ends})
        usable = [allows(pattern.route) for pattern in self.patterns]
        found: list[Way] = []
        fastest = NEVER
        for _ in range(MOST_RIDES):
            search.ride(usable)
            reached = search.end()
            if reached is not None and search.times[-1][reached] < fastest:
                fastest = search.times[-1][reached]
                found.append(search.way(reached))
            if not search.marked:
                break
        return found

    def near(self, place: int) -> list[tuple[int, int]]:
        """(place, metres) of what one walks to from a place; a venue's gates lie further off."""
        known = self._near.get(place)
        if known is None:
            known = self._near[place] = list(self._around(place))
        return known

    def _around(self, place: int) -> Iterable[tuple[int, int]]:
        here = self.places.drawn[place]
        is_gate = here.kind in VENUE_KINDS
        most = VENUE_WALK_M if is_gate else WALK_M
        others = range(len(self.places.drawn)) if is_gate else self._beside(here)
        for other in others:
            off = metres(here, self.places.drawn[other])
            if other != place and off <= most:
                yield other, round(off)
        for gate in () if is_gate else self._gates:
            off = metres(here, self.places.drawn[gate])
            if off <= VENUE_WALK_M:
                yield gate, round(off)

    def _beside(self, here: Point) -> Sequence[int]:
        """The places in the square of the grid and those around it, but for venues' gates."""
        east, north = _cell(here)
        return [
            other
            for x in (-1, 0, 1)
            for y in (-1, 0, 1)
            for other in self._cells.get((east + x, north + y), ())
        ]

    def calls_at(self, place: int) -> Sequence[tuple[int, int]]:
        return self._calls.get(place, ())


class _Search:
    """One question to a net, round by round."""

    def __init__(self, net: Net, starts: set[int], ends: set[int]) -> None:
        self.net = net
        self.ends = ends
        self.best: dict[int, float] = {}
        self.bound = NEVER  # what reaches a place later than an end is of no use
        self.times: list[dict[int, float]] = []
        self.steps: list[dict[int, _Step]] = []
        self.marked: set[int] = set()
        self._begin()
        for place in starts:
            self._reach(place, 0.0, None)
        self._walk()

    def ride(self, usable: Sequence[bool]) -> None:
        """One ride more, from the places that the last round reached sooner; then on foot."""
        boarding: dict[int, int] = {}
        for place in self.marked:
            for number, position in self.net.calls_at(place):
                if usable[number]:
                    boarding[number] = min(boarding.get(number, position), position)
        before = self.times[-1]
        self._begin()
        for number, position in boarding.items():
            self._along(self.net.patterns[number], position, before)
        self._walk()

    def end(self) -> int | None:
        """The place among the ends that this round reached soonest."""
        reached = [place for place in self.ends if place in self.times[-1]]
        return min(reached, key=lambda place: self.times[-1][place], default=None)

    def way(self, place: int) -> Way:
        """The parts that led to a place in the newest round."""
        parts: list[Ride | Walk] = []
        seconds, at = round(self.times[-1][place]), len(self.steps) - 1
        point = self.net.places.drawn
        while (step := self.steps[at].get(place)) is not None:
            start, end = point[step.before].id, point[place].id
            if step.pattern is None:
                off = round(metres(point[step.before], point[place]))
                after = parts[-1] if parts else None
                if isinstance(after, Walk):  # a walk goes on: one says where it ends
                    parts[-1] = Walk(start, after.end, off + after.metres)
                else:
                    parts.append(Walk(start, end, off))
            else:
                ridden = step.pattern.metres[step.last] - step.pattern.metres[step.first]
                parts.append(Ride(step.pattern.route.id, start, end, ridden))
                at -= 1
            place = step.before
        return Way(tuple(reversed(parts)), seconds)

    def _begin(self) -> None:
        self.times.append({})
        self.steps.append({})
        self.marked = set()

    def _along(self, pattern: _Pattern, position: int, before: dict[int, float]) -> None:
        """Along a run: on board at the place from which one gets on soonest, off wherever it
        is sooner than known."""
        board_s, on = NEVER, -1
        for at in range(position, len(pattern.places)):
            place = pattern.places[at]
            here_s = NEVER
            if on >= 0:
                here_s = board_s + (pattern.metres[at] - pattern.metres[on]) / pattern.m_s
                if self._is_sooner(place, here_s):
                    self._reach(place, here_s, _Step(pattern.places[on], pattern, on, at))
            could_s = before.get(place, NEVER) + WAIT_S
            if could_s < here_s:
                board_s, on = could_s, at

    def _walk(self) -> None:
        for place in list(self.marked):
            at_s = self.times[-1][place]
            if at_s >= self.bound:
                continue
            for other, off in self.net.near(place):
                there_s = at_s + off / WALK_M_S
                if self._is_sooner(other, there_s):
                    self._reach(other, there_s, _Step(place, None, 0, 0))

    def _is_sooner(self, place: int, at_s: float) -> bool:
        return at_s < self.bound and at_s < self.best.get(place, NEVER)

    def _reach(self, place: int, at_s: float, step: _Step | None) -> None:
        """Note that a place is reached sooner than it was known to be."""
        if place in self.ends:
            self.bound = at_s
        self.best[place] = self.times[-1][place] = at_s
        self.marked.add(place)
        self.steps[-1].pop(place, None)
        if step is not None:
            self.steps[-1][place] = step


def _patterns(places: Places, route: Route) -> Iterable[_Pattern]:
    for pattern in route.patterns:
        calls = [(point, m) for point, m in pattern if point in places.index]
        if len(calls) > 1:
            is_rail = places.points[calls[0][0]].kind == "station"
            yield _Pattern(
                route,
                tuple(places.index[point] for point, _ in calls),
                tuple(m for _, m in calls),
                RAIL_M_S if is_rail else BUS_M_S,
            )


def _cell(point: Point) -> tuple[int, int]:
    """The square of the grid in which walks are looked for; as wide as the longest walk."""
    if not is_placed(point):
        return (0, 0)
    size = WALK_M / METRES_A_DEGREE
    return int(point.lon // size), int(point.lat // size)
