"""`satu city`: what a person and a program see of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from satu.cli.main import build
from tests.support import Database
from tests.unit.city.packs import TOWN, broken, write_pack
from tests.unit.city.test_feed import FEED


def run(*words: str) -> int:
    """Run `satu city …`; its exit code."""
    line = build("city")
    try:
        line(["city", *words], prog_name="satu", standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    except typer.Exit as end:
        return end.exit_code
    return 0


def points(database: Database) -> int:
    row = database.owner().execute("select count(*) from taps_point").fetchone()
    assert row is not None
    return int(row[0])


def test_a_pack_is_loaded_and_told_as_json(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = str(write_pack(tmp_path))
    assert run("load", pack, "--with-simulated-devices", "--json") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
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
    assert run("load", pack, "--json") == 0
    again = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (again["changed"], again["points"], again["devices"]) == (False, 5, 0)


def test_a_broken_pack_changes_nothing_and_is_told_whole(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = broken("points/bus.csv", "stop,bus", "stop,tram")
    assert run("load", str(write_pack(tmp_path, files))) == 1
    error = capsys.readouterr().err
    assert "1 fault(s)" in error
    assert "points/bus.csv:2: operator: 'tram' is not defined; allowed: one of bus, rail" in error
    assert points(database) == 0


def test_simulated_readers_are_refused_in_production(
    database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SATU_ENV", "production")
    assert run("load", str(write_pack(tmp_path)), "--with-simulated-devices") == 1
    assert "every reader has keys of its own" in capsys.readouterr().err
    assert points(database) == 0


def test_a_feed_begins_a_city(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed = write_pack(tmp_path / "feed", FEED)
    out = write_pack(tmp_path / "out", {"city.toml": TOWN["city.toml"]})
    words = ["--gtfs", str(feed), "--out", str(out), "--operator", "bus", "--source", "2026"]
    assert run("import", *words, "--network", "*=town-bus") == 0
    assert (out / "points" / "bus.csv").is_file()
    assert run("import", *words, "--network", "BRT=town-bus") == 1
    assert "--network: route 2 has no network" in capsys.readouterr().err
    assert run("import", *words, "--network", "town-bus") == 1
    assert "write it as WHAT=NETWORK" in capsys.readouterr().err
