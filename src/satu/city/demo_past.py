"""The days before a demo's first: people ride them through the gateway, as fast as it goes.

So that pages which tell of days that are over have something to tell. Called by `satu demo`.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import uvloop

from satu.city.demo import CityClock, Rides, ride
from satu.city.demo_day import DemoCity
from satu.city.demo_setup import DAYS, with_regulars
from satu.city.replay_send import CONNECTIONS
from satu.city.simulate import Event, simulate_day
from satu.insight.jobs import keep_tallies
from satu.insight.quarters import LAG, keep_quarters
from satu.kernel.days import HOUR_MS, from_ms
from satu.ledger.actions import raw_connection
from satu.taps.closing import close_days

# Which part of the people rides so many days before: all of them on all days would take minutes.
# With the same weekday of the week before the first day is compared, so that is a day like it.
SHARES: Mapping[int, float] = {7: 1, 1: 0.15}
AT_ONCE = 1e9  # city seconds in one of ours
LOOK_S = 0.2
NOON_MS = 8 * HOUR_MS  # of a service day


class Regular(NamedTuple):
    """Who rides on each of these days, to work and home.

    `forgets` exits at gates that they do not tap out at, on the way home, in the last `days` days.
    """

    card: int
    forgets: int
    days: int


def ride_before(
    demo: DemoCity, address: str, regulars: Sequence[Regular], told: Callable[[int], None]
) -> None:
    """Ride the days before the first one and close them; `told` is told of days that are over."""
    people = with_regulars(demo.people, [one.card for one in regulars])
    gated = _gated(demo)
    forgotten: Counter[int] = Counter()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for back in range(DAYS, 0, -1):
            day = demo.first_day - timedelta(days=back)
            events = simulate_day(demo.city, people, day, demo.seed, SHARES.get(back, 0))
            forgetful = {one.card: one.forgets for one in regulars if back <= one.days}
            start_ms = demo.rules.calendar.start_ms(day)
            events = list(_remembered(events, gated, start_ms + NOON_MS, forgetful, forgotten))
            clock = CityClock(start_ms, AT_ONCE)
            riding = ride(address, events, demo.keys, clock, Rides(), demo.real_ms, CONNECTIONS)
            runner.run(riding)
            close_days(
                url=demo.database,
                before=day + timedelta(days=1),
                now_ms=demo.rules.calendar.end_ms(day),
                rules=demo.rules,
            )
            told(1)
    keep_quarters(raw_connection(), at=from_ms(demo.real_ms()))


def count_past(clock: Callable[[], datetime]) -> None:
    """Count what was ridden before, so that the pages tell it from the start.

    What `ride_before` has seen is complete a few seconds later: until then this waits.
    """
    for _ in range(round(2 * LAG.total_seconds() / LOOK_S)):
        if keep_quarters(raw_connection(), at=clock()):
            break
        time.sleep(LOOK_S)
    keep_tallies(at=clock())


def _remembered(
    events: Sequence[Event],
    gated: frozenset[str],
    noon_ms: int,
    forgetful: Mapping[int, int],
    forgotten: Counter[int],
) -> Iterator[Event]:
    """The events but for exits at gates that somebody forgets; `forgotten` counts them by card.

    Nobody rides on after the way home, so wherever they say that they got off can be true.
    """
    for event in events:
        card = int(event.tap.token)
        is_exit = event.tap.direction == "exit" and event.tap.point in gated
        if is_exit and event.tap.at_ms > noon_ms and forgotten[card] < forgetful.get(card, 0):
            forgotten[card] += 1
        else:
            yield event


def _gated(demo: DemoCity) -> frozenset[str]:
    """The codes of the points at which one taps in and out, and may tell later where one left."""
    networks = demo.rules.prices_on(demo.first_day).networks
    mended = {name for name, network in networks.items() if network.closed and network.repairs}
    return frozenset(point.code for point in demo.rules.bundle.points if point.network in mended)
