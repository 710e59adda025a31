"""A circuit breaker a bank: one that does not answer is left alone, then probed. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

FAILURES_TO_OPEN = 5
SHORTEST = timedelta(seconds=60)
LONGEST = timedelta(minutes=15)


class Breaker(NamedTuple):
    """`failures` in a row; from the fifth on no call is made until `open_until`."""

    failures: int
    open_until: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether the bank is taken to be out: it is probed before anything else is asked."""
        return self.open_until is not None

    def may_call(self, at: datetime) -> bool:
        """Whether a call, or if it is open a probe, may be made."""
        return self.open_until is None or at >= self.open_until

    def after_answer(self) -> Breaker:
        """The bank answered."""
        return Breaker(0, None)

    def after_failure(self, at: datetime) -> Breaker:
        """It did not, or told of an error of its own."""
        failures = self.failures + 1
        if failures < FAILURES_TO_OPEN:
            return Breaker(failures, None)
        waits = min(SHORTEST * 2 ** min(failures - FAILURES_TO_OPEN, 10), LONGEST)
        return Breaker(failures, at + waits)
