"""A priced journey as a page tells it: rides, walks and visits; and why it costs that."""

from __future__ import annotations

from typing import NamedTuple

from satu.insight.places import Places
from satu.services.rules import Route, Rules
from satu.taps.explain import DayTold, LegTold
from satu.web.public.quotes import Hop, Quoted
from satu.web.public.ways import Walk
from satu.web.said import say

SHORTEST_WALK_M = 60  # less is across the platform


class Part(NamedTuple):
    """A part of a way. `kind` is ride, walk or visit; of rides the lines and what it costs."""

    kind: str
    start: str
    end: str
    lines: tuple[Route, ...] = ()
    operator: str = ""
    metres: int = 0
    started_ms: int = 0
    ended_ms: int = 0
    fare: int = 0
    asset: str = "IDR"


class Reason(NamedTuple):
    """A leg and the rules that made its fare, each with its amount."""

    title: str
    fare: int
    asset: str
    rules: tuple[tuple[str, int], ...]
    is_known: bool
    class_words: str


def parts_of(rules: Rules, places: Places, quoted: Quoted) -> list[Part]:
    """The rides, walks and the visit of a priced way."""
    legs = [leg for journey in quoted.told.journeys for leg in journey.legs]
    fares = [leg.fare for leg in legs]
    found: list[Part] = []
    asset = quoted.told.asset
    for part in quoted.parts:
        if isinstance(part, Walk):
            if part.metres < SHORTEST_WALK_M:
                continue
            names = places.point_name(part.start), places.point_name(part.end)
            found.append(Part("walk", *names, metres=part.metres))
        else:
            found.append(_ride(rules, places, part, fares.pop(0) if fares else 0, asset))
    if fares:
        visit = legs[-1]
        name = visit.start.name if visit.start else visit.operator
        found.append(Part("visit", name, name, operator=visit.operator, fare=fares[0], asset=asset))
    return found


def _ride(rules: Rules, places: Places, hop: Hop, fare: int, asset: str) -> Part:
    return Part(
        "ride",
        places.point_name(hop.start),
        places.point_name(hop.end),
        hop.lines,
        rules.operators[hop.lines[0].operator].name,
        hop.metres,
        hop.started_ms,
        hop.ended_ms,
        fare,
        asset,
    )


def reasons_of(told: DayTold) -> list[Reason]:
    """Why a day costs what it does, leg by leg."""
    return [reason_of(leg, told.asset) for journey in told.journeys for leg in journey.legs]


def reason_of(leg: LegTold, asset: str) -> Reason:
    """The rules of a leg; of several riders, each rider's."""
    rules = [
        (_rule(rider.rider, say(rule.words), leg.riders), rule.amount)
        for rider in leg.paid_by
        for rule in rider.rules
    ]
    return Reason(title_of(leg), leg.fare, asset, tuple(rules), leg.is_known, say(leg.class_words))


def title_of(leg: LegTold) -> str:
    """`Blok M → Kota`, or the one place that is known."""
    names = [place.name for place in (leg.start, leg.end) if place is not None]
    if leg.kind != "journey":
        names = names[:1]
    return " → ".join(names)


def _rule(rider: int, words: str, riders: int) -> str:
    return f"{rider}. {words}" if riders > 1 else words
