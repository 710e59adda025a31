"""Gate to gate: which legs are one effective leg, and what that costs."""

from __future__ import annotations

from typing import Any

import pytest

from satu.fares.draft import Draft, Unit
from satu.fares.joins import join_legs
from satu.fares.legs import NOTHING_RUNS, Leg, Trace
from satu.fares.rate import rate
from satu.fares.tariff import Charge, JoinRule, LegRule, Network, Tariff
from satu.kernel.refusal import UseClass
from tests.unit.fares.flat_city import ADULT, by, charged, leg, tariff, walking_joins, zone_table


def joined(used: Tariff, *legs: Leg) -> list[Unit]:
    draft = Draft(by(used), legs, ADULT, NOTHING_RUNS, trace=True, runs_on=False)
    join_legs(draft)
    return draft.units


def members(used: Tariff, *legs: Leg) -> list[tuple[int, ...]]:
    return [unit.members for unit in joined(used, *legs)]


def train(clock: str, zones: str, **more: Any) -> Leg:
    return leg("train", clock, zones=zones, **more)


def walks(*rules: JoinRule, **changes: Any) -> Tariff:
    return tariff(joins=rules or walking_joins(), **changes)


FIRST, SECOND = train("08:00", "12", metres=4000), train("08:15", "24", metres=7000)


def test_two_legs_that_meet_in_a_station_are_one() -> None:
    assert charged(tariff(), FIRST, SECOND) == [160, 220]
    (unit,) = joined(walks(), FIRST, SECOND)
    assert unit.members == (0, 1)
    whole = unit.leg
    assert (whole.started_ms, whole.ended_ms) == (FIRST.started_ms, SECOND.ended_ms)
    assert (whole.areas_in, whole.areas_out) == (("1",), ("4",))
    assert (whole.stop_in, whole.stop_out) == ("1", "4")
    assert (whole.metres, whole.is_estimated) == (11_000, False)
    assert whole.use_class is UseClass.COMPLETE
    assert sum(charged(walks(), FIRST, SECOND)) == 280


def test_metres_of_a_whole_are_known_only_if_those_of_all_parts_are() -> None:
    (unit,) = joined(walks(), FIRST, train("08:15", "24", is_estimated=True))
    assert unit.leg.metres is None
    assert unit.leg.is_estimated


def test_a_chain_of_joins_is_one_unit() -> None:
    legs = [FIRST, SECOND, train("08:30", "45"), train("08:45", "61")]
    assert members(walks(), *legs) == [(0, 1, 2), (3,)]


def test_other_stations_other_networks_and_other_days_are_not_joined() -> None:
    assert members(walks(), FIRST, train("08:15", "34")) == [(0,), (1,)]
    assert members(walks(), FIRST, leg("tram", "08:15", zones="24")) == [(0,), (1,)]
    late, early = train("27:50", "12"), train("04:05", "24", day=1)
    assert members(walks(), late, early) == [(0,), (1,)]


def test_stops_that_a_rule_names_need_not_be_one_station() -> None:
    used = walks(JoinRule("train", "train", "2", "5"))
    assert members(used, FIRST, train("08:15", "54")) == [(0, 1)]
    assert members(used, FIRST, SECOND) == [(0,), (1,)]
    assert members(used, train("08:00", "15"), train("08:15", "24")) == [(0,), (1,)]


def test_an_empty_network_of_a_rule_is_any() -> None:
    used = walks(JoinRule("", ""))
    assert members(used, FIRST, leg("tram", "08:15", zones="24")) == [(0, 1)]


@pytest.mark.parametrize(
    ("kind", "within"),
    # The first rides 08:00-08:10, the second 08:15-08:25.
    [(0, 25), (1, 15), (2, 5), (3, 15)],
)
def test_a_limit_is_measured_between_the_ends_that_its_type_names(kind: Any, within: int) -> None:
    for minutes, expected in ((within, [(0, 1)]), (within - 1, [(0,), (1,)])):
        rule = JoinRule("train", "train", duration_s=minutes * 60, duration_type=kind)
        assert members(walks(rule), FIRST, SECOND) == expected


def test_without_a_limit_the_gap_of_a_journey_counts() -> None:
    used = walks(journey_gap_minutes=30)
    assert members(used, FIRST, train("08:40", "24")) == [(0, 1)]
    assert members(used, FIRST, train("08:41", "24")) == [(0,), (1,)]


@pytest.mark.parametrize(
    "lost", [UseClass.MISSING_EXIT, UseClass.MISSING_ENTRY, UseClass.SAME_STATION]
)
def test_nothing_is_joined_to_a_leg_that_is_not_whole(lost: UseClass) -> None:
    assert members(walks(), train("08:00", "12", use_class=lost), SECOND) == [(0,), (1,)]


def test_while_the_second_part_waits_the_first_stays_paid() -> None:
    riding = train("08:15", "2", minutes=0)
    first, second = rate(by(walks()), [FIRST, riding], ADULT).legs
    assert (first.fare, first.is_known) == (160, True)
    assert (second.fare, second.is_known) == (0, False)


def test_an_open_part_that_costs_nothing_more_is_joined_at_once() -> None:
    used = walks(JoinRule("tram", "tram"))
    first, riding = leg("tram", "08:00", zones="12"), leg("tram", "08:20", zones="2", minutes=0)
    assert sum(charged(tariff(), first, riding)) == 580
    assert sum(charged(used, first, riding)) == 290


def test_an_open_part_that_is_not_charged_yet_is_joined_when_it_ends() -> None:
    used = walks(JoinRule("tram", "train"))
    tram, riding = leg("tram", "08:00", zones="12"), train("08:20", "2", minutes=0)
    assert members(used, tram, riding) == [(0,), (1,)]
    assert members(used, tram, train("08:20", "24")) == [(0, 1)]


def test_a_missing_exit_is_that_of_the_whole() -> None:
    lost = train("08:15", "2", use_class=UseClass.MISSING_EXIT)
    assert sum(charged(walks(), FIRST, lost)) == 400, "the dearest from zone 1"


def test_a_whole_of_two_networks_is_priced_by_the_first_whose_rules_fit_it() -> None:
    rules = walks(
        JoinRule("train", "tram"),
        JoinRule("tram", "train"),
        networks=(Network("tram", missing_exit=Charge("flat", 1)), Network("train")),
        leg_rules=(LegRule("tram", "tram", "1", "2"), LegRule("train", "train")),
    )
    tram, onward = leg("tram", "08:00", zones="12"), train("08:15", "24")
    (unit,) = joined(rules, tram, onward)
    assert unit.leg.network == "train", "no rule of the tram leads from zone 1 to zone 4"
    assert sum(charged(rules, tram, onward)) == 280
    (unit,) = joined(rules, train("08:00", "31"), leg("tram", "08:15", zones="12"))
    assert unit.leg.network == "train"


def test_the_trace_tells_what_was_joined() -> None:
    rated = rate(by(walks()), [FIRST, SECOND], ADULT, trace=True)
    told = [line for one in rated.legs for line in one.trace]
    assert Trace("join", "train>train", 0) in told
    assert sum(line.amount for line in told) == 280
    assert zone_table().rows[3] == ("1", "4", 280)
