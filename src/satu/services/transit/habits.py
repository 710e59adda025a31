"""Missing exits, completed from the card's own history. Pure.

Only for networks whose tariff asks for it. What is kept is little (a few pairs of points) and
forgotten after eight weeks: as long as a ride may be linked with who took it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from satu.fares.tariff import Network
from satu.kernel.refusal import UseClass
from satu.services.rules import Rules
from satu.services.transit.legs import network_of
from satu.services.transit.state import Completions, Habit, History, Ride

FORGOTTEN_DAYS = 56
MOST_PAIRS = 8  # a day hands them on and stores them: a hundred bytes
# One habitual exit is known if the card often left there, and hardly ever elsewhere: three times
# is once in three days of the same way, two thirds leave room for an errand.
LEAST_RIDES = 3
LEAST_THIRDS = 2
# Counts from a point are halved when one comes this far, so that a new way can become a habit.
MOST_RIDES = 16

LEARNT_FROM = (UseClass.COMPLETE, UseClass.INTERCHANGE)


def completed(
    rules: Rules, history: History, ride: Ride, network: Network
) -> tuple[Ride, History] | None:
    """A ride whose exit is missing, ended where the card usually does; None: it cannot be told.

    Not more often a calendar month than the network allows.
    """
    if not network.autocompletes:
        return None
    day = rules.calendar.day_of(ride.started_ms)
    month = _month(day)
    done = sum(
        kept.count
        for kept in history.completions
        if (kept.network, kept.month) == (ride.network, month)
    )
    point_out = _usual_exit(rules, history, ride.point_in, day)
    if done >= network.autocompletes or not point_out:
        return None
    others = [kept for kept in history.completions if kept.network != ride.network]
    counted = [*others, Completions(ride.network, month, done + 1)]
    ended = msgspec.structs.replace(ride, point_out=point_out, use_class=UseClass.AUTO_COMPLETED)
    completions = tuple(sorted(counted, key=lambda kept: kept.network))
    return ended, History(history.habits, completions, is_untold=True)


def learnt(rules: Rules, history: History, rides: Sequence[Ride], day: date) -> History:
    """The history after a day with these rides, less what is forgotten by then."""
    habits = [habit for habit in history.habits if _is_known(rules, habit, day)]
    for ride in rides:
        is_known = ride.point_in and ride.point_out and ride.use_class in LEARNT_FROM
        if is_known and network_of(rules, ride).autocompletes:
            habits = _with_ride(rules, habits, ride, day)
    habits.sort(key=lambda habit: (-habit.last, -habit.rides, habit.point_in, habit.point_out))
    completions = tuple(kept for kept in history.completions if kept.month >= _month(day))
    return History(tuple(habits[:MOST_PAIRS]), completions, history.is_untold)


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _is_known(rules: Rules, habit: Habit, day: date) -> bool:
    """Whether a habit still counts on a day: not forgotten, and its points still stand."""
    is_recent = day.toordinal() - habit.last <= FORGOTTEN_DAYS
    return is_recent and habit.point_in in rules.points and habit.point_out in rules.points


def _usual_exit(rules: Rules, history: History, point_in: int, day: date) -> int:
    """Where the card usually leaves when it went in there; 0 if no exit stands out."""
    station = rules.stations[point_in]
    from_here = [
        habit
        for habit in history.habits
        if _is_known(rules, habit, day) and rules.stations[habit.point_in] == station
    ]
    if not from_here:
        return 0
    best = max(from_here, key=lambda habit: habit.rides)
    total = sum(habit.rides for habit in from_here)
    stands_out = best.rides >= LEAST_RIDES and 3 * best.rides >= LEAST_THIRDS * total
    return best.point_out if stands_out else 0


def _with_ride(rules: Rules, habits: list[Habit], ride: Ride, day: date) -> list[Habit]:
    """Habits with one ride more; gates of the same stations are the same habit."""
    stations = rules.stations
    start, end = stations[ride.point_in], stations[ride.point_out]
    rides, others = 1, []
    for habit in habits:
        if (stations[habit.point_in], stations[habit.point_out]) == (start, end):
            rides += habit.rides
        else:
            others.append(habit)
    found = [*others, Habit(ride.point_in, ride.point_out, rides, day.toordinal())]
    if rides < MOST_RIDES:
        return found
    return [
        msgspec.structs.replace(habit, rides=habit.rides // 2)
        if stations[habit.point_in] == start
        else habit
        for habit in found
    ]
