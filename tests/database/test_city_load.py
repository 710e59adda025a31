"""Loading a city: numbers that stay, one bundle in force, twice is once, all or nothing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from satu.city.pack import Pack, read_pack
from satu.ledger.kinds import AccountKind
from satu.services.rules import Bundle, Point, Route
from satu.taps.places import (
    DeviceState,
    NoCityLoaded,
    bundle_digest,
    load_bundle,
    load_devices,
)
from tests.support import Database
from tests.unit.city.packs import TOWN, broken, write_pack

AT = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
TABLES = (
    "taps_operator", "taps_point", "taps_route", "taps_device", "taps_bundle", "cards_issuer",
    "ledger_account", "audit_entry",
)  # fmt: skip


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    owner = database.owner()
    return {name: owner.execute(f"select * from {name} order by 1").fetchall() for name in TABLES}


def town(folder: Path, files: dict[str, str] = TOWN) -> Pack:
    return read_pack(write_pack(folder, files))


def load(pack: Pack) -> Bundle:
    from satu.city.load import load_city

    return load_city(pack=pack, actor="test", at=AT).places.bundle


def test_a_loaded_city_is_what_gateways_read(database: Database, tmp_path: Path) -> None:
    pack = town(tmp_path)
    loaded = load(pack)
    assert loaded == pack.bundle()
    conn = database.connect()
    assert load_bundle(conn) == loaded
    assert len(bundle_digest(conn)) == 32
    assert load_devices(conn) == {}
    points = conn.execute("select id, code, kind, operator, area from taps_point order by id")
    assert points.fetchall() == [
        (1, "B1", "stop", 1, "B1"),
        (2, "B2", "stop", 1, "B2"),
        (3, "S1", "station", 2, "KOT"),
        (4, "S2", "station", 2, "DES"),
        (5, "route:1:unknown", "stop", 1, "route:1:unknown"),
    ]


def test_issuers_and_operators_have_their_accounts(database: Database, tmp_path: Path) -> None:
    load(town(tmp_path))
    rows = database.owner().execute(
        "select kind, book, party from ledger_account where balance is null order by 1, 2, 3"
    )
    assert [(AccountKind(kind), book, party) for kind, book, party in rows] == [
        (AccountKind.FLOAT, 1, 0),
        (AccountKind.FLOAT, 2, 0),
        (AccountKind.PAYABLE, 1, 1),
        (AccountKind.PAYABLE, 1, 2),
        (AccountKind.PAYABLE, 2, 1),
        (AccountKind.PAYABLE, 2, 2),
        (AccountKind.UNFUNDED_CLAIM, 0, 1),
        (AccountKind.UNFUNDED_CLAIM, 0, 2),
    ]


def test_loading_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    from satu.city.load import load_city

    pack = town(tmp_path)
    assert load_city(pack=pack, actor="test", at=AT).places.changed
    before = everything(database)
    assert not load_city(pack=pack, actor="other", at=AT.replace(year=2027)).places.changed
    assert everything(database) == before


def test_a_changed_pack_keeps_numbers_and_forgets_no_place(
    database: Database, tmp_path: Path
) -> None:
    first = load(town(tmp_path / "first"))
    digest = bundle_digest(database.connect())
    files = broken("points/bus.csv", "B1,Pasar,", "B0,Baru,")
    files |= {"patterns.csv": "route,pattern,calls\n1,1-A,B0:0;B2:1500\n"}
    second = load(town(tmp_path / "second", files))
    assert second.points[:5] == first.points
    assert (second.points[5].id, second.points[5].code) == (6, "B0")
    assert second.routes[0].patterns == (((6, 0), (2, 1500)),)
    conn = database.connect()
    assert load_bundle(conn) == second
    assert bundle_digest(conn) != digest
    assert conn.execute("select count(*) from taps_bundle where is_active").fetchone() == (1,)
    # The facts of before come back by loading them: the place added meanwhile stays.
    assert load(town(tmp_path / "first")).points == second.points


def test_what_fails_halfway_leaves_the_old_city(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(town(tmp_path))
    before = everything(database)
    # A name that no asset has: the load fails after places and issuers were written.
    pack = town(tmp_path / "second", broken("operators.csv", "Bus Kota", "Bus Baru"))
    lost = pack._replace(city=msgspec.structs.replace(pack.city, currency="GULDEN"))
    with pytest.raises(KeyError):
        load(lost)
    assert everything(database) == before


def test_the_database_refuses_a_second_bundle_in_force(database: Database, tmp_path: Path) -> None:
    load(town(tmp_path))
    with pytest.raises(psycopg.errors.UniqueViolation):
        database.owner().execute(
            "insert into taps_bundle (city, digest, content, loaded_at, is_active, key, signature)"
            " select city, 'x', content, loaded_at, true, key, signature from taps_bundle"
        )


def test_programs_cannot_remove_a_place(database: Database, tmp_path: Path) -> None:
    load(town(tmp_path))
    for table in ("taps_operator", "taps_point", "taps_route", "taps_device", "taps_bundle"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.connect().execute(f"delete from {table}")


def test_two_loads_at_once_give_one_city(database: Database, tmp_path: Path) -> None:
    from django.db import connection

    pack = town(tmp_path)
    found: list[Bundle] = []

    def run() -> None:
        found.append(load(pack))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [pack.bundle(), pack.bundle()]
    rows = database.owner().execute("select count(*), max(id) from taps_point").fetchone()
    assert rows == (5, 5)


def test_without_a_city_there_is_no_bundle(database: Database) -> None:
    with pytest.raises(NoCityLoaded, match="satu city load"):
        load_bundle(database.connect())


def test_of_two_cities_one_is_named(database: Database, tmp_path: Path) -> None:
    load(town(tmp_path / "town"))
    files = {name: text.replace("B1", "X1") for name, text in TOWN.items()}
    files["city.toml"] = files["city.toml"].replace('"town"', '"village"')
    load(town(tmp_path / "village", files))
    conn = database.connect()
    with pytest.raises(NoCityLoaded, match=r"town, village"):
        load_bundle(conn)
    assert load_bundle(conn, "village").city == "village"
    assert {point.code for point in load_bundle(conn, "village").points} >= {"X1", "B2"}


def new_point(code: str) -> Point:
    return Point(0, code, "Lama", "stop", 1, "town-bus", code, -6.4, 106.8)


def test_places_that_a_file_names_are_added_once(database: Database, tmp_path: Path) -> None:
    from satu.taps.actions import add_places

    pack = town(tmp_path)
    before = load(pack)
    route = Route(0, "9", "Rute lama", 1, "town-bus")
    given = [new_point("P9"), new_point("P9"), new_point("B1")]
    added = add_places(points=given, routes=[route], city="town", actor="test", at=AT)
    assert added.changed
    assert added.bundle.points == (*before.points, msgspec.structs.replace(given[0], id=6))
    assert added.bundle.routes == (*before.routes, msgspec.structs.replace(route, id=2))
    assert load_bundle(database.connect()) == added.bundle
    kept = everything(database)
    again = add_places(points=given, routes=[route], city="town", actor="test", at=AT)
    assert not again.changed and again.bundle == added.bundle
    assert load(pack) == added.bundle
    assert everything(database) == kept


def test_places_are_added_to_a_loaded_city_only(database: Database) -> None:
    from satu.taps.actions import add_places

    with pytest.raises(LookupError, match="town is not loaded"):
        add_places(points=[new_point("P9")], routes=[], city="town", actor="test", at=AT)
    assert database.owner().execute("select count(*) from taps_point").fetchone() == (0,)


def test_readers_keep_their_numbers(database: Database, tmp_path: Path) -> None:
    from satu.taps.actions import NewDevice, register_devices
    from satu.taps.queries import device_numbers

    load(town(tmp_path))
    bus = NewDevice("bus-1", 1, None, bytes(32))
    gate = NewDevice("gate-1", 2, 3, lambda number: bytes([number] * 32))
    numbers = register_devices(devices=[bus, gate], actor="test", at=AT)
    assert numbers == {"bus-1": 1, "gate-1": 2}
    kept = everything(database)
    assert register_devices(devices=[gate, bus], actor="test", at=AT) == numbers
    assert everything(database) == kept
    moved = bus._replace(point=1)
    third = gate._replace(code="gate-2")
    register_devices(devices=[moved, third], actor="test", at=AT)
    devices = load_devices(database.connect())
    assert [device[:5] for device in devices.values()] == [
        (1, "bus-1", 1, 1, bytes(32)),
        (2, "gate-1", 2, 3, bytes([2] * 32)),
        (3, "gate-2", 2, 3, bytes([3] * 32)),
    ]
    assert {device[5:] for device in devices.values()} == {(1, 0, DeviceState.ACTIVE)}
    assert device_numbers(["gate-2", "nobody"]) == {"gate-2": 3}


def test_simulated_readers_stand_at_every_point(database: Database, tmp_path: Path) -> None:
    from satu.city.load import register_simulated_devices
    from satu.validator.keys import simulated_keys

    bundle, master = load(town(tmp_path)), bytes(range(32))
    numbers = register_simulated_devices(bundle=bundle, master=master, actor="test", at=AT)
    assert list(numbers) == [point.code for point in bundle.points]
    devices = load_devices(database.connect())
    assert {device.point for device in devices.values()} == {point.id for point in bundle.points}
    for number, device in devices.items():
        assert device.public_key == simulated_keys(number, master).public_key
