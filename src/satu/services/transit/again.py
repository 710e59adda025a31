"""The card held to a reader where it was just before: what that touch is. Pure.

The same touch twice, one more rider of a group, the card handed back over the gate, or another
gate tried: each only on a network whose tariff has a time for it.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from satu.fares.tariff import Network
from satu.kernel.refusal import Meaning, Outcome, UseClass
from satu.services.base import ENTRY, EXIT, TapSeen
from satu.services.rules import Rules
from satu.services.transit.legs import MINUTE_MS, network_name, network_of
from satu.services.transit.state import Day, Ride


class Again(NamedTuple):
    """The day after such a touch, and what it means; `more` riders ask for a balance each."""

    state: Day
    meaning: Meaning
    more: int = 0
    refusal: Outcome = Outcome.ACCEPTED


def touched_again(rules: Rules, state: Day, tap: TapSeen) -> Again | None:
    """What a tap is to the day's last ride, if it only repeats it; None: it stands by itself."""
    if not state.rides:
        return None
    ride = state.rides[-1]
    network = network_of(rules, ride)
    if not _may_repeat(network) or network_name(rules, tap) != ride.network:
        return None
    if ride.use_class is UseClass.OPEN:
        return None if tap.direction == EXIT else _in_again(rules, state, ride, network, tap)
    if ride.ended_ms and rules.stations[tap.point] == rules.stations[ride.point_out]:
        return _at_the_exit(state, ride, network, tap)
    return None


def _may_repeat(network: Network) -> bool:
    return bool(
        network.duplicate_s
        or network.passback_minutes
        or network.gate_change_minutes
        or network.max_riders > 1
    )


def _in_again(rules: Rules, state: Day, ride: Ride, network: Network, tap: TapSeen) -> Again | None:
    """An entry while the ride is open: of one more rider, of nobody, or of somebody else."""
    point, since_ms = state.taken_up or (ride.point_in, ride.started_ms)
    age_ms = tap.at_ms - since_ms
    is_same_touch = tap.point == point and age_ms <= network.duplicate_s * 1000 > 0
    if state.taken_up and (is_same_touch or _is_of_change(rules, state, ride, network, tap)):
        touch = _touch(tap, ride.network, UseClass.DUPLICATE)
        return Again(state.with_aside(touch), Meaning.SAME_TOUCH)
    if is_same_touch and tap.route == ride.route:
        riders = ride.riders + tap.riders
        if riders <= network.max_riders:
            grown = msgspec.structs.replace(ride, riders=riders)
            return Again(state.with_last(grown), Meaning.GROUP_ENTRY, tap.riders)
        touch = _touch(tap, ride.network, UseClass.DUPLICATE)
        is_group = network.max_riders > 1
        refusal = Outcome.RIDERS_TOO_MANY if is_group else Outcome.ACCEPTED
        return Again(state.with_aside(touch), Meaning.SAME_TOUCH, 0, refusal)
    if not network.closed or tap.direction != ENTRY:
        return None
    is_same_station = rules.stations[tap.point] == rules.stations[point]
    if is_same_station and age_ms <= network.passback_minutes * MINUTE_MS > 0:
        touch = _touch(tap, ride.network, UseClass.PASSBACK)
        return Again(state.with_aside(touch), Meaning.PASSBACK_ENTRY, 0, Outcome.PASSBACK)
    return None


def _at_the_exit(state: Day, ride: Ride, network: Network, tap: TapSeen) -> Again | None:
    """A touch at the station where the ride ended: of its exit once more, or in again."""
    gap_ms = tap.at_ms - ride.ended_ms
    is_same_touch = tap.point == ride.point_out and gap_ms <= network.duplicate_s * 1000 > 0
    if tap.direction != ENTRY and (is_same_touch or _is_of_group(state, ride, network, tap)):
        touch = _touch(tap, ride.network, UseClass.DUPLICATE)
        return Again(state.with_aside(touch), Meaning.SAME_TOUCH)
    is_change = network.closed and gap_ms <= network.gate_change_minutes * MINUTE_MS > 0
    if tap.direction == EXIT or not is_change or not ride.point_in:
        return None
    return Again(state.reopened(tap.point, tap.at_ms), Meaning.GATE_CHANGE)


def _is_of_group(state: Day, ride: Ride, network: Network, tap: TapSeen) -> bool:
    """Whether an exit is one of a group's others: the first ended the ride for all of them.

    A group leaves at one station; who leaves elsewhere leaves without an entry.
    """
    if tap.direction != EXIT or tap.at_ms > ride.ended_ms + network.longest_minutes * MINUTE_MS:
        return False
    left = sum(touch.started_ms >= ride.ended_ms for touch in state.asides)
    return left < ride.riders - 1


def _is_of_change(rules: Rules, state: Day, ride: Ride, network: Network, tap: TapSeen) -> bool:
    """Whether an entry is one of a group's others: the first changed gates for all of them."""
    assert state.taken_up is not None
    point, since_ms = state.taken_up
    if tap.direction != ENTRY or rules.stations[tap.point] != rules.stations[point]:
        return False
    came = sum(touch.started_ms >= since_ms for touch in state.asides)
    is_in_time = tap.at_ms - since_ms <= network.gate_change_minutes * MINUTE_MS
    return is_in_time and came < ride.riders - 1


def _touch(tap: TapSeen, network: str, use_class: UseClass) -> Ride:
    """A touch that is no ride, as evidence."""
    return Ride(tap.id, network, tap.route, tap.point, 0, tap.at_ms, tap.at_ms, use_class)
