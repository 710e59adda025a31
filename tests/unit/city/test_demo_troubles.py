"""A demo's troubles: one bus's reader goes dark and is missed, one gate's clock is ahead."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import pytest

from satu.city.demo_troubles import AHEAD_MS, BEFORE_DARK, Troubles, troubled, troubles_of
from satu.city.simulate import Event, simulate_day
from satu.insight.counts import MINUTE_MS, DayCounts, TapGroup
from satu.kernel.refusal import Meaning, Outcome
from tests.unit.city.test_simulate import DAY, PEOPLE, small_city


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return simulate_day(small_city(), PEOPLE, DAY, seed=7)


@pytest.fixture(scope="module")
def troubles(events: list[Event]) -> Troubles:
    return troubles_of(events, seed=7)


def test_the_first_bus_that_is_known_is_dark_from_then_on(
    events: list[Event], troubles: Troubles
) -> None:
    kept = troubled(events, troubles)
    assert troubles.dark.startswith("bus:")
    before, after = (Counter(one.device for one in these) for these in (events, kept))
    assert after.pop(troubles.dark) == BEFORE_DARK < before.pop(troubles.dark)
    assert after == before, "the others' taps are all there"
    assert troubles == troubles_of(events, seed=7)


def test_the_dark_reader_is_missed_the_same_day(events: list[Event], troubles: Troubles) -> None:
    counts = DayCounts(DAY, {1: 1})
    numbers = {device: n for n, device in enumerate(sorted({one.device for one in events}))}
    dark = numbers[troubles.dark]
    missed = []
    kept = sorted(troubled(events, troubles), key=lambda one: one.tap.at_ms)
    for minute, taps in groupby(kept, key=lambda one: one.tap.at_ms // MINUTE_MS):
        counts.add(_group(numbers[one.device], one) for one in taps)
        missed.append(
            counts.readers[dark].is_silent(minute * MINUTE_MS) if dark in counts.readers else False
        )
    assert missed[-1] and not missed[0]


def _group(device: int, event: Event) -> TapGroup:
    at_ms = event.tap.at_ms
    outcome, meaning = int(Outcome.ACCEPTED), int(Meaning.ENTRY)
    minute_ms = at_ms // MINUTE_MS * MINUTE_MS
    return TapGroup(device, 1, outcome, meaning, DAY, minute_ms, 1, at_ms, at_ms, 0, 1)


def test_a_gates_clock_is_ahead_in_its_taps_and_reports(
    events: list[Event], troubles: Troubles
) -> None:
    assert troubles.ahead.startswith("gate:")
    was = {(one.device, one.tap.sequence): one.tap.at_ms for one in events}
    late = Counter[tuple[str, int]]()
    for one in troubled(events, troubles):
        late[one.device, one.tap.at_ms - was[one.device, one.tap.sequence]] += 1
    assert {shift for device, shift in late if device == troubles.ahead} == {AHEAD_MS}
    assert {shift for device, shift in late if device != troubles.ahead} == {0}
    assert troubles.clock_of(troubles.ahead, lambda: 1_000)() == 1_000 + AHEAD_MS
    assert troubles.clock_of(troubles.dark, lambda: 1_000)() == 1_000


def test_nobody_leaves_before_they_came(events: list[Event], troubles: Troubles) -> None:
    trips: dict[int, int] = {}
    for one in sorted(events, key=lambda one: one.tap.at_ms):
        now = one.tap.at_ms + troubles.drift_ms(one.device)
        assert now > trips.get(one.trip, 0)
        trips[one.trip] = now


def test_a_day_without_riders_has_no_troubles() -> None:
    assert troubles_of([], seed=7) == Troubles("", 0, "")
