"""The jobs that the clock starts, in the same database (procrastinate). Run by `satu up`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django import app

from satu.kernel.days import from_ms, to_ms
from satu.ledger import actions as ledger
from satu.partners.actions import forget_old
from satu.project import environment
from satu.project.clock import now_ms
from satu.taps.closing import close_days
from satu.taps.places import NoCityLoaded
from satu.taps.repairs import withdraw_repairs

EVERY_MINUTE = "* * * * *"
EVERY_TEN_MINUTES = "*/10 * * * *"


def _job(name: str, cron: str, work: Callable[[datetime], Any]) -> None:
    """Have `work` run when the cron line says so; a run still queued is not queued twice."""

    @app.periodic(cron=cron)
    @app.task(name=name, queueing_lock=name, lock=name)
    def run(timestamp: int) -> None:
        close_old_connections()  # one that the database dropped is not used again
        work(from_ms(now_ms()))


def _close_days(at: datetime) -> int:
    """End the days that are over; before a city is loaded there are none."""
    try:
        return close_days(url=environment.app_url(), now_ms=to_ms(at))
    except NoCityLoaded:
        return 0


def _withdraw_repairs(at: datetime) -> int:
    """Told taps give way to readers' own that came late."""
    return withdraw_repairs(url=environment.app_url(), actor="job:withdraw_repairs", at=at)


_job("ledger.roll_up", EVERY_MINUTE, lambda at: ledger.roll_up(at=at))
_job("ledger.expire_holds", EVERY_MINUTE, lambda at: ledger.expire_holds(at=at))
_job("partners.forget_old", EVERY_TEN_MINUTES, lambda at: forget_old(at=at))
_job("taps.close_days", EVERY_TEN_MINUTES, _close_days)
_job("taps.withdraw_repairs", EVERY_TEN_MINUTES, _withdraw_repairs)
