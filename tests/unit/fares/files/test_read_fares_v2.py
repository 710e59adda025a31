"""Fares v2 files become a tariff; what is wrong or leads nowhere is told with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from satu.fares.files.read import content_hash, read_tariff
from satu.fares.tariff import (
    Category,
    FareMedium,
    Flat,
    JoinRule,
    LegRule,
    Network,
    Product,
    Service,
    Timeframe,
    TransferRule,
)
from tests.unit.fares.files.feeds import FEED, changed, read, tariff_of, without, write_zip

TRANSFERS = "fare_transfer_rules.txt"
WEEK = (True, True, True, True, True, False, False)


def test_a_feed_becomes_a_tariff(tmp_path: Path) -> None:
    reading = read(tmp_path, FEED)
    assert (reading.faults, reading.notes) == ([], [])
    tariff = reading.tariff
    assert tariff is not None
    assert (tariff.version, tariff.valid_from, tariff.source) == (
        "2026-1", date(2026, 1, 1), "Kota",
    )  # fmt: skip
    assert (tariff.asset, tariff.has_priorities) == ("IDR", True)
    assert tariff.networks == (
        Network("bus", minimum=3500),
        Network("rail", closed=True, minimum=5000),
    )
    assert tariff.categories == (
        Category("adult", "Dewasa", "Dewasa", is_default=True),
        Category("child", "Anak", "Anak"),
    )
    assert tariff.media == (FareMedium("card", 2, "Kartu"),)
    assert tariff.products == (
        Product("bus", Flat(3500), name="Bus"),
        Product("bus", Flat(1000), "child", name="Bus"),
        Product("early", Flat(2000), medium="card", name="Bus pagi"),
        Product("rail", Flat(5000), name="Kereta"),
    )
    assert tariff.timeframes == (Timeframe("early", 300, 420, "workdays"),)
    assert tariff.services == (
        Service(
            "workdays", WEEK, date(2026, 1, 1), date(2026, 12, 31), removed=(date(2026, 8, 17),)
        ),
    )
    assert tariff.leg_rules == (
        LegRule("early", "bus", from_timeframe="early", leg_group="bus", priority=1),
        LegRule("bus", "bus", leg_group="bus"),
        LegRule("rail", "rail", leg_group="rail"),
    )
    assert tariff.transfers == (TransferRule("bus", "bus", count=-1, duration_s=10_800),)


def test_a_zip_a_mark_of_byte_order_and_other_line_ends_change_nothing(tmp_path: Path) -> None:
    dressed = {name: "\ufeff" + text.replace("\n", "\r\n") for name, text in FEED.items()}
    plain = tariff_of(tmp_path / "plain", FEED)
    zipped = read_tariff(write_zip(tmp_path / "feed.zip", dressed)).tariff
    assert zipped == plain
    assert content_hash(plain) == content_hash(tariff_of(tmp_path / "again", FEED))


def test_a_cell_may_be_quoted(tmp_path: Path) -> None:
    files = changed("fare_products.txt", "Kereta", '"Kereta, ""cepat"""')
    assert tariff_of(tmp_path, files).products[-1].name == 'Kereta, "cepat"'


def test_without_the_column_there_are_no_priorities(tmp_path: Path) -> None:
    rules = "network_id,fare_product_id\nbus,bus\nrail,rail\n"
    assert not tariff_of(tmp_path, FEED | {"fare_leg_rules.txt": rules}).has_priorities


def test_only_services_that_timeframes_need_are_kept(tmp_path: Path) -> None:
    assert [service.id for service in tariff_of(tmp_path, FEED).services] == ["workdays"]


def test_a_service_of_single_dates(tmp_path: Path) -> None:
    files = changed("timeframes.txt", "workdays", "fair") | {
        "calendar_dates.txt": "service_id,date,exception_type\nfair,20260622,1\nfair,20260601,1\n"
    }
    days = (date(2026, 6, 1), date(2026, 6, 22))
    assert tariff_of(tmp_path, files).services == (
        Service("fair", (False,) * 7, days[0], days[1], added=days),  # type: ignore[arg-type]
    )


def test_translations_name_categories_in_other_languages(tmp_path: Path) -> None:
    rows = (
        "table_name,field_name,language,translation,record_id,field_value\n"
        "rider_categories,rider_category_name,en,Adult,adult,\n"
        "rider_categories,rider_category_name,en-GB,Child,,Anak\n"
        "stops,stop_name,en,Adult,child,\n"
    )
    categories = tariff_of(tmp_path, FEED | {"translations.txt": rows}).categories
    assert [(one.label_id, one.label_en) for one in categories] == [
        ("Dewasa", "Adult"),
        ("Anak", "Child"),
    ]


