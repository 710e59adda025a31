"""A told tap on its way into the books: looked at, or folded in by the tap's own commit. No Django.

Called by satu.taps.repairs, and after rights were changed to price a card's days anew. Each
write is one commit that holds only if the card is still as it was looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

import msgspec
import psycopg

from satu.cards.kinds import CardState
from satu.cards.store import IS_OVER
from satu.kernel.days import DAY_MS
from satu.kernel.ids import tap_id
from satu.kernel.refusal import Outcome
from satu.services import all as services
from satu.services.base import TapSeen, Use
from satu.services.rules import Rules
from satu.taps import places, repair_rules, store
from satu.taps.card import Card, CardWork, rider_of
from satu.taps.day import Day
from satu.taps.directory import Directory
from satu.taps.fold import Folding
from satu.taps.repair_rules import (
    MISSING,
    Refusal,
    Rehearsed,
    Said,
    rehearse,
    told_tap,
    use_in,
)
from satu.taps.rerate import Period, fold_again
from satu.taps.road import LATE_LIMIT_MS, MAX_ATTEMPTS, Road
from satu.taps.tap import Answer, Arrival, Decided, Told, digest
from satu.wire.messages import Direction, Tap

DIRECTIONS: tuple[Direction, ...] = ("either", "entry", "exit")

T = TypeVar("T")


class Case(NamedTuple):
    """A request in the city's own terms.

    `on` is the use's service day; `device` and `sequence` name the tap that is told; `earlier`
    are taps that were told before and are not among those stored.
    """

    card: int
    use: int
    on: date
    said: Said
    device: int
    sequence: int
    earlier: tuple[TapSeen, ...] = ()

    @property
    def name(self) -> int:
        return tap_id(self.device, self.sequence)


class Looked(NamedTuple):
    """What is known of a card around a told tap, and what that would change.

    `is_final`: automatic re-rating has ended for the tap's day, what is due flows back by a
    plain refund.
    """

    card: Card
    use: Use
    told: TapSeen
    rehearsed: Rehearsed
    is_final: bool


class Surroundings(NamedTuple):
    """What every look and every commit needs."""

    conn: psycopg.AsyncConnection[Any]
    rules: Rules
    books: Directory


def load_rules(url: str) -> Rules:
    """The facts in force, made ready. NoCityLoaded if there are none."""
    assert services.SERVICES
    with psycopg.connect(url) as conn:
        return Rules(places.load_bundle(conn))


def run(url: str, rules: Rules, job: Callable[[Surroundings], Coroutine[Any, Any, T]]) -> T:
    """Do a job with a connection of its own, from a program that knows no event loop."""

    async def with_connection() -> T:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
            return await job(Surroundings(conn, rules, await Directory.load(conn)))

    return asyncio.run(with_connection())


async def _is_over(conn: psycopg.AsyncConnection[Any], card: int) -> bool:
    """Whether a closed card has no successor: what comes back goes to the successor's purse."""
    row = await (await conn.execute(IS_OVER, [card])).fetchone()
    return row is not None and bool(row[0])


async def look(around: Surroundings, case: Case, now_ms: int) -> Looked | Answer | Refusal:
    """What a told tap would change; if it is folded in already, the answer that it got.

    Refusals: card_unknown, card_closed, use_unknown, use_not_incomplete.
    """
    conn, rules, _ = around
    loaded = await store.load(conn, [case.card], [case.name])
    card = loaded.cards.get(case.card)
    if card is None:
        return Refusal.CARD_UNKNOWN
    if case.name in loaded.stored:
        return loaded.stored[case.name].answer
    if card.state == CardState.CLOSED and await _is_over(conn, card.id):
        return Refusal.CARD_CLOSED
    told_on = rules.calendar.day_of(case.said.at_ms)
    (card,) = await store.load_days(conn, [card], min(case.on, told_on))
    use = use_in(card.days, case.use)
    if use is None:
        return Refusal.USE_UNKNOWN
    if use.use_class not in MISSING:
        return Refusal.USE_NOT_INCOMPLETE
    assert card.seen is not None
    is_final = now_ms > rules.calendar.end_ms(told_on) + LATE_LIMIT_MS
    told = told_tap(use, case.said, case.name)
    rehearsed = rehearse(
        Folding(rules, rider_of(card, rules)),
        card.days,
        card.seen,
        use,
        told,
        earlier=case.earlier if is_final else (),
        as_stored=not is_final,
    )
    return Looked(card, use, told, rehearsed, is_final)


