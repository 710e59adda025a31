"""How long a change from one leg to another took, as Fares v2's duration types measure. Pure."""

from __future__ import annotations

from satu.fares.legs import Leg
from satu.fares.tariff import DurationType


def elapsed_ms(kind: DurationType, started_ms: int, ended_ms: int, leg: Leg) -> int:
    """Milliseconds from the first leg's departure (0, 1) or arrival (2, 3) to `leg`'s departure
    (1, 2) or arrival (0, 3). An arrival that nobody knows counts as the departure.
    """
    since_ms = started_ms if kind in (0, 1) else max(started_ms, ended_ms)
    until_ms = leg.started_ms if kind in (1, 2) else max(leg.started_ms, leg.ended_ms)
    return until_ms - since_ms
