"""`satu tariff activate`, `rollback`, `versions`: what a person and a program see of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from satu.cli.main import build
from tests.support import Database
from tests.unit.city.packs import TOWN, write_pack


def run(command: str, *words: str) -> int:
    """Run `satu COMMAND …`; its exit code."""
    line = build(command)
    try:
        line([command, *words], prog_name="satu", standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    except typer.Exit as end:
        return end.exit_code
    return 0


@pytest.fixture
def pack(database: Database, tmp_path: Path) -> Path:
    folder = write_pack(tmp_path / "town")
    assert run("city", "load", str(folder)) == 0
    return folder


def dearer(folder: Path) -> Path:
    """The town's tariff from 2026 on, with the bus at 4,000."""
    start = "tariffs/2025-01-01/"
    files = {name.removeprefix(start): text for name, text in TOWN.items() if start in name}
    files["satu_tariff.txt"] = "version,valid_from\ntown-2,20260101\n"
    files["fare_products.txt"] = files["fare_products.txt"].replace("3500", "4000")
    return write_pack(folder, files)


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def test_a_tariff_is_activated_listed_and_rolled_back(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = str(dearer(tmp_path / "new"))
    capsys.readouterr()
    assert run("tariff", "activate", new, "--reason", "decree 12", "--json") == 0
    first = told(capsys)
    assert (first["changed"], first["versions"]) == (True, ["town-1", "town-2"])
    assert run("tariff", "activate", new, "--reason", "again", "--json") == 0
    assert told(capsys) == {**first, "changed": False}
    assert run("tariff", "versions", "--json") == 0
    listed = told(capsys)
    assert [row["version"] for row in listed["tariffs"]] == ["town-1", "town-2"]
    assert [row["reason"] for row in listed["changes"]] == ["decree 12", "city pack loaded"]
    assert listed["changes"][0]["digest"] == first["digest"]
    assert run("tariff", "rollback", "--reason", "a mistake", "--json") == 0
    assert told(capsys)["versions"] == ["town-1"]
    assert run("tariff", "versions") == 0
    shown = capsys.readouterr().out
    assert "town-1" in shown
    assert "a mistake" in shown


def test_what_cannot_be_activated_is_told_in_one_line(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = dearer(tmp_path / "broken")
    (broken / "fare_leg_rules.txt").unlink()
    assert run("tariff", "activate", str(broken), "--reason", "x") == 1
    assert "fault(s); satu tariff check" in capsys.readouterr().err
    assert run("tariff", "rollback", "--reason", "x") == 1
    assert "nothing_before" in capsys.readouterr().err
    assert run("tariff", "versions", "--city", "elsewhere") == 1
    assert "--city: write one of town" in capsys.readouterr().err


def test_another_content_of_a_known_version_needs_to_be_told(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = dearer(tmp_path / "new")
    assert run("tariff", "activate", str(new), "--reason", "x") == 0
    products = new / "fare_products.txt"
    products.write_text(products.read_text().replace("4000", "4500"))
    assert run("tariff", "activate", str(new), "--reason", "y") == 1
    assert "version_known" in capsys.readouterr().err
    assert run("tariff", "activate", str(new), "--reason", "y", "--replace", "--json") == 0
    assert told(capsys)["changed"]
