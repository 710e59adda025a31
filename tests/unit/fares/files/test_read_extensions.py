"""Tables `satu_*.txt` become a tariff's own parts; a typing error in them is a fault."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from satu.fares.files.read import read_tariff
from satu.fares.tariff import (
    STEPS,
    Apportionment,
    Cap,
    Charge,
    Concession,
    Distance,
    Network,
    Package,
    Pass,
    Product,
    SameStation,
    SpecialDay,
    Table,
)
from tests.unit.fares.files.feeds import FEED, changed, read, tariff_of, write_feed

RAIL_RULE = "rail,rail,,rail,\n"


def with_rule(product: str) -> dict[str, str]:
    """The feed, with its rail priced by another product."""
    return changed("fare_leg_rules.txt", RAIL_RULE, f"rail,rail,,{product},\n")


def test_the_tariffs_own_row(tmp_path: Path) -> None:
    rows = (
        "version,valid_from,source,journey_gap_minutes,round_to,rounding,steps\n"
        "kota-7,20260701,Kepgub 7,60,500,up,leg;cap;rounding\n"
    )
    tariff = tariff_of(tmp_path, FEED | {"satu_tariff.txt": rows})
    assert (tariff.version, tariff.valid_from, tariff.source) == (
        "kota-7", date(2026, 7, 1), "Kepgub 7",
    )  # fmt: skip
    assert (tariff.journey_gap_minutes, tariff.round_to, tariff.rounding) == (60, 500, "up")
    assert tariff.steps == ("leg", "cap", "rounding")


def test_without_a_row_the_defaults_hold(tmp_path: Path) -> None:
    tariff = tariff_of(tmp_path, FEED)
    assert (tariff.journey_gap_minutes, tariff.round_to, tariff.rounding) == (120, 1, "nearest")
    assert tariff.steps == STEPS


def test_prices_by_distance(tmp_path: Path) -> None:
    rows = (
        "fare_product_id,base,base_units,step,step_units,unit_m,rounding,cap,longest_m\n"
        "krl,3000,25,1000,10,1000,up,,90000\n"
        "lrt,5000,1,700,1,1000,nearest,10000,\n"
    )
    tariff = tariff_of(tmp_path, with_rule("krl") | {"satu_leg_prices.txt": rows})
    assert tariff.products[-2:] == (
        Product("krl", Distance(3000, 25, 1000, 10, 1000, "up", None, 90_000)),
        Product("lrt", Distance(5000, 1, 700, 1, 1000, "nearest", 10_000)),
    )


def test_a_ride_of_unknown_length_has_no_price_but_the_base(tmp_path: Path) -> None:
    rows = "fare_product_id,base,base_units,step\nkrl,3000,25,1000\n"
    reading = read(tmp_path, with_rule("krl") | {"satu_leg_prices.txt": rows})
    assert [str(note) for note in reading.notes] == [
        "satu_leg_prices.txt:2: longest_m: 0, and no cap: a ride of unknown length costs the base"
    ]


def test_a_table_of_fares_by_category(tmp_path: Path) -> None:
    rows = (
        "fare_product_id,from_area_id,to_area_id,amount,rider_category_id\n"
        "mrt,A,B,4000,\nmrt,A,B,2000,child\nmrt,B,A,4500,\n"
    )
    tariff = tariff_of(tmp_path, with_rule("mrt") | {"satu_fare_table.txt": rows})
    assert tariff.products[-2:] == (
        Product("mrt", Table((("A", "B", 4000), ("B", "A", 4500)))),
        Product("mrt", Table((("A", "B", 2000),)), "child"),
    )


def test_how_networks_treat_riders(tmp_path: Path) -> None:
    files = FEED | {
        "satu_networks.txt": (
            "network_id,closed,charge_at,minimum,longest_minutes,missing_exit,missing_entry,"
            "missing_entry_amount,over_time,over_time_amount,duplicate_s,max_riders,"
            "passback_minutes,gate_change_minutes,autocompletes,repairs\n"
            "rail,true,exit,14000,180,dearest,flat,9000,flat,2000,5,4,15,10,2,3\n"
            "bus,,,,,,,,,,,,,,,\n"
        ),
        "satu_same_station.txt": (
            "network_id,from_minutes,charge,amount\nrail,60,dearest,\nrail,0,flat,3000\n"
        ),
    }
    assert tariff_of(tmp_path, files).networks == (
        Network("bus"),
        Network(
            "rail",
            closed=True,
            charge_at="exit",
            minimum=14_000,
            longest_minutes=180,
            missing_exit=Charge("dearest"),
            missing_entry=Charge("flat", 9000),
            same_station=(
                SameStation(0, Charge("flat", 3000)),
                SameStation(60, Charge("dearest")),
            ),
            over_time=Charge("flat", 2000),
            duplicate_s=5,
            max_riders=4,
            passback_minutes=15,
            gate_change_minutes=10,
            autocompletes=2,
            repairs=3,
        ),
    )


def test_packages_with_their_modes(tmp_path: Path) -> None:
    files = changed("networks.txt", "rail,Kereta\n", "rail,Kereta\ntram,Trem\n") | {
        "satu_packages.txt": (
            "package_id,base,per_unit,unit_m,cap,duration_minutes,change_minutes,rounding,when\n"
            "jl,2500,250,1000,10000,180,45,nearest,always\n"
        ),
        "satu_package_networks.txt": (
            "package_id,network_id,mode\njl,bus,road\njl,rail,rails\njl,tram,road\n"
        ),
    }
    assert tariff_of(tmp_path, files).packages == (
        Package(
            "jl", (("bus", "tram"), ("rail",)), 2500, 250, 1000, 10_000, 180, 45, "nearest",
            when="always",
        ),
    )  # fmt: skip


def test_caps_and_what_they_cover(tmp_path: Path) -> None:
    rows = (
        "cap_id,period,limit_amount,limit_rides,rolling_minutes,mode,cap_group,network_ids,"
        "area_ids,rider_category_ids,timeframe_group_id,counts_incomplete\n"
        "daily,day,15000,,,,,bus;rail,1;2,child,early,true\n"
        "twelve,rolling,,12,10080,best_value,weekly,,,,,\n"
    )
    assert tariff_of(tmp_path, FEED | {"satu_caps.txt": rows}).caps == (
        Cap(
            "daily", "day", 15_000, networks=("bus", "rail"), areas=("1", "2"),
            categories=("child",), timeframe="early", counts_incomplete=True,
        ),
        Cap(
            "twelve", "rolling", rides=12, rolling_minutes=10_080, mode="best_value",
            group="weekly",
        ),
    )  # fmt: skip


def test_concessions_special_days_passes_and_shares(tmp_path: Path) -> None:
    files = FEED | {
        "satu_concessions.txt": (
            "rider_category_id,network_ids,timeframe_group_id,percent,amount\n"
            "child,bus;rail,,50,\nchild,,early,,0\n"
        ),
        "satu_special_days.txt": (
            "date,amount,name,network_ids,rider_category_ids\n20260622,1,HUT Jakarta,bus,\n"
        ),
        "satu_passes.txt": (
            "fare_product_id,price,network_ids,activation,minutes,whole_days,rides,"
            "fare_product_name\nweek,50000,rail;bus,purchase,,7,20,Seminggu\n"
        ),
        "satu_packages.txt": (
            "package_id,base,per_unit,unit_m,cap,duration_minutes,change_minutes,rounding\n"
            "jl,2500,250,1000,10000,180,45,nearest\n"
        ),
        "satu_package_networks.txt": ("package_id,network_id,mode\njl,bus,bus\njl,rail,rail\n"),
        "satu_apportionment.txt": (
            "scope,method,parts,bearer\njoin,,,\npackage:jl,fixed,bus:4;rail:3,rail\n"
        ),
    }
    tariff = tariff_of(tmp_path, files)
    assert tariff.concessions == (
        Concession("child", ("bus", "rail"), percent=50),
        Concession("child", timeframe="early", amount=0),
    )
    assert tariff.special_days == (SpecialDay(date(2026, 6, 22), 1, "HUT Jakarta", ("bus",)),)
    assert tariff.passes == (
        Pass("week", 50_000, ("rail", "bus"), "purchase", 0, 7, 20, "Seminggu"),
    )
    assert tariff.apportionments == (
        Apportionment("join"),
        Apportionment("package:jl", "fixed", (("bus", 4), ("rail", 3)), "rail"),
    )


def test_public_holidays_become_dates(tmp_path: Path) -> None:
    files = changed("calendar_dates.txt", "workdays,20260817,2\n", "")
    files |= {"satu_holidays.txt": "service_id,country,exception_type\nworkdays,RU,2\n"}
    (service,) = tariff_of(tmp_path, files).services
    assert service.removed == (date(2026, 8, 17),)


def test_a_date_of_the_calendar_goes_before_a_public_holiday(tmp_path: Path) -> None:
    files = changed("calendar_dates.txt", "20260817,2", "20260817,1")
    files |= {"satu_holidays.txt": "service_id,country,exception_type\nworkdays,RU,2\n"}
    (service,) = tariff_of(tmp_path, files).services
    assert (service.added, service.removed) == ((date(2026, 8, 17),), ())


def test_comments_may_stand_before_the_columns(tmp_path: Path) -> None:
    rows = "# Kepgub 7, 2026\n# nothing else\nversion\nkota-7\n"
    assert tariff_of(tmp_path, FEED | {"satu_tariff.txt": rows}).version == "kota-7"


CAPS = "cap_id,period,limit_amount,network_ids,rider_category_ids,timeframe_group_id\n"
CONCESSIONS = "rider_category_id,network_ids,percent,amount\n"
PASSES = "fare_product_id,price,network_ids,minutes,whole_days\n"
PACKAGE = "package_id,base,per_unit,unit_m,cap,duration_minutes,change_minutes,rounding\n"
FAULTS = [
    ("satu_tariff.txt", "version,valid_form\na,20260101\n", "satu_tariff.txt:1: valid_form: no "
     "such column; there are version, valid_from,"),
    ("satu_tariff.txt", "version,valid_from\na,20260231\n", "satu_tariff.txt:2: valid_from: "
     "'20260231' is no date"),
    ("satu_tariff.txt", "version\na\nb\n", "satu_tariff.txt:3: this table has one row"),
    ("satu_tariff.txt", "steps\nleg;discount\n", "satu_tariff.txt:2: steps: 'discount' is not "
     "defined; allowed: cap, entitlement, join, leg"),
    ("satu_tariff.txt", "steps\ncap;leg\n", "satu_tariff.txt: they begin with 'leg', or with"),
    ("satu_tariff.txt", "currency\nUSD\n", "fare_products.txt:2: currency: IDR beside USD"),
    ("satu_network.txt", "network_id\nbus\n", "satu_network.txt: no such table; there are satu_ap"),
    ("satu_networks.txt", "network_id,minimum\nbus,5000\nbus,6000\n", "satu_networks.txt:3: "
     "network_id: 'bus' has two rows"),
    ("satu_networks.txt", "network_id,missing_exit,missing_exit_amount\nbus,own,5\n",
     "satu_networks.txt:2: missing_exit_amount: only a flat charge has an amount; this one is"),
    ("satu_networks.txt", "network_id,max_riders\nbus,10\n", "satu_networks.txt:2: network_id: "
     "max_riders is 1 to 9"),
    ("satu_same_station.txt", "network_id,from_minutes,charge\nboat,0,own\n", "satu_same_station."
     "txt:2: network_id: 'boat' is not defined; allowed: bus, rail"),
    ("satu_caps.txt", CAPS + "daily,day,,,,\n", "satu_caps.txt:2: cap_id: it limits the amount,"),
    ("satu_caps.txt", CAPS + "daily,year,1,,,\n", "satu_caps.txt:2: period: 'year' cannot be read"),
    ("satu_caps.txt", CAPS + "daily,rolling,1,,,\n", "satu_caps.txt:2: cap_id: rolling_minutes is"),
    ("satu_caps.txt", CAPS + "daily,day,1,bus;boat,,\n", "satu_caps.txt:2: network_ids: 'boat' is "
     "not defined; allowed: bus, rail"),
    ("satu_caps.txt", CAPS + "daily,day,1,,pupil,\n", "satu_caps.txt:2: rider_category_ids: 'pupi"),
    ("satu_caps.txt", CAPS + "daily,day,1,,,night\n", "satu_caps.txt:2: timeframe_group_id: 'nigh"),
    ("satu_caps.txt", CAPS + "a,day,1,,,\na,day,2,,,\n", "satu_caps.txt: 'a' is defined twice"),
    ("satu_concessions.txt", CONCESSIONS + "child,,,\n", "satu_concessions.txt:2: percent: it says "
     "either percent or amount, not both"),
    ("satu_concessions.txt", CONCESSIONS + "child,,101,\n", "satu_concessions.txt:2: percent: '10"),
    ("satu_concessions.txt", CONCESSIONS + "pupil,,50,\n", "satu_concessions.txt:2: rider_categor"),
    ("satu_passes.txt", PASSES + "week,1,bus,60,7\n", "satu_passes.txt:2: fare_product_id: it run"),
    ("satu_passes.txt", PASSES + "week,1,,60,\n", "satu_passes.txt:2: network_ids: this cell is "),
    ("satu_packages.txt", PACKAGE + "jl,1,1,1000,1,180,45,nearest\n", "satu_packages.txt:2: "
     "package_id: min_modes is 1 to the number of its modes, 0"),
    ("satu_package_networks.txt", "package_id,network_id,mode\njl,bus,bus\n",
     "satu_package_networks.txt:2: package_id: 'jl' is not defined; allowed: nothing"),
    ("satu_apportionment.txt", "scope,method\npackage:jl,fixed\n", "satu_apportionment.txt:2: "
     "scope: 'package:jl' is no scope; allowed: join"),
    ("satu_apportionment.txt", "scope,method,parts\njoin,fixed,bus\n", "satu_apportionment.txt:2: "
     "parts: 'bus'; write network:parts;network:parts"),
    ("satu_holidays.txt", "service_id,country,exception_type\nworkdays,XX,2\n", "satu_holidays.txt"
     ":2: country: no public holidays are known of 'XX'"),
    ("satu_holidays.txt", "service_id,country,exception_type\nsundays,RU,2\n", "satu_holidays.txt"
     ":2: service_id: 'sundays' is not defined; allowed: trips, workdays"),
    ("satu_leg_prices.txt", "fare_product_id,base,base_units,step\nbus,1,1,1\n", "fare_products.txt"
     ": 'bus' is defined twice"),
    ("satu_special_days.txt", "date,amount,name\n20260622,-1,HUT\n", "satu_special_days.txt:2: "
     "name: its amount is negative"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "rows", "told"), FAULTS, ids=lambda value: value[:24])
def test_a_fault_names_its_place_and_what_is_allowed(
    tmp_path: Path, file: str, rows: str, told: str
) -> None:
    reading = read(tmp_path, FEED | {file: rows})
    assert reading.tariff is None
    assert told in [str(fault)[: len(told)] for fault in reading.faults]


def test_without_a_teller_of_holidays_they_are_a_fault(tmp_path: Path) -> None:
    rows = "service_id,country,exception_type\nworkdays,ID,2\n"
    folder = write_feed(tmp_path, FEED | {"satu_holidays.txt": rows})
    assert [str(fault) for fault in read_tariff(folder).faults] == [
        "satu_holidays.txt:2: country: public holidays are not known here; write their dates in "
        "calendar_dates.txt"
    ]
