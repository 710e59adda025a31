"""A day's running totals: exact for staff, delayed and coarse for the public."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from satu.insight.counts import MINUTE_MS, DayCounts, PublicDay, TapGroup, Visits
from satu.kernel.refusal import Meaning, Outcome

MONDAY = date(2026, 11, 23)
BUS, ZOO = 1, 2
STOP, GATE = 10, 20
OPERATOR_OF = {STOP: BUS, GATE: ZOO}
HOUR_MS = 60 * MINUTE_MS


def group(
    taps: int = 1,
    *,
    point: int = STOP,
    outcome: Outcome = Outcome.ACCEPTED,
    meaning: Meaning = Meaning.ENTRY,
    at_ms: int = HOUR_MS,
    day: date = MONDAY,
    device: int = 7,
    late: int = 0,
    riders: int | None = None,
) -> TapGroup:
    minute = at_ms // MINUTE_MS * MINUTE_MS
    counted = (taps, at_ms, at_ms, late, taps if riders is None else riders)
    return TapGroup(device, point, int(outcome), int(meaning), day, minute, *counted)


def test_taps_riders_and_refusals_are_counted_apart():
    today = DayCounts(MONDAY, OPERATOR_OF)
    today.add(
        [
            group(5),
            group(2, meaning=Meaning.EXIT),
            group(1, meaning=Meaning.EXIT_WITHOUT_ENTRY),
            group(3, meaning=Meaning.NONE, outcome=Outcome.BALANCE_INSUFFICIENT, late=2),
            group(1, meaning=Meaning.NONE, outcome=Outcome.CARD_BLOCKED, point=GATE),
            group(4, meaning=Meaning.VISIT_BEGUN, point=GATE),
            group(1, meaning=Meaning.VISIT_ENDED, point=GATE),
            group(9, day=MONDAY - timedelta(days=1)),
        ]
    )
    assert today.taps == 17
    assert today.riders == {BUS: 6, ZOO: 4}
    assert today.refusals == [("balance_insufficient", 3), ("card_blocked", 1)]
    assert today.taps_at == {STOP: 11, GATE: 6} and today.refused_at == {STOP: 3, GATE: 1}
    assert today.late == 2


def test_several_riders_on_a_card_are_counted_one_by_one():
    today = DayCounts(MONDAY, OPERATOR_OF)
    family = group(2, riders=5, meaning=Meaning.VISIT_BEGUN, point=GATE)
    left = group(1, riders=3, meaning=Meaning.VISIT_ENDED, point=GATE)
    today.add([family, left, group(1, riders=4)])
    assert (today.taps, today.riders) == (4, {ZOO: 5, BUS: 4})


def steady(device: int, every_ms: int, taps: int, point: int = STOP) -> list[TapGroup]:
    return [group(at_ms=HOUR_MS + i * every_ms, device=device, point=point) for i in range(taps)]


def test_a_reader_is_silent_against_its_own_habit():
    today = DayCounts(MONDAY, OPERATOR_OF)
    today.add(steady(1, 20_000, 60))  # busy: every twenty seconds
    today.add(steady(2, 4 * MINUTE_MS, 25, GATE))  # a quiet one: every four minutes
    today.add(steady(3, 20_000, 5))  # hardly known
    busy_end, quiet_end = HOUR_MS + 59 * 20_000, HOUR_MS + 24 * 4 * MINUTE_MS
    assert today.silent_readers(busy_end + 5 * MINUTE_MS) == []
    assert [r.point for r in today.silent_readers(busy_end + 5 * MINUTE_MS + 1)] == [STOP]
    assert [r.point for r in today.silent_readers(quiet_end + 39 * MINUTE_MS)] == [STOP]
    assert [r.point for r in today.silent_readers(quiet_end + 41 * MINUTE_MS)] == [STOP, GATE]


def test_a_reader_whose_riders_come_by_busloads_is_not_silent_between_two():
    today = DayCounts(MONDAY, OPERATOR_OF)
    for bus in range(4):
        today.add([group(15, at_ms=HOUR_MS + bus * 12 * MINUTE_MS)])
    last_ms = HOUR_MS + 36 * MINUTE_MS
    assert today.silent_readers(last_ms + 24 * MINUTE_MS) == []
    assert len(today.silent_readers(last_ms + 50 * MINUTE_MS)) == 1


def public(delay_s: int = 900, step_s: int = 300) -> PublicDay:
    return PublicDay(MONDAY, OPERATOR_OF, delay_ms=delay_s * 1000, step_ms=step_s * 1000)


def test_the_public_sees_nothing_before_the_delay_and_only_whole_steps():
    day = public()
    day.add([group(25, at_ms=HOUR_MS), group(30, at_ms=HOUR_MS + 6 * MINUTE_MS)])
    assert not day.publish(0)
    day.publish(HOUR_MS + 19 * MINUTE_MS)
    assert (day.upto_ms, day.riders_shown()) == (HOUR_MS, [])
    assert day.publish(HOUR_MS + 20 * MINUTE_MS)
    assert day.riders_shown() == [(BUS, 20)] and day.places_shown() == [(STOP, 25)]
    assert not day.publish(HOUR_MS + 24 * MINUTE_MS)
    assert day.publish(HOUR_MS + 30 * MINUTE_MS)
    assert day.riders_shown() == [(BUS, 50)] and day.places_shown() == [(STOP, 50)]


def test_what_comes_late_waits_for_the_next_step():
    day = public()
    day.add([group(20, at_ms=HOUR_MS)])
    day.publish(HOUR_MS + 20 * MINUTE_MS)
    day.add([group(20, at_ms=HOUR_MS)])
    assert not day.publish(HOUR_MS + 24 * MINUTE_MS) and day.riders_shown() == [(BUS, 20)]
    assert day.publish(HOUR_MS + 25 * MINUTE_MS) and day.riders_shown() == [(BUS, 40)]


def test_the_public_is_told_a_stay_in_whole_tens_or_not_at_all():
    day = public()
    assert day.dwell_shown(ZOO) is None
    for minutes, shown in ((None, None), (0, None), (9, None), (10, 10), (119, 110), (120, 120)):
        day.visits = {ZOO: Visits(25, 5, minutes)}
        assert (day.dwell_shown(ZOO), day.dwell_shown(BUS)) == (shown, None)


def test_few_riders_few_taps_and_few_refusals_are_not_shown():
    day = public()
    day.add(
        [
            group(9, meaning=Meaning.VISIT_BEGUN, point=GATE),
            group(2_512),
            group(9, meaning=Meaning.NONE, outcome=Outcome.CARD_BLOCKED),
        ]
    )
    day.publish(3 * HOUR_MS)
    assert day.riders_shown() == []  # the zoo's nine could be subtracted from the sum
    assert day.places_shown() == [(STOP, 2_500)]
    assert day.accepted_percent() is None
    day.add([group(meaning=Meaning.NONE, outcome=Outcome.CARD_BLOCKED)])
    day.publish(4 * HOUR_MS)
    assert day.accepted_percent() == 99.6


@given(
    st.lists(
        st.builds(
            group,
            st.integers(1, 12),
            point=st.sampled_from([STOP, GATE]),
            at_ms=st.integers(HOUR_MS, 3 * HOUR_MS),
        ),
        max_size=30,
    ),
    st.lists(st.integers(0, 5 * HOUR_MS), max_size=6),
)
def test_in_the_end_the_public_counts_what_staff_count(groups, looks):
    day, today = public(), DayCounts(MONDAY, OPERATOR_OF)
    cuts = sorted(looks)
    for position, one in enumerate(groups):
        day.add([one])
        today.add([one])
        if position < len(cuts):
            day.publish(cuts[position])
        assert all(n >= 10 and n % 10 == 0 for _, n in day.riders_shown())
        assert all(step >= 10 for _, step in day.places_shown())
    day.publish(9 * HOUR_MS)
    assert day.riders == today.riders and day.taps_at == today.taps_at
