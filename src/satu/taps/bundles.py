"""A bundle's own arithmetic: other numbers, two in one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from satu.services.rules import Bundle, Operator, Point, Route

PlaceT = TypeVar("PlaceT", Operator, Point, Route)


class Numbers(NamedTuple):
    """The numbers that a database keeps for the codes of places."""

    operators: Mapping[str, int]
    points: Mapping[str, int]
    routes: Mapping[str, int]


def renumbered(bundle: Bundle, numbers: Numbers) -> Bundle:
    """The same facts under other numbers, which are looked up by the places' codes."""
    operators = {place.id: numbers.operators[place.code] for place in bundle.operators}
    points = {place.id: numbers.points[place.code] for place in bundle.points}
    replace = msgspec.structs.replace
    return replace(
        bundle,
        operators=tuple(replace(place, id=operators[place.id]) for place in bundle.operators),
        points=tuple(
            replace(place, id=points[place.id], operator=operators[place.operator])
            for place in bundle.points
        ),
        routes=tuple(
            replace(
                route,
                id=numbers.routes[route.code],
                operator=operators[route.operator],
                patterns=tuple(
                    tuple((points[point], metres) for point, metres in pattern)
                    for pattern in route.patterns
                ),
            )
            for route in bundle.routes
        ),
    )


def united(old: Bundle | None, new: Bundle) -> Bundle:
    """The new facts, and the places that only the old ones know: late taps still name them."""
    return msgspec.structs.replace(
        new,
        operators=_united(old.operators if old else (), new.operators),
        points=_united(old.points if old else (), new.points),
        routes=_united(old.routes if old else (), new.routes),
    )


def _united(old: Sequence[PlaceT], new: Sequence[PlaceT]) -> tuple[PlaceT, ...]:
    by_id = {place.id: place for place in old} | {place.id: place for place in new}
    return tuple(by_id[number] for number in sorted(by_id))
