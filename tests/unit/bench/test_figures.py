"""What benches make of what they counted."""

from __future__ import annotations

from array import array

from satu.bench.generator import Sent
from satu.bench.growth import cost, ratio
from satu.bench.ledger import TPS
from satu.bench.measure import Spent, Window, figures, purpose
from satu.bench.road import by_part
from satu.bench.sampler import part_of

LATENCIES = array("d", [number / 1000 for number in range(1, 101)])
SENT = Sent(seconds=2.0, latencies_s=LATENCIES, ran_out=False)
WINDOW = Window(
    SENT, Spent(0.2, 1.5, 1.0), {"accepted": 120_000}, 60_000, 96_000_000, {"rss": 90, "peak": 95}
)


def test_percentiles_are_of_requests() -> None:
    assert round(SENT.percentile_ms(50)) == 51
    assert round(SENT.percentile_ms(99)) == 100
    assert Sent(1.0, array("d"), True).percentile_ms(99) == 0.0


def test_a_window_tells_requests_taps_and_postings() -> None:
    assert figures(WINDOW, 1_000) == {
        "requests": 100,
        "taps": 100_000,
        "window_s": 2.0,
        "p50_ms": 51.0,
        "p99_ms": 100.0,
        "ran_out": False,
        "postings_a_tap": 0.5,
        "wal_bytes_a_tap": 800,
        "gateway_mib": {"rss": 90, "peak": 95},
    }


def test_processor_time_is_divided_as_the_profile_says() -> None:
    shares = {"gateway": {"load": 0.2, "commit": 0.8}, "postgres": {"commit": 1.0}}
    assert by_part(WINDOW, 1_000, shares) == {
        "generator": 2.0,
        "gateway": 15.0,
        "postgres": 10.0,
        "gateway_commit": 12.0,
        "gateway_load": 3.0,
        "postgres_commit": 10.0,
    }


def test_a_server_elsewhere_has_no_processor_time() -> None:
    away = WINDOW._replace(spent=Spent(0.2, 1.5, None))
    told = by_part(away, 1_000, {"postgres": {"commit": 1.0}})
    assert told == {"generator": 2.0, "gateway": 15.0, "postgres": None}
    assert cost(away) == (20.0, None)


def test_growth_is_the_median_over_pairs() -> None:
    assert ratio([10.0, 10.0, 10.0], [11.0, 30.0, 9.0]) == 1.1
    assert ratio([10.0, None], [11.0, 12.0]) is None


def test_pgbench_tells_its_rate() -> None:
    told = "latency average = 2.5 ms\ntps = 3122.251 (without initial connection time)\n"
    found = TPS.search(told)
    assert found is not None and float(found[1]) == 3122.251


def test_statements_have_a_purpose() -> None:
    assert purpose("select * from taps_load_v1($1)") == "load"
    assert purpose("select * from taps_commit_v1($1, $2") == "commit"
    assert purpose("insert into taps_upload (device") == "rest"


def test_time_outside_the_gateway_is_the_loops() -> None:
    assert part_of(None) == "lanes"
