"""What readers tell of themselves: noted in memory, written a few times a minute, all at once.

Apart from lanes and desk: no tap ever waits for it, and what is lost with a process is told again.
"""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from satu.gateway import log as logs
from satu.gateway.clock import Clock, real_now_ms
from satu.gateway.link import Reader
from satu.gateway.problems import ProblemError
from satu.kernel.days import from_ms
from satu.taps.health import HealthSeen, keep_health
from satu.wire.messages import Health

WRITE_EVERY_S = 5.0

log = structlog.get_logger()


class HealthNotes:
    """The newest report of each reader that is not written yet."""

    def __init__(self, reader: Reader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock
        self._notes: dict[int, HealthSeen] = {}

    def note(self, device: int, told_ms: int, report: Health) -> None:
        """Take a report that a reader signed at `told_ms` of its own clock."""
        now_ms = real_now_ms()
        age_s = max(0, now_ms - report.deny_list_ms) // 1000 if report.deny_list_ms else None
        self._notes[device] = HealthSeen(
            device=device,
            seen_at=from_ms(self._clock.now_ms() or now_ms),
            clock_drift_ms=told_ms - now_ms,
            queued=report.queued,
            tariff=report.tariff,
            deny_list=report.deny_list,
            deny_list_age_s=age_s,
            program=report.program,
        )

    async def serve(self) -> None:
        """Write what was noted, again and again, until cancelled."""
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.write()

    async def write(self) -> None:
        """Write what was noted; if the database is away, it is noted again by then."""
        notes, self._notes = self._notes, {}
        if not notes:
            return
        reports = [notes[device] for device in sorted(notes)]
        try:
            await self._reader.read(partial(keep_health, reports=reports))
        except ProblemError:
            self._notes = notes | self._notes
        except Exception as error:
            log.error("health_not_kept", **logs.of_error(error))
