"""`satu tariff activate`, `rollback`, `versions`: what a person and a program see of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import satu
from tests.support import Database
from tests.unit.city.packs import TOWN, write_pack


@pytest.fixture
def pack(database: Database, tmp_path: Path) -> Path:
    folder = write_pack(tmp_path / "town")
    ran = satu("city", "load", str(folder))
    assert ran.returncode == 0
    return folder


def dearer(folder: Path) -> Path:
    """The town's tariff from 2026 on, with the bus at 4,000."""
    start = "tariffs/2025-01-01/"
    files = {name.removeprefix(start): text for name, text in TOWN.items() if start in name}
    files["satu_tariff.txt"] = "version,valid_from\ntown-2,20260101\n"
    files["fare_products.txt"] = files["fare_products.txt"].replace("3500", "4000")
    return write_pack(folder, files)


def test_a_tariff_is_activated_listed_and_rolled_back(pack: Path, tmp_path: Path) -> None:
    new = str(dearer(tmp_path / "new"))
    ran = satu("tariff", "activate", new, "--reason", "decree 12", "--json")
    assert ran.returncode == 0
    first = ran.told
    assert (first["changed"], first["versions"]) == (True, ["town-1", "town-2"])
    ran = satu("tariff", "activate", new, "--reason", "again", "--json")
    assert ran.returncode == 0
    assert ran.told == {**first, "changed": False}
    ran = satu("tariff", "versions", "--json")
    assert ran.returncode == 0
    listed = ran.told
    assert [row["version"] for row in listed["tariffs"]] == ["town-1", "town-2"]
    assert [row["reason"] for row in listed["changes"]] == ["decree 12", "city pack loaded"]
    assert listed["changes"][0]["digest"] == first["digest"]
    ran = satu("tariff", "rollback", "--reason", "a mistake", "--json")
    assert ran.returncode == 0
    assert ran.told["versions"] == ["town-1"]
    ran = satu("tariff", "versions")
    assert ran.returncode == 0
    shown = ran.stdout
    assert "town-1" in shown
    assert "a mistake" in shown


def test_what_cannot_be_activated_is_told_in_one_line(pack: Path, tmp_path: Path) -> None:
    broken = dearer(tmp_path / "broken")
    (broken / "fare_leg_rules.txt").unlink()
    ran = satu("tariff", "activate", str(broken), "--reason", "x")
    assert ran.returncode == 1
    assert f"{broken}: 1 kesalahan; jalankan satu tariff check" in ran.stderr
    ran = satu("tariff", "activate", str(broken), "--reason", "x", "--language", "en")
    assert f"{broken}: 1 fault(s); satu tariff check" in ran.stderr
    ran = satu("tariff", "rollback", "--reason", "x")
    assert ran.returncode == 1
    told = "nothing_before: town: belum pernah punya tarif lain; tidak ada yang berubah"
    assert told in ran.stderr
    ran = satu("tariff", "versions", "--city", "elsewhere")
    assert ran.returncode == 1
    assert "--city: write one of town" in ran.stderr


def test_another_content_of_a_known_version_needs_to_be_told(pack: Path, tmp_path: Path) -> None:
    new = dearer(tmp_path / "new")
    ran = satu("tariff", "activate", str(new), "--reason", "x")
    assert ran.returncode == 0
    products = new / "fare_products.txt"
    products.write_text(products.read_text().replace("4000", "4500"))
    ran = satu("tariff", "activate", str(new), "--reason", "y")
    assert ran.returncode == 1
    assert "version_known: " in ran.stderr and "dengan isi lain" in ran.stderr
    ran = satu("tariff", "activate", str(new), "--reason", "y", "--replace", "--json")
    assert ran.returncode == 0
    assert ran.told["changed"]
