"""Prices recorded taps again, straight from storage: to rehearse a tariff, or to correct fares.

No Django. Cards are taken in batches by their serials, in several processes; each batch is read
with a few statements, folded again without a clock or a network, and told to a tally. A
correction writes the cards whose uses changed through the same commit as every tap.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple, Protocol

import msgspec
import psycopg

from satu.kernel.children import answer, children, hear
from satu.services import all as services
from satu.services import sealed
from satu.services.base import Rider, Use
from satu.services.rules import Bundle, Rules
from satu.taps import fold, store
from satu.taps.card import Card, CardWork
from satu.taps.day import Day
from satu.taps.directory import Directory
from satu.taps.fold import Folding
from satu.taps.road import LATE_LIMIT_MS, MAX_ATTEMPTS

BATCH_SERIALS = 1_000

LAST_SERIAL = "select coalesce(max(id), 0) from cards_card"
CARDS = """
select u.id from generate_series(%s::bigint, %s::bigint) as u (id)
 where exists (select from taps_card_day d
                where d.card = u.id and d.service_day between %s and %s)
 order by u.id
"""


class Refusal(StrEnum):
    """Why fares of a period are not corrected."""

    DAYS_ARE_FINAL = "days_are_final"  # 72 hours after a service day nothing is re-rated by itself


class Period(NamedTuple):
    """Service days, both included."""

    first: date
    last: date


class Rerated(NamedTuple):
    """A card's uses of a period as they are stored, and as they are folded again."""

    card: int
    rider: Rider
    before: tuple[Use, ...]
    after: tuple[Use, ...]
    taps: int


class Tally(Protocol):
    """What a re-rating is told card by card; made in each process, sent over and put together."""

    def add(self, rules: Rules, one: Rerated) -> None:
        """Count a card in."""

    def join(self, other: Any) -> None:
        """Count in what another process counted; `other` is of the same class."""


class Corrected(msgspec.Struct):
    """What a correction did: cards and taps folded again, cards whose fares changed, by how much.

    `difference` is what all cards together pay more (or less) in the asset's smallest unit.
    """

    cards: int = 0
    taps: int = 0
    changed: int = 0
    difference: int = 0
    by_operator: dict[int, int] = {}

    def add(self, rules: Rules, one: Rerated) -> None:
        """Count a card in."""
        self.cards += 1
        self.taps += one.taps
        if one.before == one.after:
            return
        self.changed += 1
        for uses, sign in ((one.after, 1), (one.before, -1)):
            for use in uses:
                self.difference += sign * use.fare
                for operator, amount in use.shares:
                    was = self.by_operator.get(operator, 0)
                    self.by_operator[operator] = was + sign * amount

    def join(self, other: Corrected) -> None:
        """Count in what another process counted."""
        self.cards += other.cards
        self.taps += other.taps
        self.changed += other.changed
        self.difference += other.difference
        for operator, amount in other.by_operator.items():
            self.by_operator[operator] = self.by_operator.get(operator, 0) + amount


class Order(NamedTuple):
    """What every process is told. `now_ms` None: nothing is written."""

    url: str
    bundle: Bundle
    period: Period
    tally: Callable[[], Tally]
    now_ms: int | None = None


def refusal(rules: Rules, period: Period, now_ms: int) -> Refusal | None:
    """Why the fares of a period may not be corrected any more; None: they may."""
    is_final = now_ms > rules.calendar.end_ms(period.first) + LATE_LIMIT_MS
    return Refusal.DAYS_ARE_FINAL if is_final else None


def rerate(
    order: Order, *, processes: int, on_batch: Callable[[int, int], None] = lambda *_: None
) -> Tally:
    """Fold the cards that tapped in a period again; what was counted.

    `on_batch` is told how many serials were looked through, of how many. To be killed does no
    harm: each batch is one commit, and what was corrected is not corrected again.
    """
    if order.now_ms is not None:
        assert refusal(Rules(order.bundle), order.period, order.now_ms) is None
    with psycopg.connect(order.url) as conn:
        row = conn.execute(LAST_SERIAL).fetchone()
        assert row is not None
        last = int(row[0])
    batches = [
        range(n, min(n + BATCH_SERIALS, last + 1)) for n in range(1, last + 1, BATCH_SERIALS)
    ]
    counted = order.tally()
    done = 0
    for looked, part in _told(order, batches, min(processes, len(batches))):
        counted.join(part)
        done += looked
        on_batch(done, last)
    return counted


