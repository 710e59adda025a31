"""Who asks too often waits; others do not."""

from __future__ import annotations

from satu.web.doors import limits
from satu.web.doors.limits import Buckets


def test_a_burst_then_so_many_a_minute():
    buckets = Buckets(burst=3, per_minute=60)
    assert [buckets.wait_s("a", 0.0) for _ in range(5)] == [0, 0, 0, 1, 1]
    assert buckets.wait_s("b", 0.0) == 0
    assert [buckets.wait_s("a", 1.0), buckets.wait_s("a", 1.0)] == [0, 1]
    assert [buckets.wait_s("a", 100.0) for _ in range(4)] == [0, 0, 0, 1]


def test_who_has_not_asked_for_longest_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(limits, "MACHINES", 2)
    buckets = Buckets(burst=1, per_minute=1)
    for who in "abc":
        assert buckets.wait_s(who, 0.0) == 0
    assert buckets.wait_s("c", 0.0) > 0 and buckets.wait_s("a", 0.0) == 0
