"""What a gateway tells Prometheus about itself. No tokens, cards or devices among the labels."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from satu.taps.tap import Answer

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Metrics:
    """One gateway's own registry, so that two in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.taps = Counter(
            "satu_taps", "Taps answered, by outcome", ["outcome"], registry=self.registry
        )
        self.repeats = Counter(
            "satu_taps_repeated", "Taps that were known already", registry=self.registry
        )
        self.requests = Counter(
            "satu_requests", "Requests answered", ["path", "status"], registry=self.registry
        )
        self.batch_taps = self._histogram("satu_batch_taps", "Taps a batch", SIZES)
        self.lane_wait = self._histogram(
            "satu_lane_wait_seconds", "Wait of a batch's oldest tap for its lane"
        )
        self.travel = self._histogram(
            "satu_travel_seconds", "A batch from its lane to durable commit, folds included"
        )
        self.database = self._histogram(
            "satu_database_seconds", "A batch's wait for the database, loads and commits"
        )
        self.commit = self._histogram("satu_commit_seconds", "A wait for a commit")
        self.queued = Gauge("satu_queue_taps", "Taps that wait", ["kind"], registry=self.registry)
        self.database_up = Gauge(
            "satu_lanes_up", "Lanes that have their database connection", registry=self.registry
        )
        self.failures = Counter(
            "satu_batch_failures",
            "Batches that failed, by reason",
            ["reason"],
            registry=self.registry,
        )

    def _histogram(self, name: str, about: str, buckets: Sequence[float] = SECONDS) -> Histogram:
        return Histogram(name, about, buckets=buckets, registry=self.registry)

    def answered(self, answers: Sequence[Answer]) -> None:
        """Count a batch's answers."""
        for outcome, times in Count(answer.outcome for answer in answers).items():
            self.taps.labels(outcome.code).inc(times)
        repeats = sum(answer.repeat for answer in answers)
        if repeats:
            self.repeats.inc(repeats)

    def text(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self.registry)
