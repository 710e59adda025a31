"""Seals the audit trail each second: a thread of the jobs' process (satu.project.worker).

Not one of procrastinate's jobs, which come once a minute at most.
"""

from __future__ import annotations

import logging
from threading import Event

import psycopg

from satu.audit.store import seal
from satu.kernel.days import from_ms
from satu.project.clock import now_ms

EVERY_S = 1.0
PAUSE_S = 5.0  # after the database was lost

log = logging.getLogger(__name__)


def keep_sealing(url: str, stop: Event) -> None:
    """Seal what waits, each second, until told to stop; a lost database is sought again."""
    pause = 0.0
    while not stop.wait(pause):
        try:
            with psycopg.connect(url, autocommit=True) as conn:
                while not stop.wait(EVERY_S):
                    seal(conn, at=from_ms(now_ms()))
        except psycopg.Error as error:
            reason = str(error).strip().splitlines()[:1]
            log.warning("the audit trail is not sealed, trying again: %s", *reason or [repr(error)])
            pause = PAUSE_S
