"""A city pack: what it becomes, and every fault it can have with its place and its cure."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from satu.cards.kinds import CardProduct
from satu.city.pack import PackFaults, read_pack
from satu.fares.tariff import Flat, Table
from satu.formats.faults.fault import Fault
from satu.payments.kinds import Channel, FeeRule
from satu.services.rules import Operator, Point, Route, Rules
from tests.unit.city.packs import TOWN, broken, write_pack


def test_a_pack_becomes_a_bundle_in_the_order_of_its_files(tmp_path: Path) -> None:
    bundle = read_pack(write_pack(tmp_path)).bundle()
    assert (bundle.city, bundle.zone, bundle.day_start_hour) == ("town", "Asia/Jakarta", 4)
    assert bundle.operators == (
        Operator(1, "bus", "Bus Kota", "#2F6FB5"),
        Operator(2, "rail", "Rel Kota"),
    )
    assert bundle.points == (
        Point(1, "B1", "Pasar", "stop", 1, "town-bus", "B1", -6.1, 106.8),
        Point(2, "B2", "Alun-alun, utara", "stop", 1, "town-bus", "B2", -6.2, 106.8),
        Point(3, "S1", "Kota", "station", 2, "town-rail", "KOT", -6.1, 106.9),
        Point(4, "S2", "Desa", "station", 2, "town-rail", "DES", -6.3, 106.9),
        Point(
            5, "route:1:unknown", "Pasar - Alun-alun", "stop", 1, "town-bus",
            "route:1:unknown", 0.0, 0.0,
        ),
    )  # fmt: skip
    ways = (((1, 0), (2, 1200)), ((2, 0), (1, 1300)))
    assert bundle.routes == (Route(1, "1", "Pasar - Alun-alun", 1, "town-bus", patterns=ways),)
    (tariff,) = bundle.tariffs
    assert tariff.valid_from == date(2025, 1, 1)
    assert [(product.id, product.price) for product in tariff.products] == [
        ("bus", Flat(3500)),
        ("rail", Table((("KOT", "DES", 5000), ("DES", "KOT", 4000)))),
    ]


def test_a_bundle_answers_for_distances_and_dates(tmp_path: Path) -> None:
    rules = Rules(read_pack(write_pack(tmp_path)).bundle())
    assert rules.metres(1, 1, 2) == (1200, False)
    assert rules.metres(1, 2, 1) == (1300, False)
    assert rules.tariff_on(date(2026, 5, 1)).version == "town-1"


TARIFF = "tariffs/2025-01-01"
FAULTS = [
    ("city.toml", "Asia/Jakarta", "Asia/Batavia", "city.toml: zone: 'Asia/Batavia' is no IANA"),
    ("city.toml", "04:00", "04:30", "city.toml: day_start: a service day begins at a whole hour"),
    ("city.toml", '"IDR"', '"XAU"', "city.toml: currency: 'XAU'; allowed: IDR, USD"),
    ("city.toml", 'name = "Town"', "", "city.toml: name: it is missing; write it"),
    ("operators.csv", "rail,", "bus,", "operators.csv:4: code: 'bus' is already defined in oper"),
    ("operators.csv", "#2F6FB5", "blue", "operators.csv:3: colour: 'blue' cannot be read: write "),
    ("issuers.csv", "2,second", "1,second", "issuers.csv:3: id: '1' is already defined in issu"),
    ("issuers.csv", "936002", "936001", "issuers.csv:3: prefix: '936001' is already defined in"),
    ("issuers.csv", "one uno", "second", "issuers.csv:3: code: 'second' is already defined in"),
    ("points/bus.csv", "B1,", "B2,", "points/bus.csv:3: code: 'B2' is already defined in points/b"),
    ("points/bus.csv", "stop", "till", "points/bus.csv:2: kind: 'till' is not defined; allowed: "
     "entrance, station, stop"),
    ("points/bus.csv", "stop,bus", "stop,tram", "points/bus.csv:2: operator: 'tram' is not def"),
    ("points/bus.csv", "town-bus", "town-boat", "points/bus.csv:2: network: 'town-boat' is not "
     "defined in tariffs/2025-01-01; allowed: town-bus, town-rail"),
    ("points/bus.csv", "-6.1", "-96.1", "points/bus.csv:2: lat: '-96.1' cannot be read: write a "),
    ("points/bus.csv", "area", "zone", "points/bus.csv:1: zone: no such column; there are code,"),
    ("points/rail.csv", "KOT", "KUT", "points/rail.csv:2: area: 'KUT' is not defined in the prices "
     "of tariffs/2025-01-01; allowed: DES, KOT"),
    ("routes.csv", "bus,town-bus", "bus,", "routes.csv:2: network: this cell is empty; a value"),
    ("patterns.csv", "1,1-A", "9,1-A", "patterns.csv:2: route: '9' is not defined; allowed: "
     "1"),
    ("patterns.csv", "1-B", "1-A", "patterns.csv:3: pattern: '1-A' is already defined in patterns"),
    ("patterns.csv", "B2:1200", "B9:1200", "patterns.csv:2: calls: 'B9' is no point of the pack"),
    ("patterns.csv", "B1:1300", "B1", "patterns.csv:3: calls: 'B1' is not a point's code, a colon"),
    ("patterns.csv", "B1:0;B2:1200", "B1:9;B2:1", "patterns.csv:2: calls: B2:1 lies before 9 met"),
    (f"{TARIFF}/satu_fare_table.txt", "DES,KOT,", "KOT,DES,", "tariffs/2025-01-01/"
     "satu_fare_table.txt:3: to_area_id: KOT to DES has two prices"),
    (f"{TARIFF}/satu_fare_table.txt", "4000", "many", "tariffs/2025-01-01/satu_fare_table.txt:3: "
     "amount: 'many' cannot be read: write it as 3500, 2.50"),
    (f"{TARIFF}/fare_leg_rules.txt", "town-rail,rail", "town-rail,boat", "tariffs/2025-01-01/"
     "fare_leg_rules.txt:3: fare_product_id: 'boat' is not defined; allowed: bus, rail"),
    (f"{TARIFF}/satu_networks.txt", "closed", "shut", "tariffs/2025-01-01/satu_networks.txt:1: "
     "shut: no such column; there are network_id, closed,"),
    (f"{TARIFF}/satu_networks.txt", "true", "maybe", "tariffs/2025-01-01/satu_networks.txt:3: "
     "closed: 'maybe' cannot be read: allowed: true, false"),
    (f"{TARIFF}/fare_products.txt", "IDR", "ARS", "tariffs/2025-01-01: currency: ARS, but the "
     "city's currency is IDR"),
    (f"{TARIFF}/fare_products.txt", "IDR", "CHF", "tariffs/2025-01-01: currency: 'CHF'; allowed:"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "told"), FAULTS, ids=lambda value: value[:24])
def test_a_fault_names_its_place_and_what_is_allowed(
    tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    with pytest.raises(PackFaults) as caught:
        read_pack(write_pack(tmp_path, broken(file, old, new)))
    assert str(caught.value.faults[0]).startswith(told)


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    files = dict(TOWN)
    for file, old, new in (
        ("points/bus.csv", "stop,bus", "stop,tram"),
        ("routes.csv", "bus,town-bus", "bus,town-boat"),
        ("city.toml", "Asia/Jakarta", "Asia/Batavia"),
    ):
        files[file] = broken(file, old, new)[file]
    with pytest.raises(PackFaults) as caught:
        read_pack(write_pack(tmp_path, files))
    assert [(fault.file, fault.field) for fault in caught.value.faults] == [
        ("city.toml", "zone"),
        ("points/bus.csv", "operator"),
        ("routes.csv", "network"),
    ]
    assert str(caught.value).startswith(f"{tmp_path}: 3 fault(s)\n  city.toml: zone: ")


@pytest.mark.parametrize("table", ["operators.csv", "issuers.csv", "routes.csv", "patterns.csv"])
def test_a_table_that_is_not_there(tmp_path: Path, table: str) -> None:
    files = {name: text for name, text in TOWN.items() if name != table}
    with pytest.raises(PackFaults) as caught:
        read_pack(write_pack(tmp_path, files))
    fault = caught.value.faults[0]
    assert (fault.file, fault.row, fault.code) == (table, 0, "table_missing")


def test_a_table_in_another_encoding_is_a_fault(tmp_path: Path) -> None:
    pack = write_pack(tmp_path)
    (pack / "routes.csv").write_bytes(
        TOWN["routes.csv"].replace("Pasar", "Métro").encode("latin-1")
    )
    with pytest.raises(PackFaults) as caught:
        read_pack(pack)
    assert caught.value.faults[0] == Fault("routes.csv", 0, "", "file_not_text")
    assert caught.value.told("id").splitlines()[1] == (
        "  routes.csv: tidak terbaca sebagai UTF-8; simpan lagi dengan UTF-8 (dari lembar kerja: "
        "CSV UTF-8)"
    )


def test_without_operators_not_every_point_is_told(tmp_path: Path) -> None:
    none = {"operators.csv": "code,name\n"}
    with pytest.raises(PackFaults) as caught:
        read_pack(write_pack(tmp_path, TOWN | none))
    assert caught.value.faults == [Fault("operators.csv", 0, "", "operators_none")]


def test_a_folder_that_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(PackFaults, match=r"city\.toml: missing: .* is not a city pack"):
        read_pack(tmp_path)


def test_two_versions_begin_on_two_days_under_two_names(tmp_path: Path) -> None:
    again = {name.replace(TARIFF, "tariffs/again"): text for name, text in TOWN.items()}
    with pytest.raises(PackFaults) as caught:
        read_pack(write_pack(tmp_path, again | TOWN))
    assert {(fault.field, fault.code) for fault in caught.value.faults} == {
        ("valid_from", "versions_same_day"),
        ("version", "versions_same_name"),
    }


def test_a_tariff_may_be_a_zip(tmp_path: Path) -> None:
    files = {name: text for name, text in TOWN.items() if not name.startswith(TARIFF)}
    pack = write_pack(tmp_path, files)
    (pack / "tariffs").mkdir()
    with zipfile.ZipFile(pack / "tariffs" / "town.zip", "w") as archive:
        for name in TOWN.keys() - files.keys():
            archive.writestr(Path(name).name, TOWN[name])
    assert [tariff.version for tariff in read_pack(pack).tariffs] == ["town-1"]


def test_every_version_prices_every_network(tmp_path: Path) -> None:
    rules = f"{TARIFF}/fare_leg_rules.txt"
    with pytest.raises(PackFaults) as caught:
        read_pack(write_pack(tmp_path, broken(rules, "town-rail,rail\n", "")))
    assert {(fault.file, fault.field, fault.words.en) for fault in caught.value.faults} == {
        ("points/rail.csv", "network", f"'town-rail' is not defined in {TARIFF}; allowed: "
         "town-bus"),
    }  # fmt: skip


def test_a_rule_without_a_network_prices_those_without_a_rule(tmp_path: Path) -> None:
    rules = f"{TARIFF}/fare_leg_rules.txt"
    pack = read_pack(write_pack(tmp_path, broken(rules, "town-bus,bus", ",bus")))
    assert [rule.network for rule in pack.tariffs[0].leg_rules] == ["", "town-rail"]


def test_a_pack_without_a_tariff(tmp_path: Path) -> None:
    files = {name: text for name, text in TOWN.items() if not name.startswith(TARIFF)}
    with pytest.raises(PackFaults, match="tariffs: missing: a pack has at least one"):
        read_pack(write_pack(tmp_path, files))


def test_kinds_of_cards_have_limits_in_the_citys_money(tmp_path: Path) -> None:
    columns = "id,code,name_id,name_en,balance_unregistered,monthly_registered,valid_months\n"
    whole = TOWN | {"products.csv": columns + "1,guest,Tamu,Guest,2000000.00,,24\n"}
    (product,) = read_pack(write_pack(tmp_path / "whole", whole)).products
    assert product == CardProduct(1, "guest", "Tamu", "Guest", 2_000_000, valid_months=24)
    rows = "1,guest,Tamu,Guest,2.5,,24\n1,other,Lain,Other,,,\n"
    faulty = TOWN | {"products.csv": columns + rows}
    with pytest.raises(PackFaults) as told:
        read_pack(write_pack(tmp_path / "faulty", faulty))
    assert [(fault.file, fault.row, fault.field) for fault in told.value.faults] == [
        ("products.csv", 3, "id"),
        ("products.csv", 2, "balance_unregistered"),
    ]
    assert read_pack(write_pack(tmp_path / "none", TOWN)).products == ()


@pytest.mark.parametrize("days", [2, 5, 6, 14])
def test_a_kind_promises_money_no_sooner_than_it_can_be_paid(tmp_path: Path, days: int) -> None:
    rows = f"id,code,name_id,name_en,redeem_days\n1,guest,Tamu,Guest,{days}\n"
    town = TOWN | {"products.csv": rows}
    if days >= 6:
        (product,) = read_pack(write_pack(tmp_path, town)).products
        assert product.redeem_days == days
        return
    with pytest.raises(PackFaults) as told:
        read_pack(write_pack(tmp_path, town))
    (fault,) = told.value.faults
    place = (fault.file, fault.row, fault.field, fault.code)
    assert place == ("products.csv", 2, "redeem_days", "redeem_days_few")
    words = fault.words
    assert "tulis 6 sampai 14" in words.id and "write 6 to 14" in words.en


def test_fees_are_in_the_citys_money(tmp_path: Path) -> None:
    columns = "channel,up_to,fee\n"
    whole = TOWN | {"fees.csv": columns + "own_bank,200000,0\nown_bank,,750.00\nagent,,1500\n"}
    assert read_pack(write_pack(tmp_path / "whole", whole)).fees == (
        FeeRule(Channel.OWN_BANK, 200_000, 0),
        FeeRule(Channel.OWN_BANK, None, 750),
        FeeRule(Channel.AGENT, None, 1_500),
    )
    rows = "own_bank,0,1\nagent,,-1\nagent,,2.5\nshop,,1\n"
    faulty = TOWN | {"fees.csv": columns + rows}
    with pytest.raises(PackFaults) as told:
        read_pack(write_pack(tmp_path / "faulty", faulty))
    found = sorted((fault.row, fault.field) for fault in told.value.faults)
    assert found == [(2, "up_to"), (3, "fee"), (4, "fee"), (4, "up_to"), (5, "channel")]
    assert read_pack(write_pack(tmp_path / "none", TOWN)).fees == ()


def test_areas_are_there_once_inside_others(tmp_path: Path) -> None:
    rows = "31.71,Jakarta Pusat\n31.71.01,Gambir\n31.71.01.1001,Gambir\n"
    whole = read_pack(write_pack(tmp_path / "whole", TOWN | {"areas.csv": "code,name\n" + rows}))
    assert [row.code for row in whole.areas] == ["31.71", "31.71.01", "31.71.01.1001"]
    faulty = TOWN | {"areas.csv": "code,name\n" + rows + "31.71,Lagi\n32.73.01,X\n,Y\n"}
    with pytest.raises(PackFaults) as told:
        read_pack(write_pack(tmp_path / "faulty", faulty))
    assert sorted(fault.row for fault in told.value.faults) == [5, 6, 7]
    assert read_pack(write_pack(tmp_path / "none", TOWN)).areas == ()
