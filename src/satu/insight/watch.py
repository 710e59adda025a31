"""Watches the city: raises alarms, ends those that are over. Called by insight.jobs.

It keeps a picture of its own, as a page's process does, and asks the counted quarters.
"""

from __future__ import annotations

from datetime import datetime

from satu.insight import history
from satu.insight.actions import keep_alarms
from satu.insight.alarms import Detail, Found, Kind, book_alarms, refusal_alarms, silent_alarms
from satu.insight.live import LivePicture
from satu.insight.queries import Connection, newest_proof
from satu.kernel.days import QUARTER_MS, from_ms, to_ms
from satu.partners.banks import banks, breaker

WINDOW_MS = 2 * QUARTER_MS


def watch(picture: LivePicture, connection: Connection, *, at: datetime) -> int:
    """Bring the picture and the alarms up to date; how many alarms are open. `at` is real time."""
    picture.refresh(connection, at)
    now_ms = picture.city_ms or to_ms(at)
    found = book_alarms(((book.book, book.difference) for book in picture.books), now_ms)
    found += _banks_out(now_ms)
    found += _proof_failed(connection)
    found += _riders(picture, connection)
    return keep_alarms(found=found, city_at=from_ms(now_ms), at=at)


def _banks_out(now_ms: int) -> list[Found]:
    """Banks whose breaker is open: they do not answer, and are only probed."""
    found = []
    for bank in banks():
        if breaker(bank).is_open:
            detail: Detail = {"bank": bank.partner.code, "failures": bank.failures}
            found.append(Found(Kind.BANK_OUT, bank.partner.code, now_ms, detail))
    return found


def _proof_failed(connection: Connection) -> list[Found]:
    proof = newest_proof(connection)
    if proof is None or not proof.problems:
        return []
    detail: Detail = {"problems": proof.problems, "first": proof.first}
    return [Found(Kind.PROOF_FAILED, "books", to_ms(proof.at), detail)]


def _riders(picture: LivePicture, connection: Connection) -> list[Found]:
    """Silence and refusals, from the last half hour that is counted."""
    complete = history.counted_upto(connection)
    if picture.today is None or picture.places is None or complete is None:
        return []
    upto_ms = min(picture.city_ms, to_ms(complete)) // QUARTER_MS * QUARTER_MS
    since_ms = upto_ms - WINDOW_MS
    if since_ms < picture.places.calendar.start_ms(picture.today.day):
        return []  # yesterday evening's half hour says nothing of today
    end = from_ms(upto_ms)
    flows = history.flows(connection, picture.today.day, end)
    silent = silent_alarms(picture.today, flows, picture.city_ms, since_ms)
    return [*silent, *refusal_alarms(flows, since_ms)]