def test_stop_areas_are_kept_as_they_stand(tmp_path: Path) -> None:
    files = FEED | {
        "areas.txt": "area_id\nA\nB\n",
        "stop_areas.txt": "area_id,stop_id\nA,station\nB,station\nB,stop\n",
    }
    assert tariff_of(tmp_path, files).stop_areas == (
        ("station", "A"), ("station", "B"), ("stop", "B"),
    )  # fmt: skip


def test_joins_with_and_without_the_proposed_duration(tmp_path: Path) -> None:
    rows = (
        "from_network_id,to_network_id,from_stop_id,to_stop_id,duration_limit,duration_limit_type\n"
        "rail,rail,,,,\n"
        "rail,bus,S,T,600,3\n"
    )
    tariff = tariff_of(tmp_path, FEED | {"fare_leg_join_rules.txt": rows})
    assert tariff.joins == (JoinRule("rail", "rail"), JoinRule("rail", "bus", "S", "T", 600, 3))


def test_a_platform_of_a_join_is_read_as_its_station(tmp_path: Path) -> None:
    joins = "from_network_id,to_network_id,from_stop_id,to_stop_id\nrail,bus,platform,T\n"
    stops = "stop_id,parent_station\nstation,\nplatform,station\nT,\n"
    files = FEED | {"fare_leg_join_rules.txt": joins, "stops.txt": stops}
    assert tariff_of(tmp_path, files).joins == (JoinRule("rail", "bus", "station", "T"),)


@pytest.mark.parametrize(
    ("media", "products", "any_medium", "same_product"),
    [("0", "1", False, True), ("1", "0", True, False), ("", "", False, False)],
)
def test_proposed_columns_of_transfers(
    tmp_path: Path, media: str, products: str, any_medium: bool, same_product: bool
) -> None:
    rows = (
        "from_leg_group_id,to_leg_group_id,fare_transfer_type,filter_fare_product_id,"
        f"fare_media_behavior,fare_product_behavior\nbus,rail,0,bus,{media},{products}\n"
    )
    (rule,) = tariff_of(tmp_path, FEED | {TRANSFERS: rows}).transfers
    assert rule == TransferRule(
        "bus", "rail", filter_product="bus", any_medium=any_medium, same_product=same_product
    )


def test_without_the_column_a_transfer_is_good_on_any_medium(tmp_path: Path) -> None:
    assert tariff_of(tmp_path, FEED).transfers[0].any_medium


