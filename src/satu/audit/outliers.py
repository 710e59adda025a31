"""Who of the staff looks at people more often, or at other hours, than their colleagues. Pure.

It accuses nobody: it says at whom a supervisor should look first. Colleagues are those with the
same roles; what they do on a usual day is the median of their days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from statistics import median
from typing import NamedTuple

LEAST = 10  # looks in a day that are never many
TIMES = 3  # the usual, and a day is one of many looks
DAYS_NEEDED = 5  # of colleagues together, before anything is usual
NIGHT_BEGINS, NIGHT_ENDS = 20, 6  # the city's hours
LEAST_AT_NIGHT, SHARE_AT_NIGHT = 3, 0.2


class Reason(StrEnum):
    """Why somebody stands out."""

    MANY = "many"
    AT_NIGHT = "at_night"


class StaffDay(NamedTuple):
    """How often somebody (`staff:ani`) looked on a day, and how often of that at night."""

    actor: str
    day: date
    looks: int
    at_night: int


class Watched(NamedTuple):
    """A member of staff over a period. `usual` is their colleagues' median day (None: too few)."""

    actor: str
    days: int
    looks: int
    most: int
    most_on: date
    usual: float | None
    at_night: int
    reasons: tuple[Reason, ...]


def watch(days: Sequence[StaffDay], groups: Mapping[str, str]) -> list[Watched]:
    """Everybody who looked, those who stand out first. `groups` tells whose colleagues they are."""
    by_actor: dict[str, list[StaffDay]] = defaultdict(list)
    for one in days:
        by_actor[one.actor].append(one)
    found = [
        _watched(actor, own, _usual(actor, by_actor, groups)) for actor, own in by_actor.items()
    ]
    return sorted(found, key=lambda one: (-len(one.reasons), -one.most, one.actor))


def _usual(
    actor: str, by_actor: Mapping[str, list[StaffDay]], groups: Mapping[str, str]
) -> float | None:
    looks = [
        one.looks
        for other, days in by_actor.items()
        if other != actor and groups.get(other) == groups.get(actor)
        for one in days
    ]
    return median(looks) if len(looks) >= DAYS_NEEDED else None


def _watched(actor: str, own: Sequence[StaffDay], usual: float | None) -> Watched:
    busiest = max(own, key=lambda one: (one.looks, one.day))
    looks, at_night = sum(one.looks for one in own), sum(one.at_night for one in own)
    reasons = []
    if usual is not None and busiest.looks > max(LEAST, TIMES * usual):
        reasons.append(Reason.MANY)
    if at_night >= LEAST_AT_NIGHT and at_night > SHARE_AT_NIGHT * looks:
        reasons.append(Reason.AT_NIGHT)
    return Watched(
        actor, len(own), looks, busiest.looks, busiest.day, usual, at_night, tuple(reasons)
    )
