"""The gateway's clocks: real time, and one that follows the newest tap, for replays of old rides.

The age of a request is always judged by real time; the age of a tap by the injected clock.
"""

from __future__ import annotations

import time
from typing import Literal, Protocol

ClockName = Literal["real", "follow"]


def real_now_ms() -> int:
    """Milliseconds since 1970, UTC. The one place where the gateway reads the time."""
    return time.time_ns() // 1_000_000


class Clock(Protocol):
    def now_ms(self) -> int:
        """The instant by which taps are old or in the future."""

    def saw(self, at_ms: int) -> None:
        """A tap's time came in."""


class RealClock:
    def now_ms(self) -> int:
        return real_now_ms()

    def saw(self, at_ms: int) -> None:
        pass


class FollowingClock:
    """Stands at the newest tap it saw. For replays alone: one wrong tap can move it for good."""

    def __init__(self) -> None:
        self._newest_ms = 0

    def now_ms(self) -> int:
        return self._newest_ms

    def saw(self, at_ms: int) -> None:
        if at_ms > self._newest_ms:
            self._newest_ms = at_ms


def clock_named(name: ClockName) -> Clock:
    return FollowingClock() if name == "follow" else RealClock()
