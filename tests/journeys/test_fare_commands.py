"""Somebody at the help desk types `satu fare`, once as a program of its own, from the shell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands import satu
from tests.database.fares_support import cards, loaded_city
from tests.small_city import SmallCity, at
from tests.unit.fares.files.feeds import write_feed

SATU = str(Path(sys.executable).with_name("satu"))
DAY = "2026-11-23"


@pytest.fixture
def city(database: Any) -> SmallCity:
    made = loaded_city(database)
    (rider,) = cards(1)
    made.send(
        made.tap(rider, "A", at(7), route="R1", direction="entry"),
        made.tap(rider, "C", at(7, 30), route="R1", direction="exit"),
    )
    return made


def told(*words: str) -> dict[str, Any]:
    done = satu("fare", *words, "--json")
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.told


def test_the_day_is_explained_rehearsed_and_rated_again(city: SmallCity, tmp_path: Path) -> None:
    asked = [SATU, "fare", "explain", "--card", "1", "--day", DAY]
    shown = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=False)
    assert shown.returncode == 0 and "07.00–07.30 Stop A → Stop C" in shown.stdout
    assert told("explain", "--card", "1", "--day", DAY)["told"]["fare"] == 3_500

    files = {
        "fare_products.txt": (
            "fare_product_id,amount,currency\nbus,4000,IDR\nmetro,6000,IDR\nzoo,4000,IDR\n"
        ),
        "networks.txt": "network_id,network_name\nbus,Bus\nmetro,Metro\nzoo,Zoo\n",
        "fare_leg_rules.txt": "network_id,fare_product_id\nbus,bus\nmetro,metro\nzoo,zoo\n",
        "satu_tariff.txt": "version\ndraft\n",
    }
    draft = str(write_feed(tmp_path / "draft", files))
    page = tmp_path / "page.html"
    days = ("--from", DAY, "--to", DAY, "--processes", "2")
    rehearsed = told("simulate", "--tariff", draft, *days, "--out", str(page))
    assert (rehearsed["revenue_before"], rehearsed["revenue_after"]) == (3_500, 4_000)
    assert page.stat().st_size > 1_000
    assert city.money(1)[0] == 46_500


def test_help_names_every_command() -> None:
    shown = satu("fare", "--help")
    assert shown.returncode == 0
    for name in ("explain", "simulate", "rerate"):
        assert name in shown.stdout
