"""The bench of loading cards at a tiny size: it loads every line and tells its figures."""

from __future__ import annotations

import pytest

from tests.journeys.test_bench import _bench, place

__all__ = ["place"]


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
