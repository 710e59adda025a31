"""The real taps of Buenos Aires, 27 November 2019, through the gateway with the city's pack."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from satu.city.pack import read_pack
from satu.city.replay_file import rows_of
from satu.formats.rides import Row
from satu.formats.sube import SUBE
from satu.ledger.verify import verify
from satu.taps.verify import ALL_CHECKS
from tests.support import Database

Given = Callable[[str], Path]

SATU = [sys.executable, "-c", "from satu.cli.main import main; main()"]
PACK = Path(__file__).resolve().parents[2] / "cities" / "buenos-aires"
TAPS = "data/taps/sube_tuesday.csv.gz"
ROWS, CARDS = 28_669, 10_000
CHECK_INS, CHECK_OUTS, ALONE, SINGLE_USE = 3_167, 2_820, 131, 6


def replay(path: Path) -> dict[str, Any]:
    options = ["--format", "sube", "--create-cards", "--json"]
    run = subprocess.run(
        [*SATU, "replay", str(path), *options],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "The file tells the hour only" in " ".join(run.stderr.split())
    figures: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return figures


@pytest.fixture(scope="module")
def rows(given: Given) -> list[Row]:
    with rows_of(given(TAPS), SUBE) as found:
        return list(found)


def test_the_file_by_itself(rows: list[Row]) -> None:
    assert (len(rows), len({row.card for row in rows})) == (ROWS, CARDS)
    assert sorted(row.line for row in rows) == list(range(2, ROWS + 2))
    assert Counter(row.mode for row in rows) == {"COL": 19_978, "TRE": 6_124, "SUB": 2_567}
    assert Counter(row.kind for row in rows if row.mode == "TRE") == {
        "CHECK IN": CHECK_INS,
        "CHECK OUT": CHECK_OUTS,
        "CHECK OUT SIN CHECKIN": ALONE,
        "USO": SINGLE_USE,
    }
    # The imbalance: more check-ins than check-outs, and check-outs that have no check-in.
    assert round(100 * (CHECK_INS - CHECK_OUTS) / CHECK_INS, 1) == 11.0
    assert round(100 * ALONE / (CHECK_OUTS + ALONE), 1) == 4.4


def test_the_pack_knows_every_line_of_the_file(rows: list[Row]) -> None:
    routes = {row.code for row in read_pack(PACK).routes}
    assert {row.route for row in rows} == routes


def test_taps_stay_in_their_hour_and_a_cards_taps_in_order(rows: list[Row]) -> None:
    last: dict[str, Row] = {}
    for row in rows:
        before, touch = last.get(row.card), row.entry or row.exit
        assert touch is not None
        if before is not None:
            earlier = before.entry or before.exit
            assert earlier is not None and earlier.at < touch.at
        last[row.card] = row


def test_the_day_is_in_the_books_once(
    database: Database, given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SATU_HOME", str(tmp_path))
    first = replay(given(TAPS))
    assert (first["sent"], first["accepted"]) == (ROWS, ROWS)
    assert first["created"] == {"cards": {"nacion-servicios": CARDS}, "routes": 0, "points": 8_804}
    assert (first["currency"], first["unfunded"], first["days"]) == ("ARS", 0, 2)
    assert first["revenue"] == sum(first["by_operator"].values()) == 38_640_857
    assert first["by_operator"]["neuquen"] == 775  # one ride, 1,100 km away
    _has_classes(first)
    _has_trains(first["trains"])
    _agrees_on_changes(first["etapas"])

    with psycopg.connect(database.app_url, autocommit=True) as conn:
        (before,) = conn.execute("select count(*) from ledger_posting").fetchone() or (0,)
        second = replay(given(TAPS))
        (after,) = conn.execute("select count(*) from ledger_posting").fetchone() or (0,)
        assert (second["sent"], second["repeats"], after) == (ROWS, ROWS, before)
        told = ("revenue", "classes_by_mode", "trains", "etapas")
        assert [second[name] for name in told] == [first[name] for name in told]
        assert verify(conn, ALL_CHECKS).problems == []


def _has_classes(figures: dict[str, Any]) -> None:
    assert figures["classes_by_mode"] == {
        "COL": {"complete": 19_978},
        "SUB": {"complete": 2_567},
        "TRE": {
            "complete": 2_788,
            "missing_entry": 142,
            "missing_exit": 358,
            "over_time": 3,
            "same_station": 24,
        },
    }
    journeys = ROWS - 2_809  # every tap but the exits that ended a ride
    assert figures["journeys"] == sum(figures["classes"].values()) == journeys
    assert figures["incomplete"] == 358 + 142


def _has_trains(trains: dict[str, Any]) -> None:
    assert trains == {
        "check_ins": CHECK_INS,
        "check_outs": CHECK_OUTS,
        "without_check_in": ALONE,
        "single_use": SINGLE_USE,
        "paired": 2_809,
        "alone_but_paired": 4,
        "missing_exits": 358,
        "missing_entries": 142,
        "check_ins_over_check_outs_percent": 10.96,
        "without_check_in_percent": 4.44,
        "missing_exits_percent": 11.3,
        "missing_entries_percent": 4.81,
    }
    # Ours are the file's, but for 15 check-outs without an entry and 4 lone exits with one.
    unpaired = CHECK_OUTS - (trains["paired"] - trains["alone_but_paired"])
    surplus = CHECK_INS - CHECK_OUTS
    assert unpaired == 15
    assert trains["missing_exits"] == surplus + unpaired - trains["alone_but_paired"]
    assert trains["missing_entries"] == ALONE + unpaired - trains["alone_but_paired"]


def _agrees_on_changes(etapas: dict[str, Any]) -> None:
    assert (etapas["compared"], etapas["agree"]) == (25_718, 23_685)
    assert etapas["compared"] == ROWS - CHECK_OUTS - ALONE
    assert etapas["agree_percent"] == 92.1
    assert etapas["agree_where_the_file_can_tell_percent"] == 97.86
    reasons = {why: told["rides"] for why, told in etapas["disagree_by_reason"].items()}
    assert sum(reasons.values()) == etapas["disagree"] == 2_033
    assert reasons == {
        "fare_class": 107,
        "first_not_in_file": 873,
        "hour_only": 642,
        "same_line": 13,
        "tap_missing": 2,
        "after_another": 17,
        "order_in_hour": 179,
        "file_begins_anew": 194,
        "other": 6,
    }
    table = [(row["stage_in_file"], row["first_ride"], row["change"]) for row in etapas["table"]]
    assert table == [(0, 17_896, 480), (1, 1_187, 4_683), (2, 312, 1_027), (3, 51, 73), (4, 3, 6)]
