"""What goes wrong on a day of a demo, so that staff are called for something. Pure and seeded.

A bus's reader goes dark: its passengers board without a tap, and after a while it is missed. A
gate's clock runs ahead: it says so in its reports, and its taps are dated by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

import msgspec

from satu.city.simulate import Event

# So many taps a reader has a habit that its silence breaks (satu.insight.counts), and some more
# because taps of refused riders' trips are not sent.
BEFORE_DARK = 25
AHEAD_MS = 45_000  # less than any ride takes, so nobody leaves before they came


class Troubles(NamedTuple):
    """Codes of readers: `dark` ("" for none) from an instant on, and with a clock `ahead`."""

    dark: str
    dark_ms: int
    ahead: str

    def is_dark(self, device: str, at_ms: int) -> bool:
        return device == self.dark and at_ms > self.dark_ms

    def drift_ms(self, device: str) -> int:
        """How far a reader's clock is ahead."""
        return AHEAD_MS if device == self.ahead else 0

    def clock_of(self, device: str, right_ms: Callable[[], int]) -> Callable[[], int]:
        """The clock of a reader, where another one is right."""
        drift_ms = self.drift_ms(device)
        return lambda: right_ms() + drift_ms


def troubles_of(events: Sequence[Event], seed: int) -> Troubles:
    """The bus's reader that is the first to be known falls silent; a gate's clock is wrong."""
    dark, dark_ms = "", 0
    taps: Counter[str] = Counter()
    for event in events:
        if event.device.startswith("bus:") and event.mode == "single":
            taps[event.device] += 1
            if taps[event.device] == BEFORE_DARK:
                dark, dark_ms = event.device, event.tap.at_ms
                break
    gates = sorted({event.device for event in events if event.device.startswith("gate:")})
    ahead = Random(f"{seed}/ahead").choice(gates) if gates else ""
    return Troubles(dark, dark_ms, ahead)


def troubled(events: Sequence[Event], troubles: Troubles) -> list[Event]:
    """A day's events as they are with its troubles."""
    return [
        _dated(event, troubles.drift_ms(event.device))
        for event in events
        if not troubles.is_dark(event.device, event.tap.at_ms)
    ]


def _dated(event: Event, drift_ms: int) -> Event:
    if not drift_ms:
        return event
    tap = msgspec.structs.replace(event.tap, at_ms=event.tap.at_ms + drift_ms)
    return event._replace(tap=tap)
