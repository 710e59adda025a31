"""What Jakarta's pack says beyond the golden cases: trains, holidays, free groups, single days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from satu.fares.legs import Entitlement
from satu.fares.tariff import Distance
from satu.kernel.refusal import Meaning, Outcome, UseClass
from satu.services.base import ENTRY, EXIT, Rider, TapSeen
from satu.services.rules import Rules
from satu.services.transit.service import TRANSIT
from tests.jakarta import ADULT, at, bus, fold, pack, point, rules, train

MONDAY = date(2025, 3, 3)
FREE_SINCE = date(2025, 10, 13)
FREE_DAY = date(2025, 11, 10)
# tempo.co 1831402, with the fares that the kilometres make
PUBLISHED_LRT = {
    ("DKA", "CWG"): 11_300,
    ("DKA", "HJM"): 21_800,
    ("DKA", "JTM"): 23_900,
    ("DKA", "HAL"): 13_400,
    ("HJM", "JTM"): 27_400,
    ("HJM", "CWG"): 14_800,
    ("HJM", "HAL"): 17_600,
    ("JTM", "CWG"): 16_900,
    ("JTM", "HAL"): 14_800,
    ("CWG", "HAL"): 7_100,
}


def lrt(day: date, start: str, end: str, minute: int = 600, minutes: int = 50) -> int:
    return train(day, f"LRTB-{start}", f"LRTB-{end}", minute, minutes).fare


def krl(day: date, start: str, end: str, rider: Rider = ADULT) -> int:
    return train(day, f"KRL-{start}", f"KRL-{end}", minutes=120, rider=rider).fare


def metres(network: str, start: str, end: str) -> tuple[int, bool]:
    way = rules().metres_within(network, point(start), point(end))
    assert way is not None
    return way


def test_every_published_distance_of_lrt_jabodebek() -> None:
    """Rounded up to whole kilometres; rounded to the nearest three of the ten would not fit."""
    today = pack().tariffs[-1]
    products = [
        replace(one, price=replace(one.price, cap=None)) if isinstance(one.price, Distance) else one
        for one in today.products
    ]
    uncapped = replace(today, products=tuple(products), valid_from=MONDAY)
    by = Rules(replace(rules().bundle, tariffs=(uncapped,)))

    def fare(start: str, end: str) -> int:
        tap_in = TapSeen(1, at(MONDAY, 600), point(f"LRTB-{start}"), 0, ENTRY)
        tap_out = TapSeen(2, at(MONDAY, 660), point(f"LRTB-{end}"), 0, EXIT)
        return fold(tap_in, tap_out, by=by)[-1].uses[0].fare

    assert {pair: fare(*pair) for pair in PUBLISHED_LRT} == PUBLISHED_LRT
    assert {pair: fare(*reversed(pair)) for pair in PUBLISHED_LRT} == PUBLISHED_LRT


@pytest.mark.parametrize(
    ("day", "cap"),
    [
        (date(2025, 4, 30), 20_000),  # a Wednesday
        (date(2025, 5, 1), 10_000),  # Thursday, Hari Buruh
        (date(2025, 5, 2), 20_000),
        (date(2025, 3, 31), 10_000),  # Monday, Idul Fitri
        (date(2025, 8, 17), 10_000),  # Sunday, Proklamasi Kemerdekaan
        (date(2025, 8, 18), 20_000),  # Monday: a day off by decree is no public holiday
        (date(2025, 12, 25), 10_000),  # Thursday, Natal
    ],
    ids=str,
)
def test_lrt_jabodebek_has_no_peak_on_holidays(day: date, cap: int) -> None:
    assert lrt(day, "DKA", "JTM", minute=7 * 60) == cap


@pytest.mark.parametrize(
    ("day", "short", "far", "evening"),
    [
        (date(2023, 9, 29), 5_000, 5_000, 5_000),  # flat since the opening
        (date(2023, 10, 2), 5_000, 20_000, 20_000),
        (date(2023, 10, 23), 3_000, 20_000, 20_000),
        (date(2023, 12, 4), 3_000, 20_000, 10_000),  # the peak ends at 19:00
        (date(2024, 3, 4), 3_000, 20_000, 20_000),  # at 20:00
        (date(2024, 6, 3), 5_000, 20_000, 20_000),
        (date(2025, 3, 3), 5_000, 20_000, 20_000),
    ],
    ids=str,
)
def test_lrt_jabodebek_over_the_years(day: date, short: int, far: int, evening: int) -> None:
    assert lrt(day, "DKA", "SET", minute=7 * 60) == short
    assert lrt(day, "DKA", "JTM", minute=7 * 60) == far
    assert lrt(day, "DKA", "JTM", minute=19 * 60 + 30) == evening


def test_an_hour_in_one_station_costs_the_cap_since_july_2024() -> None:
    before, since = date(2024, 6, 28), date(2024, 7, 1)
    assert lrt(before, "CWG", "CWG", minute=420, minutes=90) == 5_000
    assert lrt(since, "CWG", "CWG", minute=420, minutes=90) == 20_000
    assert lrt(since, "CWG", "CWG", minute=600, minutes=90) == 10_000


def test_what_a_train_asks_for_and_what_a_missing_tap_costs() -> None:
    for station, minimum, charge in (
        ("KRL-BOO", 5_000, 13_000),
        ("LRTB-DKA", 10_000, 10_000),
        ("SLBB", 14_000, 14_000),
    ):
        (entered,) = fold(TapSeen(1, at(MONDAY, 600), point(station), 0, ENTRY))
        assert (entered.minimum, entered.uses[0].held) == (minimum, minimum)
        closed = TRANSIT.close(rules(), entered.state, at(MONDAY, 1680), ADULT)
        assert [use.use_class for use in closed.uses] == [UseClass.MISSING_EXIT]
        assert [use.fare for use in closed.uses] == [charge]


def test_the_card_handed_back_over_the_gate_is_refused() -> None:
    station = point("KRL-MRI")
    first = TapSeen(1, at(MONDAY, 600), station, 0, ENTRY)
    _, again = fold(first, TapSeen(2, at(MONDAY, 605), station, 0, ENTRY))
    assert (again.meaning, again.refusal) == (Meaning.PASSBACK_ENTRY, Outcome.PASSBACK)
    _, twice = fold(first, TapSeen(2, at(MONDAY, 600) + 3000, station, 0, ENTRY))
    assert twice.meaning is Meaning.SAME_TOUCH


def test_krl_changes_lines_by_the_shortest_way() -> None:
    """Tangerang to Bogor changes at Duri, Tanah Abang or further on: no line serves both."""
    assert metres("krl", "KRL-JAKK", "KRL-BOO") == (54_810, False)
    length, is_estimated = metres("krl", "KRL-TNG", "KRL-BOO")
    west = metres("krl", "KRL-TNG", "KRL-DU")[0] + metres("krl", "KRL-DU", "KRL-MRI")[0]
    assert (length, is_estimated) == (west + 44_920, True)
    assert krl(MONDAY, "TNG", "BOO") == krl(MONDAY, "BOO", "TNG") == 3_000 + 5 * 1_000


def test_published_lengths_of_krl_lines() -> None:
    assert metres("krl", "KRL-DU", "KRL-TNG") == (19_297, True)
    assert metres("krl", "KRL-JAKK", "KRL-TPK") == (8_086, True)
    assert metres("krl", "KRL-THB", "KRL-SRP") == (24_000, True)
    assert metres("krl", "KRL-DU", "KRL-RK") == (76_000, True)
    assert metres("krl", "KRL-MRI", "KRL-CKR") == (43_900 - 9_890, True)
    assert krl(MONDAY, "JAKK", "CKR") == 5_000  # katadata.co.id 2017-10-06


def test_the_longest_ride_of_krl_is_the_dearest() -> None:
    stations = [one for one in rules().points.values() if one.code.startswith("KRL-")]
    longest = max(
        rules().metres_within("krl", here.id, there.id) or (0, False)
        for here in stations
        for there in stations
        if here.id < there.id
    )
    prices = [one.price for one in pack().tariffs[-1].products if one.id == "krl"]
    assert [one.longest_m for one in prices if isinstance(one, Distance)] == [longest[0]]
    assert krl(MONDAY, "BOO", "RK") == 13_000


def test_out_of_krl_within_the_hour_costs_nothing() -> None:
    assert train(MONDAY, "KRL-MRI", "KRL-MRI", minutes=59).fare == 0
    assert train(MONDAY, "KRL-MRI", "KRL-MRI", minutes=60).fare == 3_000


def test_a_fare_by_estimated_metres_says_so() -> None:
    for end, is_estimated in (("KRL-JAKK", False), ("KRL-THB", True)):
        tap_in = TapSeen(1, at(MONDAY, 600), point("KRL-BOO"), 0, ENTRY)
        tap_out = TapSeen(2, at(MONDAY, 690), point(end), 0, EXIT)
        ((_, leg),) = TRANSIT.priced(rules(), fold(tap_in, tap_out)[-1].state, ADULT)
        assert leg.fare == 6_000
        assert {one.is_estimated for one in leg.trace if one.amount} == {is_estimated}


GROUPS = [one.name for one in pack().tariffs[-1].categories][3:]


def entitled(category: str, first: date, last: date) -> Rider:
    return Rider(entitlements=(Entitlement(category, first, last),))


def test_there_are_15_free_groups_in_two_languages() -> None:
    assert len(GROUPS) == len(set(GROUPS)) == 15
    for one in pack().tariffs[-1].categories:
        assert one.label_id and one.label_en and one.label_id != one.label_en


@pytest.mark.parametrize("category", GROUPS)
def test_each_group_rides_free_where_the_city_says(category: str) -> None:
    rider = entitled(category, FREE_SINCE, FREE_SINCE + timedelta(days=182))
    for network in ("tj-regular", "tj-feeder", "tj-rusun", "tj-free"):
        assert bus(FREE_DAY, network, rider=rider).fare == 0
    assert train(FREE_DAY, "SLBB", "SBHI", rider=rider).fare == 0
    assert train(FREE_DAY, "LRTJ-PGD", "LRTJ-VEL", rider=rider).fare == 0
    assert bus(FREE_DAY, "tj-royal-20", rider=rider).fare == 20_000
    assert krl(FREE_DAY, "BOO", "JAKK", rider) == 6_000
    assert train(FREE_DAY, "LRTB-DKA", "LRTB-CWG", rider=rider).fare == 10_000


def test_who_rides_free_needs_no_balance_at_the_gate() -> None:
    """The MRT asks others for its dearest fare, for it knows their fare only at the exit."""
    senior = entitled("senior", FREE_SINCE, FREE_SINCE + timedelta(days=182))
    for rider, minimum in ((senior, 0), (ADULT, 14_000)):
        (entered,) = fold(TapSeen(1, at(FREE_DAY, 600), point("SLBB"), 0, ENTRY), rider=rider)
        assert (entered.minimum, entered.uses[0].held) == (minimum, minimum)
        closed = TRANSIT.close(rules(), entered.state, at(FREE_DAY, 1680), rider)
        assert [use.fare for use in closed.uses] == [minimum]


def test_a_right_to_ride_free_has_dates() -> None:
    rider = entitled("senior", date(2025, 11, 1), date(2026, 4, 30))
    days = {
        date(2025, 10, 31): 3_500,
        date(2025, 11, 1): 0,
        date(2026, 4, 30): 0,
        date(2026, 5, 1): 3_500,
    }
    assert {day: bus(day, "tj-regular", rider=rider).fare for day in days} == days


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (date(2023, 6, 22), 1),
        (date(2025, 4, 24), 1),
        (date(2025, 6, 22), 1),
        (date(2025, 7, 1), 1),
        (date(2025, 10, 5), 80),
    ],
    ids=str,
)
def test_single_days_by_decree(day: date, amount: int) -> None:
    the_day_after = day + timedelta(days=1)
    assert bus(day, "tj-regular").fare == amount
    assert bus(the_day_after, "tj-regular").fare == 3_500
    assert train(day, "SLBB", "SBHI").fare == amount
    assert train(the_day_after, "SLBB", "SBHI").fare == 14_000
    assert train(day, "LRTJ-PGD", "LRTJ-VEL").fare == amount
    assert bus(day, "tj-free").fare == 0
    assert bus(day, "tj-royal-20").fare == 20_000
    assert krl(day, "BOO", "JAKK") == 6_000
