"""A past hour, minute by minute, for the map: read once and kept for all who look at it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date

import msgspec

from satu.insight.history import LATE_FOR_REPLAY, hour_frames
from satu.insight.places import Places
from satu.insight.queries import Connection
from satu.kernel.days import HOUR_MS, from_ms

KEPT = 48


class Hours:
    """The hours that were asked for, as JSON; one that still gets taps is read again each time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def told(
        self, connection: Connection, places: Places, day: date, hour: int, city_ms: int
    ) -> bytes:
        """An hour of a service day, the first is 0; however many ask, one reads."""
        assert 0 <= hour < 24
        start_ms = places.calendar.start_ms(day) + hour * HOUR_MS
        key = (places.version, start_ms)
        with self._lock:
            if key not in self._kept:
                frames = hour_frames(connection, from_ms(start_ms), places.index)
                told = msgspec.json.encode({"start_ms": start_ms, "frames": frames})
                late_ms = LATE_FOR_REPLAY.total_seconds() * 1000
                if city_ms < start_ms + HOUR_MS + late_ms:
                    return told
                self._kept[key] = told
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]
