"""Rides through Jakarta's pack as it is shipped, for tests."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from satu.city.pack import Pack, read_pack
from satu.services.base import ENTRY, EXIT, Rider, Step, TapSeen, Use
from satu.services.rules import Rules
from satu.services.transit.service import TRANSIT

PACK = Path(__file__).resolve().parents[1] / "cities" / "jakarta"
ADULT = Rider()


@cache
def pack() -> Pack:
    return read_pack(PACK)


@cache
def rules() -> Rules:
    return Rules(pack().bundle())


@cache
def _points() -> dict[str, int]:
    return {point.code: point.id for point in rules().bundle.points}


def point(code: str) -> int:
    return _points()[code]


def at(day: date, minute: int) -> int:
    """A minute of a service day's clock (05:00 is 300; the next day's 01:00 is 1500)."""
    calendar = rules().calendar
    midnight = calendar.start_ms(day) - calendar.day_start_hour * 3_600_000
    return midnight + minute * 60_000


def fold(*taps: TapSeen, rider: Rider = ADULT, by: Rules | None = None) -> list[Step]:
    """The taps' steps, by the pack's rules or by others with the same places."""
    steps: list[Step] = []
    state = TRANSIT.start(None)
    for tap in taps:
        steps.append(TRANSIT.fold(by or rules(), state, tap, rider))
        state = steps[-1].state
    return steps


def train(
    day: date, start: str, end: str, minute: int = 600, minutes: int = 30, rider: Rider = ADULT
) -> Use:
    """One ride between two stations with gates, as it stands after the exit."""
    entered = TapSeen(1, at(day, minute), point(start), 0, ENTRY)
    left = TapSeen(2, at(day, minute + minutes), point(end), 0, EXIT)
    (use,) = fold(entered, left, rider=rider)[-1].uses
    return use


def bus(day: date, network: str, minute: int = 600, rider: Rider = ADULT) -> Use:
    """One ride from end to end of a network's first line."""
    route, first, last = line_of(network)
    (use,) = fold(
        TapSeen(1, at(day, minute), first, route),
        TapSeen(2, at(day, minute + 30), last, route),
        rider=rider,
    )[-1].uses
    return use


def line_of(network: str) -> tuple[int, int, int]:
    """A route of a network, with the first and the last stop of its first pattern."""
    for route in rules().routes.values():
        if route.network == network and route.patterns:
            return route.id, route.patterns[0][0][0], route.patterns[0][-1][0]
    raise LookupError(network)
