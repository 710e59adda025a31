"""The golden cases of other cities' caps, by tariffs that state those cities' rules.

London: daily caps exclude each other, the best one applies; an hour of buses is one fare. New
York: twelve paid rides in seven days. Portland: a ticket of two and a half hours, the second of a
day makes it a day pass, the month has an end too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from satu.fares.legs import Leg, Rider
from satu.fares.tariff import (
    Cap,
    Category,
    Charge,
    Flat,
    LegRule,
    Network,
    Product,
    Table,
    Tariff,
    Timeframe,
    TransferRule,
)
from satu.kernel.refusal import UseClass
from tests.unit.fares.flat_city import charged, charged_by_days, leg

Given = Callable[[str], Path]
FIRST = date(2015, 1, 1)


@pytest.fixture(scope="module")
def golden(given: Given) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(given("data/golden/fares.json").read_text())
    return found


def pence(amount: float) -> int:
    return int(Decimal(str(amount)) * 100)


def zone_fares(single: dict[int, int]) -> Table:
    """A fare from zone to zone by the outermost zone; all rides here begin or end in zone 1."""
    rows = [("1", "1", single[1])]
    rows += [(a, b, single[n]) for n in single for a, b in (("1", str(n)), (str(n), "1")) if n > 1]
    return Table(tuple(rows))


def london() -> Tariff:
    """Buses at 1.55 with the Hopper; trains by zones and time of day; daily caps, best value.

    oysterfares.com, capping examples (fares of 2019 and 2021).
    """
    best: dict[str, Any] = {"period": "day", "mode": "best_value", "group": "daily"}
    zones = {n: tuple(str(zone) for zone in range(1, n + 1)) for n in (2, 6)}
    return Tariff(
        version="london",
        valid_from=FIRST,
        asset="GBP",
        networks=(
            Network("bus"),
            Network("rail", closed=True, charge_at="exit", missing_exit=Charge("dearest")),
        ),
        products=(
            Product("bus", Flat(155)),
            Product("peak", zone_fares({1: 240, 2: 290, 6: 860})),
            Product("off-peak", zone_fares({1: 240, 2: 240, 6: 560})),
        ),
        leg_rules=(
            LegRule("bus", "bus", leg_group="bus"),
            LegRule("peak", "rail", from_timeframe="peak", priority=1),
            LegRule("off-peak", "rail"),
        ),
        timeframes=(Timeframe("peak", 390, 570), Timeframe("peak", 960, 1140)),
        transfers=(TransferRule("bus", "bus", count=-1, duration_s=3600),),
        caps=(
            Cap("bus", limit=465, networks=("bus",), **best),
            Cap("zones 1-2", limit=720, areas=zones[2], **best),
            Cap("zones 1-6", limit=1350, areas=zones[6], **best),
        ),
    )


LONDON = london()


def london_case(golden: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in golden["london_caps"]["cases"] if one["id"] == name]
    return dict(found)


def told(case: dict[str, Any]) -> list[int]:
    return [pence(tap[2]) for tap in case["taps"]]


def rail(clock: str, zones: str, **more: Any) -> Leg:
    return leg("rail", clock, zones=zones, minutes=50, **more)


def test_london_buses(golden: dict[str, Any]) -> None:
    case = london_case(golden, "ldn-bus")
    fares = charged(LONDON, *(leg("bus", tap[0]) for tap in case["taps"]))
    assert fares == told(case)
    assert sum(fares) == pence(case["total"])


def test_london_commute(golden: dict[str, Any]) -> None:
    case = london_case(golden, "ldn-commute")
    clocks = [tap[0] for tap in case["taps"]]
    fares = charged(LONDON, rail(clocks[0], "61"), rail(clocks[1], "16"))
    assert fares == told(case)
    assert sum(fares) == pence(case["total"])


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        # An hour of buses is to its last second, counted from the first bus.
        ([leg("bus", "08:00"), leg("bus", "08:50"), leg("bus", "09:00")], [155, 0, 0]),
        ([leg("bus", "08:00"), leg("bus", "08:50"), leg("bus", "09:01")], [155, 0, 155]),
        # Buses before and after a commute are within its cap.
        ([leg("bus", "07:00"), rail("08:30", "61"), rail("17:00", "16")], [155, 860, 335]),
        ([rail("08:30", "61"), rail("17:00", "16"), leg("bus", "20:00")], [860, 490, 0]),
        # Two zones by rail, and buses: the cap of zones 1-2, once it is better than the bus's.
        (
            [rail("10:00", "12"), rail("12:00", "21"), rail("13:30", "12"), leg("bus", "15:00")],
            [240, 240, 240, 0],
        ),
        # Off the peak four zones' worth is cheaper by itself than any cap.
        ([rail("10:00", "61"), rail("20:00", "16")], [560, 560]),
        # The night belongs to the day before; the next morning begins anew.
        (
            [rail("08:30", "61"), rail("17:00", "16"), leg("bus", "27:30"), leg("bus", "05:00", 1)],
            [860, 490, 0, 155],
        ),
    ],
)
def test_london_beyond_what_is_given(legs: Sequence[Leg], expected: list[int]) -> None:
    assert charged(LONDON, *legs) == charged_by_days(LONDON, *legs) == expected


def test_a_maximum_fare_stands_outside_of_londons_caps() -> None:
    lost = leg("rail", "12:00", minutes=0, zones="1", use_class=UseClass.MISSING_EXIT)
    legs = [rail("08:30", "61"), lost, rail("17:00", "16"), leg("bus", "20:00")]
    assert charged(LONDON, *legs) == [860, 560, 490, 0]


def new_york() -> Tariff:
    """Subway and bus at 2.90 (half for some), a free change in two hours, twelve rides a week."""
    full, reduced = 290, 145
    return Tariff(
        version="omny",
        valid_from=FIRST,
        asset="USD",
        networks=(Network("subway"), Network("bus")),
        products=(
            Product("ride", Flat(full)),
            Product("ride", Flat(reduced), category="reduced"),
        ),
        leg_rules=(
            LegRule("ride", "subway", leg_group="subway"),
            LegRule("ride", "bus", leg_group="bus"),
        ),
        categories=(Category("adult", is_default=True), Category("reduced")),
        transfers=(
            TransferRule("subway", "bus", duration_s=7200),
            TransferRule("bus", "subway", duration_s=7200),
        ),
        caps=(
            Cap(
                "seven days",
                "rolling",
                3400,
                rides=12,
                categories=("adult",),
                rolling_minutes=7 * 1440,
            ),
            Cap(
                "seven days, reduced",
                "rolling",
                1700,
                rides=12,
                categories=("reduced",),
                rolling_minutes=7 * 1440,
            ),
        ),
    )


def twice_a_day(days: int) -> list[Leg]:
    return [leg("subway", clock, day) for day in range(days) for clock in ("08:00", "18:00")]


def test_new_york_twelve_rides(golden: dict[str, Any]) -> None:
    rule = golden["nyc_omny"]["rule"]
    rides = int(re.findall(r"(\d+) paid taps", rule)[0])
    single, twelfth, total = (pence(float(found)) for found in re.findall(r"\d+\.\d\d", rule))
    fares = charged_by_days(new_york(), *twice_a_day(7))
    assert fares == [single] * (rides - 1) + [twelfth] + [0] * (14 - rides)
    assert sum(fares) == total
    assert charged(new_york(), *twice_a_day(7)) == fares


def test_new_yorks_window_begins_with_the_first_tap_not_with_the_week() -> None:
    legs = [*twice_a_day(7), *(leg("subway", clock, 7) for clock in ("07:59", "08:00", "09:00"))]
    assert charged_by_days(new_york(), *legs)[-3:] == [0, 290, 290]
    few = [leg("subway", "08:00", day) for day in range(14)]
    assert charged_by_days(new_york(), *few) == [290] * 14


def test_a_free_change_is_no_paid_ride_in_new_york() -> None:
    once = [leg("subway", "08:00", day) for day in range(6)]
    changes = [leg("bus", "08:30", day) for day in range(6)]
    legs = sorted([*once, *changes], key=lambda one: one.started_ms)
    assert charged_by_days(new_york(), *legs) == [290, 0] * 6
    back = [leg("subway", "18:00", day) for day in range(7)]
    legs = sorted([*legs, *back], key=lambda one: one.started_ms)
    fares = charged_by_days(new_york(), *legs)
    assert sum(fares) == 3400
    assert sum(1 for fare in fares if fare) == 12


def test_reduced_riders_have_their_own_cap_in_new_york() -> None:
    fares = charged_by_days(new_york(), *twice_a_day(7), rider=Rider("reduced"))
    assert fares == [145] * 11 + [105, 0, 0]


def portland() -> Tariff:
    """2.50 for two and a half hours, 5.00 a day, 100.00 a month; half, and 28.00, for some."""
    return Tariff(
        version="hop",
        valid_from=FIRST,
        asset="USD",
        networks=(Network("bus"), Network("max")),
        products=(
            Product("ticket", Flat(250)),
            Product("ticket", Flat(125), category="honored"),
        ),
        leg_rules=(
            LegRule("ticket", "bus", leg_group="any"),
            LegRule("ticket", "max", leg_group="any"),
        ),
        categories=(Category("adult", is_default=True), Category("honored")),
        transfers=(TransferRule("any", "any", count=-1, duration_s=150 * 60),),
        caps=(
            Cap("day", "day", 500, categories=("adult",)),
            Cap("month", "month", 10_000, categories=("adult",)),
            Cap("day, honored", "day", 250, categories=("honored",)),
            Cap("month, honored", "month", 2_800, categories=("honored",)),
        ),
    )


def rides_of_portland(days: int) -> list[Leg]:
    """From Tuesday 1 December on, each day: a ticket, a ride within it, a second, a third."""
    tuesday = 8
    return [
        leg(network, clock, tuesday + day)
        for day in range(days)
        for network, clock in (
            ("bus", "07:00"),
            ("max", "09:30"),
            ("bus", "09:31"),
            ("max", "16:00"),
        )
    ]


def test_portlands_tickets_day_and_month(golden: dict[str, Any]) -> None:
    rule = golden["portland_hop"]["rule"]
    assert "2.5 h ticket" in rule and "2nd ticket upgrades to day pass" in rule
    day, month, reduced = (int(found) * 100 for found in re.findall(r"\$(\d+)", rule))
    one_day = charged(portland(), *rides_of_portland(1))
    assert one_day == [day // 2, 0, day // 2, 0]
    adult = charged_by_days(portland(), *rides_of_portland(30))
    assert adult == one_day * (month // day) + [0] * 4 * (30 - month // day)
    assert sum(adult) == month
    honored = charged_by_days(portland(), *rides_of_portland(30), rider=Rider("honored"))
    assert sum(honored) == reduced
    assert [fare for fare in honored if fare][-3:] == [125, 125, 50]


def test_portlands_ticket_lasts_to_its_last_second_and_the_month_ends() -> None:
    fares = charged_by_days(portland(), *rides_of_portland(33))
    assert sum(fares[: 31 * 4]) == 10_000
    assert fares[31 * 4 :] == [250, 0, 250, 0] * 2
    late = [leg("bus", "24:30"), leg("max", "27:00"), leg("bus", "27:01"), leg("bus", "04:00", 1)]
    assert charged(portland(), *late) == [250, 0, 250, 0]
    assert charged_by_days(portland(), *late) == [250, 0, 250, 0]
