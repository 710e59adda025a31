"""Each bench at a tiny size: it runs, accepts every tap, keeps the books, tells its figures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CARDS = 10_000
SATU = str(Path(sys.executable).with_name("satu"))
WINDOW_KEYS = {
    "requests", "taps", "window_s", "p50_ms", "p99_ms", "ran_out", "postings_a_tap",
    "wal_bytes_a_tap", "gateway_mib", "cpu_us_per_tap", "cards", "connections", "taps_a_request",
    "warm_s", "books_close", "checkpoint_before", "settings", "verify",
}  # fmt: skip


@pytest.fixture
def place(database: Any, server: Any) -> Iterator[None]:
    """The run's server as a named one; what benches left on it is dropped.

    All benches' tests are in this one file: a file is one worker's, and another's would be dropped.
    """
    yield
    found = server.admin.execute("select datname from pg_database where datname like 'satu_bench%'")
    for (name,) in found.fetchall():
        server.admin.execute(f"drop database {name} with (force)")


def _bench(*arguments: str, timed: bool = True) -> dict[str, Any]:
    command = [SATU, "bench", *arguments, *(["--seconds", "0.5"] if timed else []), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_postings_and_tpcb(place: None) -> None:
    told = _bench("ledger", "--cards", str(CARDS), "--verify")
    assert set(told) == {
        "postings_per_s", "tpcb_tps", "ratio", "rounds", "postings", "cpu_us_per_posting", "set",
        "connections", "warm_s", "cards", "books_close", "checkpoint_before", "settings", "verify",
    }  # fmt: skip
    assert told["verify"] and told["books_close"]
    assert told["cards"] == CARDS and told["postings"] % told["set"] == 0
    assert told["ratio"] == pytest.approx(told["postings_per_s"] / told["tpcb_tps"], abs=0.01)
    assert told["settings"]["fsync"] == "on"


def test_uploads_and_single_taps_share_a_database(place: None) -> None:
    told = _bench("upload", "--cards", str(CARDS), "--verify")
    assert set(told) == {"taps_per_s", *WINDOW_KEYS}
    assert told["verify"] and told["books_close"]
    assert told["taps"] == 1_000 * told["requests"] > 0
    assert 0.2 < told["postings_a_tap"] < 0.8
    assert {"generator", "gateway", "postgres", "gateway_load"} <= set(told["cpu_us_per_tap"])

    told = _bench("taps", "--cards", str(CARDS), "--no-profile", "--verify")
    assert set(told) == {"requests_per_s", *WINDOW_KEYS}
    assert told["verify"] and told["books_close"]
    assert told["taps"] == told["requests"] > 0
    assert told["connections"] == 64


def test_growth_with_stored_postings(place: None) -> None:
    sizes = ["--cards", str(CARDS), "--postings", "15000", "--pairs", "1"]
    told = _bench("growth", "--by", "postings", *sizes)
    assert told["books_close"]
    assert [side["cards"] for side in told["sides"]] == [CARDS, CARDS]
    few, many = (side["postings_before"] for side in told["sides"])
    assert few >= CARDS and many >= 15_000  # what was ridden before the clock is in both
    assert told["ratio"] > 0


def test_a_day_is_rated_again(place: None) -> None:
    asked = ("rerate", "--taps", "2000", "--processes", "2", "--verify")
    told = _bench(*asked, timed=False)
    assert set(told) == {
        "taps_per_s", "seconds_for_2_5m", "corrected_taps_per_s", "corrected_seconds_for_2_5m",
        "is_extrapolated", "taps", "cards", "corrected_cards", "window_s", "processes",
        "books_close", "checkpoint_before", "settings", "verify",
    }  # fmt: skip
    assert told["verify"] and told["books_close"] and told["is_extrapolated"]
    assert told["taps"] == 2_000 and 0 < told["corrected_cards"] <= told["cards"]
    assert told["seconds_for_2_5m"] == pytest.approx(2.5e6 / told["taps_per_s"], rel=0.01)
    again = _bench(*asked, timed=False)
    assert again["verify"] and again["taps"] == 2_000


def test_a_lost_card_reaches_every_gate(place: None) -> None:
    sizes = ["--readers", "300", "--reports", "5", "--least-s", "1", "--most-s", "1.5"]
    told = _bench("denials", *sizes, timed=False)
    assert set(told) == {
        "published_s", "gates_p50_s", "gates_p95_s", "gates_max_s", "readers", "reports",
        "pause_s", "polls_per_s", "gateway_cpu", "window_s",
    }  # fmt: skip
    assert (told["readers"], told["reports"], told["pause_s"]) == (300, 5, [1.0, 1.5])
    assert 0 < told["published_s"] < 5
    # A list is asked of the database once a second; a reader asks for it once a pause.
    assert told["gates_p50_s"] <= told["gates_p95_s"] <= told["gates_max_s"]
    assert told["gates_p95_s"] < 5
    assert told["polls_per_s"] > 100


def test_pages_are_asked_for_with_cards_and_taps_stored(place: None) -> None:
    sizes = ["--cards", "600", "--taps", "3000", "--requests", "5"]
    told = _bench("pages", *sizes, "--verify", timed=False)
    assert set(told) == {
        "page", "p95_ms", "p50_ms", "pages", "measured", "not_reached", "answered_otherwise",
        "requests", "settings", "cards", "taps", "books_close", "verify",
    }  # fmt: skip
    assert told["verify"] and told["books_close"]
    assert told["cards"] == 600 and 3_000 <= told["taps"] < 4_000
    pages = told["pages"]
    assert told["measured"] == len(pages) and told["p95_ms"] == pages[told["page"]]["p95_ms"]
    assert {one["requests"] for one in pages.values()} == {5}
    assert told["p95_ms"] == max(one["p95_ms"] for one in pages.values()) > 0
    # As staff of the city, of an operator, of a bank, and as a resident, with what they hold.
    assert {"console:live_data", "console:place", "console:own_revenue", "console:bank"} <= {*pages}
    assert {"console:card", "portal:home", "portal:history", "portal:journey"} <= {*pages}
    assert not {*pages} & {*told["not_reached"]}


def test_the_live_page_is_watched_while_taps_come_in(place: None) -> None:
    sizes = ["--viewers", "20", "--cards", str(CARDS), "--pairs", "1"]
    told = _bench("viewers", *sizes, "--verify")
    assert set(told) == {
        "ratio", "ratios", "viewers", "pairs", "alone", "watched", "viewers_saw", "cards",
        "window_s", "books_close", "checkpoint_before", "settings", "verify",
    }  # fmt: skip
    assert told["verify"] and told["books_close"]
    assert told["ratio"] == told["ratios"][0] > 0
    assert told["alone"]["requests_per_s"] > 0 and told["watched"]["requests_per_s"] > 0
    (look,) = told["viewers_saw"]
    assert look["answers"] >= 20 and 0 < look["p50_ms"] <= look["p95_ms"]


def test_cards_are_loaded_and_profiles_opened(place: None) -> None:
    told = _bench("cards-import", "--cards", "4000", "--verify", timed=False)
    assert set(told) == {
        "cards_per_s", "profile_p95_ms", "profile_p50_ms", "profile_p95_ms_12m",
        "is_extrapolated", "profile_p95_ms_tenth", "cpu_us_per_card", "cards", "residents",
        "window_s", "processes", "looks", "checkpoint_before", "settings", "verify",
    }  # fmt: skip
    assert told["verify"] and told["is_extrapolated"]
    assert told["cards"] == told["residents"] == 4_000
    assert told["cards_per_s"] == pytest.approx(4_000 / told["window_s"], rel=0.01)
    assert set(told["cpu_us_per_card"]) == {"parse", "check", "seal", "write", "postgres"}
    assert 0 < told["profile_p50_ms"] <= told["profile_p95_ms"] <= told["profile_p95_ms_12m"]