def _told(order: Order, batches: Sequence[range], processes: int) -> Iterator[tuple[int, Tally]]:
    if processes <= 1:
        with _Worker(order) as worker:
            for batch in batches:
                yield len(batch), worker.take(batch)
        return
    encoded = (*order[:1], sealed.encode(order.bundle), *order[2:])
    with children(processes, _serve, encoded) as pipes:
        left = iter(batches)
        busy: dict[Connection, range] = {}
        for pipe in pipes:
            _hand(pipe, left, busy)
        while busy:
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)
                looked = len(busy.pop(ready))
                part = hear(ready)
                _hand(ready, left, busy)
                yield looked, part


def _hand(pipe: Connection, left: Iterator[range], busy: dict[Connection, range]) -> None:
    batch = next(left, None)
    if batch is not None:
        pipe.send(batch)
        busy[pipe] = batch


def _serve(encoded: tuple[Any, ...], pipe: Connection) -> None:
    """A process' own life: it rates the batches that come."""
    order = Order(encoded[0], sealed.decode(encoded[1]), *encoded[2:])
    with _Worker(order) as worker:
        answer(pipe, worker.take)


class _Worker:
    """One process' connection, rules and event loop. Use as a context manager."""

    def __init__(self, order: Order) -> None:
        assert services.SERVICES
        self._order = order
        self._rules = Rules(order.bundle)
        self._runner = asyncio.Runner()

    def __enter__(self) -> _Worker:
        self._conn, self._books = self._runner.run(self._connect())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._conn.close())
        self._runner.close()

    async def _connect(self) -> tuple[psycopg.AsyncConnection[Any], Directory]:
        conn = await psycopg.AsyncConnection.connect(self._order.url, autocommit=True)
        return conn, await Directory.load(conn)

    def take(self, serials: range) -> Tally:
        """Fold a batch of cards again; what was counted of them."""
        return self._runner.run(self._take(serials))

    async def _take(self, serials: range) -> Tally:
        order, conn = self._order, self._conn
        counted = order.tally()
        cursor = await conn.execute(CARDS, [serials[0], serials[-1], *order.period])
        pending = [card for (card,) in await cursor.fetchall()]
        for _ in range(MAX_ATTEMPTS):
            if not pending:
                return counted
            works = await self._folded(pending)
            pending = []
            if order.now_ms is not None:
                changed = [work for work in works if work.changed_days()]
                committed = await store.commit(conn, changed, [], self._rules, order.now_ms)
                pending = sorted(committed.stale)
            for work in works:
                if work.card.id not in pending:
                    counted.add(self._rules, _outcome(work, order.period))
        raise AssertionError(f"cards stayed stale for {MAX_ATTEMPTS} attempts: {pending[:5]}")

    async def _folded(self, serials: Sequence[int]) -> list[CardWork]:
        """Cards with their period folded again; of a correction, what that changes is planned.

        A card's row is read before its days: if a tap comes in between, the commit finds the
        card stale.
        """
        order = self._order
        loaded = await store.load(self._conn, serials, [])
        last = order.period.last if order.now_ms is None else None
        found = list(loaded.cards.values())
        works = []
        for card in await store.load_days(self._conn, found, order.period.first, last):
            work = CardWork(card, self._rules, self._books)
            again = fold_again(work.folding, card, order.period)
            if order.now_ms is None:
                work.days |= {day.day: day for day in again}
            else:
                work.take(again)
            works.append(work)
        return works


def fold_again(folding: Folding, card: Card, period: Period) -> list[Day]:
    """A card's days that are others by the rules of this folding, oldest first.

    Days after the period are folded again as far as what is handed on to them changes, if they
    were loaded.
    """
    assert card.seen is not None
    days = {day.day: day for day in card.days}
    for on in [day.day for day in card.days if period.first <= day.day <= period.last]:
        stored = [days[day] for day in sorted(days)]
        folded = fold.refold(folding, stored, card.seen, on)
        days |= {day.day: day for day in folded.days}
    before = {day.day: day for day in card.days}
    return [day for on, day in sorted(days.items()) if day != before.get(on)]


def _outcome(work: CardWork, period: Period) -> Rerated:
    before = [day for day in work.card.days if period.first <= day.day <= period.last]
    after = [day for on, day in sorted(work.days.items()) if period.first <= on <= period.last]
    taps = sum(len(day.taps) for day in before)
    return Rerated(work.card.id, work.folding.rider, _uses(before), _uses(after), taps)


def _uses(days: Sequence[Day]) -> tuple[Use, ...]:
    """Each use once: one that went on over night counts as the later day has it."""
    return tuple({use.id: use for day in days for use in day.all_uses()}.values())