async def mend(around: Surroundings, case: Case, now_ms: int) -> Answer | Refusal:
    """Fold a told tap in as an admitted one; sent again, it gets the answer that it got.

    Refusals: those of `look`, nothing_to_refund (it would not lower what is charged), day_full.
    """
    conn, rules, books = around
    for _ in range(MAX_ATTEMPTS):
        looked = await look(around, case, now_ms)
        if not isinstance(looked, Looked):
            return looked
        assert not looked.is_final, "an old day is not folded again"
        if looked.rehearsed.difference >= 0:
            return Refusal.NOTHING_TO_REFUND
        work = CardWork(looked.card, rules, books)
        told = _told(rules, case, looked.told, now_ms)
        if work.room(told.day) <= 0:
            return Refusal.DAY_FULL
        work.decide_together([told])
        committed = await store.commit(conn, [work], [], rules, now_ms)
        if not committed.stale:
            return work.rows[0].answer
    raise AssertionError(f"card {case.card} stayed stale for {MAX_ATTEMPTS} attempts")


async def is_needless(around: Surroundings, case: Case, told: TapSeen) -> bool:
    """Whether the use of a told tap that was folded in lacks nothing without it."""
    conn, rules, _ = around
    card = (await store.load(conn, [case.card], [])).cards[case.card]
    first = min(case.on, rules.calendar.day_of(told.at_ms))
    (card,) = await store.load_days(conn, [card], first)
    assert card.seen is not None
    folding = Folding(rules, rider_of(card, rules))
    return repair_rules.is_needless(folding, card.days, card.seen, case.use, told)


async def withdraw(around: Surroundings, case: Case, told: TapSeen, now_ms: int) -> Answer:
    """Take a told tap out of its day's fold; what it had saved is charged again.

    It was stored as a tap that asked: its device says now that it let nobody through.
    """
    conn, rules, books = around
    tap = msgspec.structs.replace(_told(rules, case, told, now_ms).arrival.tap, decided="refused")
    road = Road(rules, books, token_key=b"")
    (answer,) = await road.travel(conn, [Arrival(case.device, tap, now_ms)], now_ms=now_ms)
    assert answer.outcome is Outcome.READER_REFUSED, answer
    return answer


def _told(rules: Rules, case: Case, seen: TapSeen, now_ms: int) -> Told:
    """A told tap as if a reader had sent it and asked, so that it can be withdrawn."""
    route = rules.routes.get(seen.route)
    tap = Tap(
        sequence=case.sequence,
        at_ms=seen.at_ms,
        token=str(case.card),
        point=rules.points[seen.point].code,
        direction=DIRECTIONS[seen.direction],
        route=route.code if route else "",
        decided="ask",
        riders=seen.riders,
    )
    arrival = Arrival(case.device, tap, now_ms)
    day = rules.calendar.day_of(seen.at_ms)
    return Told(0, arrival, seen, day, case.card, Decided.ASK, digest(tap), None)


def refold_card(*, url: str, card: int, since: date | None, now_ms: int) -> int:
    """Price a card's days anew from `since` on, after its rights were changed; the difference.

    Below zero that flowed back. Days whose automatic re-rating has ended stay as they are; with
    None all others are priced anew. Safe to run again: what is priced already changes nothing.
    """
    rules = load_rules(url)
    oldest = rules.calendar.day_of(now_ms - LATE_LIMIT_MS - DAY_MS)
    if now_ms > rules.calendar.end_ms(oldest) + LATE_LIMIT_MS:
        oldest += timedelta(days=1)
    first = max(since or oldest, oldest)
    return run(url, rules, lambda around: _refold(around, card, first, now_ms))


async def _refold(around: Surroundings, serial: int, first: date, now_ms: int) -> int:
    conn, rules, books = around
    for _ in range(MAX_ATTEMPTS):
        found = (await store.load(conn, [serial], [])).cards
        if serial not in found:
            return 0
        (card,) = await store.load_days(conn, [found[serial]], first)
        work = CardWork(card, rules, books)
        work.take(fold_again(work.folding, card, Period(first, date.max)))
        if not work.changed_days():
            return 0
        if not (await store.commit(conn, [work], [], rules, now_ms)).stale:
            return _cost(work.days.values()) - _cost(card.days)
    raise AssertionError(f"card {serial} stayed stale for {MAX_ATTEMPTS} attempts")


def _cost(days: Iterable[Day]) -> int:
    return sum(use.fare for day in days for use in day.all_uses())
