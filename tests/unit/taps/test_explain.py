"""Whatever is tapped, the day is told: rules sum to fares, fares to the day, all in words."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.fares.tariff import Cap, Category, Concession, Distance, Tariff
from satu.services.base import EITHER, ENTRY, EXIT, Rider, TapSeen
from satu.services.rules import Rules
from satu.taps.explain import DayTold, explain, imagine
from tests.small_city import BUNDLE, MONDAY, TARIFF, at


def rules(tariff: Tariff) -> Rules:
    return Rules(msgspec.structs.replace(BUNDLE, tariffs=(tariff,)))


RICH = msgspec.structs.replace(
    TARIFF,
    networks=tuple(
        msgspec.structs.replace(
            one, max_riders=4, duplicate_s=5, passback_minutes=3, gate_change_minutes=2
        )
        for one in TARIFF.networks
    ),
    categories=(Category("adult", is_default=True), Category("pupil", "Pelajar", "Pupil")),
    concessions=(Concession("pupil", percent=30),),
    caps=(Cap("day", "day", limit=12_000), Cap("rides", "week", rides=5)),
    round_to=100,
)
PLAIN_CITY, RICH_CITY = rules(TARIFF), rules(RICH)

TAPS = st.lists(
    st.tuples(
        st.integers(0, 20 * 60),
        st.sampled_from([point.id for point in BUNDLE.points]),
        st.sampled_from([0, 1, 2]),
        st.sampled_from([EITHER, ENTRY, EXIT]),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=12,
)


def told(city: Rules, taps: list[tuple[int, int, int, int, int]], category: str) -> DayTold:
    seen = [
        TapSeen(number, at(5) + minute * 60_000, point, route, direction, riders)
        for number, (minute, point, route, direction, riders) in enumerate(taps, 1)
    ]
    rider = Rider(category)
    return explain(city, imagine(city, seen, rider), rider)


@settings(max_examples=50, deadline=None)
@given(TAPS, st.sampled_from(["adult", "pupil"]))
def test_rules_sum_to_fares_and_fares_to_the_day(
    taps: list[tuple[int, int, int, int, int]], category: str
) -> None:
    day = told(RICH_CITY, taps, category)
    assert (day.day, day.fare) == (MONDAY, day.charged)
    legs = [leg for journey in day.journeys for leg in journey.legs]
    assert day.fare == sum(leg.fare for leg in legs)
    for leg in legs:
        assert len(leg.paid_by) in (1, leg.riders)
        assert leg.fare == sum(rider.fare for rider in leg.paid_by)
        assert leg.fare == sum(share.amount for share in leg.shares)
        for rider in leg.paid_by:
            assert rider.fare == sum(rule.amount for rule in rider.rules)
            assert all(rule.words.id and rule.words.en for rule in rider.rules)
    assert [leg.started_at for leg in legs] == sorted(leg.started_at for leg in legs)


def test_a_repeated_touch_is_told_and_costs_nothing() -> None:
    day = told(RICH_CITY, [(60, 11, 0, ENTRY, 1), (61, 11, 0, ENTRY, 1)], "adult")
    found = {
        leg.use_class: (leg.fare, [rule.words.en for rule in leg.paid_by[0].rules])
        for journey in day.journeys
        for leg in journey.legs
    }
    assert found["passback"] == (0, ["Tapped in again without going out: not counted"])


def test_rides_long_after_each_other_are_journeys_of_their_own() -> None:
    rides = [(0, 1, 1, ENTRY, 1), (30, 3, 1, EXIT, 1), (60, 3, 1, ENTRY, 1), (600, 1, 1, ENTRY, 1)]
    day = told(PLAIN_CITY, rides, "adult")
    assert [len(journey.legs) for journey in day.journeys] == [2, 1]


def test_a_fare_by_distance_says_the_kilometres_of_its_ride_alone() -> None:
    by_metres = Distance(base=2_000, base_units=1, step=500, unit_m=1_000)
    products = tuple(
        msgspec.structs.replace(one, price=by_metres) if one.id == "metro" else one
        for one in TARIFF.products
    )
    city = rules(msgspec.structs.replace(TARIFF, products=products))
    places = {point.code: point.id for point in BUNDLE.points}
    day = told(city, [(60, places["X"], 0, ENTRY, 1), (90, places["Y"], 0, EXIT, 1)], "adult")
    (leg,) = day.journeys[0].legs
    way = city.way(leg.network, 0, places["X"], places["Y"])
    assert way is not None
    assert [rule.words.en for rule in leg.paid_by[0].rules] == [
        f"Fare metro, by distance {way.metres / 1_000:.1f} km"
    ]
    open_ended = told(city, [(60, places["X"], 0, ENTRY, 1)], "adult")
    assert all(
        " km" not in rule.words.en
        for leg in open_ended.journeys[0].legs
        for rule in leg.paid_by[0].rules
    )
