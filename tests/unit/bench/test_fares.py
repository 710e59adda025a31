"""What `satu bench fares` rates, and what it says of it."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from satu.bench.fares import CAPS, bench, capped, crowd
from satu.kernel.refusal import UseClass
from satu.services.rules import Rules
from tests.small_city import BUNDLE, TARIFF

MONDAY = date(2026, 11, 23)


def test_a_crowd_rides_a_week_each_leg_after_the_one_before() -> None:
    rules = Rules(BUNDLE)
    weeks = list(crowd(rules, MONDAY, Random(1), cards=50))
    assert len(weeks) == 50
    for week in weeks:
        ends = [day.end_ms for day in week]
        assert ends == sorted(set(ends))
        for day in week:
            assert 1 <= len(day.legs) <= 6
            (on,) = {leg.day for leg in day.legs}
            assert MONDAY <= on < MONDAY + timedelta(days=7)
            assert day.end_ms == rules.calendar.end_ms(on)
            starts = [leg.started_ms for leg in day.legs]
            assert starts == sorted(starts)
            classes = {leg.use_class for leg in day.legs}
            assert classes <= {UseClass.COMPLETE, UseClass.MISSING_EXIT}
    assert weeks == list(crowd(rules, MONDAY, Random(1), cards=50))


def test_the_newest_tariff_gets_a_daily_and_a_weekly_cap() -> None:
    assert capped(BUNDLE.tariffs).caps == (*TARIFF.caps, *CAPS)
    assert [cap.period for cap in CAPS] == ["day", "week"]


def test_the_figures_say_what_was_rated() -> None:
    told = bench(Rules(BUNDLE), seconds=0.2)
    assert told["legs"] / told["legs_per_s"] == pytest.approx(told["cpu_s"], abs=0.001)
    assert told["window_s"] >= 0.2 and told["cpu_s"] <= told["window_s"] + 0.1
    assert sum(told["legs_by_network"].values()) == sum(
        legs * days for legs, days in told["days_by_legs"].items()
    )
    assert told["tariff"] == TARIFF.version
    assert told["legs_moved_by"]["cap"] > 0
