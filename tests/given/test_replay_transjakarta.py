"""All of the real rides of April 2023 through the gateway: nothing lost, and twice is once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from satu.ledger.verify import verify
from satu.taps.verify import ALL_CHECKS
from tests.support import Database

SATU = [sys.executable, "-c", "from satu.cli.main import main; main()"]
RIDES = "data/taps/transjakarta_2023.csv.gz"
ROWS, TAPS = 189_500, 372_280


def replay(path: Path, *more: str) -> dict[str, Any]:
    run = subprocess.run(
        [*SATU, "replay", str(path), "--format", "transjakarta", "--create-cards", "--json", *more],
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    figures: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return figures


def test_a_month_of_rides_is_in_the_books_once(
    database: Database,
    given: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SATU_HOME", str(tmp_path))
    first = replay(given(RIDES))
    outcomes = ("accepted", "refused", "repeats", "quarantined")
    assert first["sent"] == sum(first[name] for name in outcomes) == TAPS
    assert (first["accepted"], first["quarantined"]) == (371_810, 470)
    assert (first["journeys"], first["incomplete"]) == (189_488, 7_166)
    assert first["revenue"] == sum(first["by_issuer"].values()) + first["unfunded"]
    assert first["revenue"] == first["by_operator"]["transjakarta"] == 475_499_500

    report = {line["why"]: line for line in first["report"]}
    assert sum(line["rows"] for line in report.values()) == ROWS
    assert sum(line["charged"] for line in report.values()) == first["revenue"]
    assert report["same"]["rows"] == 159_310
    assert "tariff_differs" not in report

    with psycopg.connect(database.app_url, autocommit=True) as conn:
        (before,) = conn.execute("select count(*) from ledger_posting").fetchone() or (0,)
        second = replay(given(RIDES), "--limit-days", "5")
        (after,) = conn.execute("select count(*) from ledger_posting").fetchone() or (0,)
        assert (second["sent"], after) == (second["repeats"], before)
        assert TAPS // 8 < second["sent"] < TAPS // 4
        assert verify(conn, ALL_CHECKS).problems == []
