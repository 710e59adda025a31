"""`satu city`: what a person and a program see of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import satu
from tests.support import Database
from tests.unit.city.packs import TOWN, broken, write_pack
from tests.unit.city.test_feed import FEED


def points(database: Database) -> int:
    row = database.owner().execute("select count(*) from taps_point").fetchone()
    assert row is not None
    return int(row[0])


def test_a_pack_is_loaded_and_told_as_json(database: Database, tmp_path: Path) -> None:
    pack = str(write_pack(tmp_path))
    ran = satu("city", "load", pack, "--with-simulated-devices", "--json")
    assert ran.returncode == 0
    told = ran.told
    assert len(told.pop("digest")) == 64
    assert told.pop("seconds") >= 0
    assert told == {
        "city": "town",
        "changed": True,
        "operators": 2,
        "issuers": 2,
        "points": 5,
        "routes": 1,
        "tariffs": 1,
        "accounts": 8,
        "devices": 5,
    }
    ran = satu("city", "load", pack, "--json")
    assert ran.returncode == 0
    again = ran.told
    assert (again["changed"], again["points"], again["devices"]) == (False, 5, 0)


def test_a_broken_pack_changes_nothing_and_is_told_whole(
    database: Database, tmp_path: Path
) -> None:
    files = broken("points/bus.csv", "stop,bus", "stop,tram")
    ran = satu("city", "load", str(write_pack(tmp_path, files)))
    assert ran.returncode == 1
    error = ran.stderr
    assert "1 kesalahan" in error
    assert "points/bus.csv:2: operator: 'tram' belum ditetapkan; boleh: bus, rail" in error
    assert points(database) == 0


def test_simulated_readers_are_refused_in_production(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SATU_ENV", "production")
    ran = satu("city", "load", str(write_pack(tmp_path)), "--with-simulated-devices")
    assert ran.returncode == 1
    assert "every reader has keys of its own" in ran.stderr
    assert points(database) == 0


def test_a_feed_begins_a_city(tmp_path: Path) -> None:
    feed = write_pack(tmp_path / "feed", FEED)
    out = write_pack(tmp_path / "out", {"city.toml": TOWN["city.toml"]})
    words = ["--gtfs", str(feed), "--out", str(out), "--operator", "bus", "--source", "2026"]
    ran = satu("city", "import", *words, "--network", "*=town-bus")
    assert ran.returncode == 0
    assert (out / "points" / "bus.csv").is_file()
    ran = satu("city", "import", *words, "--network", "BRT=town-bus")
    assert ran.returncode == 1
    assert "--network: route 2 has no network" in ran.stderr
    ran = satu("city", "import", *words, "--network", "town-bus")
    assert ran.returncode == 1
    assert "write it as WHAT=NETWORK" in ran.stderr
