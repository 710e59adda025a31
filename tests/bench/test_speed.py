"""What Satu promises on two processors with a million cards. Run alone, on a quiet machine:

python -m pytest tests/bench
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SATU = str(Path(sys.executable).with_name("satu"))


def _bench(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [SATU, "bench", *arguments, "--json"], stdout=subprocess.PIPE, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(told))
    return told


def test_postings() -> None:
    told = _bench("ledger")
    assert told["postings_per_s"] >= 40_000
    assert told["ratio"] >= 10


def test_uploads() -> None:
    told = _bench("upload")
    assert told["taps_per_s"] >= 10_000
    assert told["p99_ms"] < 1_000


def test_single_taps() -> None:
    told = _bench("taps")
    assert told["requests_per_s"] >= 4_000
    assert told["p99_ms"] < 50


def test_costs_do_not_grow() -> None:
    for kind in ("cards", "postings"):
        assert _bench("growth", "--by", kind)["ratio"] <= 1.2


def test_fares() -> None:
    assert _bench("fares")["legs_per_s"] >= 60_000


def test_a_day_is_rated_again() -> None:
    told = _bench("rerate")
    assert told["seconds_for_2_5m"] < 240
    assert told["corrected_seconds_for_2_5m"] < 240


def test_cards_of_a_banks_file() -> None:
    told = _bench("cards-import")
    assert told["cards_per_s"] >= 10_000
    assert told["profile_p95_ms"] < 10


def test_a_lost_card_is_refused_at_every_gate() -> None:
    told = _bench("denials", "--readers", "5000")
    assert told["published_s"] <= 5
    assert told["gates_p95_s"] <= 60


def test_every_page_is_quick() -> None:
    told = _bench("pages")
    assert told["p95_ms"] <= 200, (told["page"], told["pages"][told["page"]])


def test_viewers_of_the_live_page_slow_no_gateway() -> None:
    assert _bench("viewers")["ratio"] < 1.1
