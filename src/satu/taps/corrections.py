"""Fares of days that are already stored, corrected after the rules in force were.

Within 72 hours after a service day; later nothing is re-rated by itself. What changes is posted
now and settles now: nothing that was posted is touched.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import psycopg

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.kernel.days import to_ms
from satu.services.rules import Rules
from satu.taps import places
from satu.taps.rerate import Corrected, Order, Period, Refusal, refusal, rerate


def correct_fares(
    *,
    url: str,
    first: date,
    last: date,
    processes: int,
    actor: str,
    at: datetime,
    on_batch: Callable[[int, int], None] = lambda *_: None,
) -> Corrected | Refusal:
    """Fold service days again by the rules in force and post the differences.

    Safe to run again, beside gateways, and after a crash: each batch of cards is one commit.
    """
    with psycopg.connect(url) as conn:
        bundle = places.load_bundle(conn)
    period, now_ms = Period(first, last), to_ms(at)
    refused = refusal(Rules(bundle), period, now_ms)
    if refused is not None:
        return refused
    subject = Subject("service_day", first.isoformat())
    until: Detail = {"last": last.isoformat()}
    record(subject=subject, action="fares.correction_begun", actor=actor, at=at, detail=until)
    order = Order(url, bundle, period, Corrected, now_ms)
    counted = rerate(order, processes=processes, on_batch=on_batch)
    assert isinstance(counted, Corrected)
    done: Detail = {
        **until,
        "cards": counted.cards,
        "changed": counted.changed,
        "difference": counted.difference,
    }
    record(subject=subject, action="fares.corrected", actor=actor, at=at, detail=done)
    return counted