FAULTS = [
    ("fare_products.txt", "5000,IDR", "5000,USD", "fare_products.txt:5: currency: USD beside IDR; "
     "a tariff has one currency"),
    ("fare_products.txt", "5000", "5000.50", "fare_products.txt:5: amount: '5000.50' is finer"),
    ("fare_products.txt", "5000", "free", "fare_products.txt:5: amount: 'free' cannot be read"),
    ("fare_products.txt", "5000", "-500", "fare_products.txt:5: fare_product_id: its amount is "
     "negative; only what a transfer adds may be"),
    ("fare_products.txt", "child", "pupil", "fare_products.txt:3: rider_category_id: 'pupil' is "
     "not defined; allowed: adult, child"),
    ("fare_products.txt", "card", "chip", "fare_products.txt:4: fare_media_id: 'chip' is not def"),
    ("fare_products.txt", "bus,Bus,child", "bus,Bus,", "fare_products.txt:3: amount: the same "
     "product, category and medium have two prices"),
    ("fare_products.txt", "amount", "price", "fare_products.txt:1: amount: this column is missing"),
    ("fare_media.txt", "Kartu,2", "Kartu,9", "fare_media.txt:2: fare_media_type: '9' cannot be"),
    ("fare_leg_rules.txt", ",rail,\n", ",boat,\n", "fare_leg_rules.txt:4: fare_product_id: 'boat' "
     "is not defined; allowed: bus, early, rail"),
    ("fare_leg_rules.txt", "early,1", "early,-1", "fare_leg_rules.txt:2: rule_priority: '-1' cann"),
    (TRANSFERS, "-1,", "0,", f"{TRANSFERS}:2: transfer_count: 0 is none; -1 is any number"),
    (TRANSFERS, "0,\n", "0,boat\n", f"{TRANSFERS}:2: fare_product_id: 'boat' is not defined"),
    (TRANSFERS, "1,0,", "1,7,", f"{TRANSFERS}:2: fare_transfer_type: '7' cannot be read"),
    ("timeframes.txt", "07:00:00", "25:00:00", "timeframes.txt:2: end_time: a time of the clock"),
    ("timeframes.txt", "05:00:00", "08:00:00", "timeframes.txt:2: end_time: it is later than"),
    ("timeframes.txt", "05:00:00", "5 am", "timeframes.txt:2: start_time: '5 am' cannot be read"),
    ("calendar.txt", "20260101,2026", "20261301,2026", "calendar.txt:2: start_date: '20261301' is "
     "no date; write it as YYYYMMDD"),
    ("calendar.txt", "trips", "workdays", "calendar.txt:3: service_id: 'workdays' is already def"),
    ("networks.txt", "network_id", "net", "networks.txt:1: network_id: this column is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "told"), FAULTS, ids=lambda value: value[:24])
def test_a_fault_names_its_place_and_what_is_allowed(
    tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    reading = read(tmp_path, changed(file, old, new))
    assert reading.tariff is None
    assert told in [str(fault)[: len(told)] for fault in reading.faults]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    files = changed("fare_products.txt", "5000,IDR", "5000,USD")
    files = changed("timeframes.txt", "05:00:00", "08:00:00", files)
    files = changed("fare_leg_rules.txt", ",rail,\n", ",boat,\n", files)
    faults = read(tmp_path, files).faults
    assert [(fault.file, fault.row) for fault in faults] == [
        ("fare_leg_rules.txt", 4),
        ("fare_products.txt", 5),
        ("timeframes.txt", 2),
    ]


NOTES = [
    ("fare_leg_rules.txt", "bus,early,early", "bus,night,early", "fare_leg_rules.txt: from_time"
     "frame_group_id: 'night' has no row in timeframes.txt: what names it can never match (rows "
     "2)"),
    ("fare_leg_rules.txt", "rail,rail", "rail,tram", "fare_leg_rules.txt: network_id: no file "
     "defines 'tram': no route is on it (rows 4)"),
    ("fare_leg_rules.txt", "rail,rail,,rail,\n", "rail,rail,,rail,\nrail,rail,,rail,0\n",
     "fare_leg_rules.txt:5: says what row 4 says already"),
    ("fare_leg_rules.txt", "rule_priority", "rule_priority,colour", "fare_leg_rules.txt: colour: a "
     "column that is not read"),
    ("timeframes.txt", "workdays", "sundays", "timeframes.txt:2: service_id: 'sundays' has no "
     "dates in calendar.txt or calendar_dates.txt: this row of 'early' fits no day"),
    ("timeframes.txt", "workdays", "", "timeframes.txt:2: service_id: empty, though Fares v2 asks"),
    ("timeframes.txt", "07:00:00", "06:59:59", "timeframes.txt:2: end_time: the clock is read in"),
    (TRANSFERS, "bus,bus", "boat,bus", f"{TRANSFERS}: from_leg_group_id: 'boat' is no leg group of "
     "fare_leg_rules.txt: what names it can never match (rows 2)"),
    (TRANSFERS, "bus,bus", "bus,rail", f"{TRANSFERS}:2: transfer_count: not used: the two groups"),
    (TRANSFERS, "-1,", ",", f"{TRANSFERS}:2: transfer_count: not said: taken as any number within"),
    (TRANSFERS, "10800,1", "10800,", f"{TRANSFERS}:2: duration_limit_type: not said: taken as 1"),
    (TRANSFERS, "10800,1", ",1", f"{TRANSFERS}:2: duration_limit_type: not used: there is no dur"),
    (TRANSFERS, "10800,1", ",", "satu_tariff.txt: journey_gap_minutes: not said: 1 transfer or "
     "join rules without a duration end 120 minutes after a ride"),
    ("feed_info.txt", ",20260101,", ",,", "satu_tariff.txt: valid_from: not said, nor in feed_info"
     ".txt: in force from 2026-01-01"),
    ("satu_networks.txt", "bus,false,3500\n", "", "satu_networks.txt: network_id: no row: no gates,"
     " charged at entry, no minimum balance, a missing exit costs the ride's own fare: bus"),
    ("rider_categories.txt", "Dewasa,1", "Dewasa,0", "rider_categories.txt: is_default_fare_"
     "category: 0 categories are marked: the default is 'adult'"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "told"), NOTES, ids=lambda value: value[:24])
def test_what_leads_nowhere_is_a_note(
    tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    reading = read(tmp_path, changed(file, old, new))
    assert reading.faults == []
    assert reading.tariff is not None
    assert told in [str(note)[: len(told)] for note in reading.notes]


def test_an_open_network_whose_prices_ask_for_an_exit_is_named(tmp_path: Path) -> None:
    rules = "network_id,to_area_id,fare_product_id\nbus,A,bus\nrail,A,rail\n"
    notes = read(tmp_path, FEED | {"fare_leg_rules.txt": rules, TRANSFERS: "fare_transfer_type\n"})
    assert [note.words.en for note in notes.notes if note.field == "closed"] == [
        "prices depend on where or when riders get off, and nobody must tap out: "
        "without an exit the dearest is charged: bus"
    ]


def test_a_rule_of_an_unknown_timeframe_is_kept_and_matches_nothing(tmp_path: Path) -> None:
    files = changed("fare_leg_rules.txt", "bus,early,early", "bus,night,early")
    assert tariff_of(tmp_path, files).leg_rules[0].from_timeframe == "night"


def test_an_unknown_file_of_fares_is_named(tmp_path: Path) -> None:
    files = FEED | {"fare_capping.txt": "cap_id\n", "stops.txt": "stop_id\n", "shapes.txt": ""}
    assert [str(note) for note in read(tmp_path, files).notes] == [
        "fare_capping.txt: a file of fares that is not read"
    ]


def test_optional_files_may_be_missing(tmp_path: Path) -> None:
    files = {
        "fare_leg_rules.txt": "network_id,fare_product_id\n,ride\n",
        "fare_products.txt": (
            "fare_product_id,rider_category_id,fare_media_id,amount,currency\n"
            "ride,,cash,2.50,USD\nride,senior,cash,1.25,USD\n"
        ),
    }
    tariff = tariff_of(tmp_path / "tiny", files)
    assert (tariff.version, tariff.valid_from) == ("tiny", date(2000, 1, 1))
    assert tariff.networks == (Network("all"),)
    assert tariff.categories == (Category("adult", is_default=True), Category("senior"))
    assert tariff.media == (FareMedium("cash", 0),)
    assert [product.price for product in tariff.products] == [Flat(250), Flat(125)]


def test_where_every_product_names_a_category_the_first_is_the_default(tmp_path: Path) -> None:
    products = (
        "fare_product_id,rider_category_id,amount,currency\n"
        "ride,ADULT,2.80,USD\nride,YOUTH,1.40,USD\n"
    )
    files = {
        "fare_leg_rules.txt": "network_id,fare_product_id\n,ride\n",
        "fare_products.txt": products,
    }
    assert tariff_of(tmp_path, files).categories == (
        Category("ADULT", is_default=True),
        Category("YOUTH"),
    )


def test_networks_may_stand_with_the_routes(tmp_path: Path) -> None:
    files = without("networks.txt", "satu_networks.txt") | {
        "routes.txt": "route_id,network_id\n1,bus\n2,rail\n3,line-714\n4,\n"
    }
    reading = read(tmp_path, files)
    assert reading.tariff is not None
    assert [network.id for network in reading.tariff.networks] == ["bus", "rail", "line-714"]
    assert "routes.txt: network_id: 1 routes are on no network (rows 5)" in map(str, reading.notes)


def test_routes_may_be_put_on_networks_by_a_file(tmp_path: Path) -> None:
    rows = "network_id,route_id\nbus,1\nboat,2\n"
    reading = read(tmp_path, FEED | {"route_networks.txt": rows})
    assert [str(fault) for fault in reading.faults] == [
        "route_networks.txt:3: network_id: 'boat' is not defined; allowed: bus, rail"
    ]


def test_cells_that_another_currency_writes(tmp_path: Path) -> None:
    files = FEED | {
        "fare_products.txt": FEED["fare_products.txt"]
        .replace("IDR", "USD")
        .replace("3500", "3.50")
        .replace("1000", "1.0")
        .replace("2000", "2")
        .replace("5000", "5.00"),
        "satu_networks.txt": "network_id,minimum\nbus,3.5\nrail,5.00\n",
    }
    reading = read(tmp_path, files)
    assert reading.tariff is not None
    amounts = [one.price.amount for one in reading.tariff.products if isinstance(one.price, Flat)]
    assert amounts == [350, 100, 200, 500]
    assert [network.minimum for network in reading.tariff.networks] == [350, 500]
    assert [str(note) for note in reading.notes] == [
        "fare_products.txt:3: amount: 1.0: USD is written with 2 decimals",
        "fare_products.txt:4: amount: 2: USD is written with 2 decimals",
    ]


def test_a_discount_may_be_negative_where_a_transfer_adds_it(tmp_path: Path) -> None:
    files = changed(TRANSFERS, "0,\n", "1,discount\n")
    files["fare_products.txt"] += "discount,Potongan,,,-1500,IDR\n"
    assert tariff_of(tmp_path, files).products[-1].price == Flat(-1500)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nothing", "no such zip or folder; check its name"),
        ("empty", "missing: empty is not a tariff (files stand at the top of a zip)"),
    ],
)
def test_what_is_no_tariff(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "empty").mkdir()
    reading = read_tariff(tmp_path / name)
    assert reading.tariff is None
    assert [fault.words.en for fault in reading.faults] == [told]


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    files = without("areas.txt")
    folder = tmp_path / "feed"
    read(folder, files)
    (folder / "networks.txt").write_bytes("network_id\nbus\nmétro\n".encode("latin-1"))
    assert [str(fault) for fault in read_tariff(folder).faults] == [
        "networks.txt: not readable as UTF-8; save it again in UTF-8 (from a spreadsheet: CSV "
        "UTF-8)"
    ]
