"""The tap's road: a batch of arrivals from load to commit, one answer each. No Django.

Called by the gateway's lanes with one connection each, and by the day's closing. A batch may mix
cards; what was stale when it came to the commit is loaded and folded again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from hashlib import sha256
from time import perf_counter
from typing import Any

import psycopg
from msgspec.structs import replace
from psycopg import errors

from satu.cards.kinds import Medium
from satu.cards.rules import token_hash
from satu.cards.store import MEDIA
from satu.kernel import pgarray
from satu.kernel.days import HOUR_MS, from_ms
from satu.kernel.refusal import Outcome
from satu.services.base import TapSeen
from satu.services.rules import Rules
from satu.taps import store
from satu.taps.card import Card, CardWork, NeedsDays, TapRow
from satu.taps.directory import Directory
from satu.taps.store import CardsLoaded, SetAside, StoredTap
from satu.taps.tap import DECIDED, DIRECTIONS, Answer, Arrival, Decided, Told, digest

MAX_AHEAD_MS = 5 * 60_000
LATE_LIMIT_MS = 72 * HOUR_MS
MAX_ATTEMPTS = 50
CLOSING_BATCH = 500
MAX_SERIAL_DIGITS = 18
LAST_LOOKS = 64  # days and instants of which it is known whether they are too far apart

OPEN_DAYS = """
select card from taps_card_day
 where not is_closed and service_day < %s order by service_day limit %s
"""


class _Round:
    """One attempt at a batch: what is to be written and what is answered already."""

    def __init__(self) -> None:
        self.works: list[CardWork] = []
        self.strays: list[TapRow] = []
        self.aside: list[SetAside] = []
        self.answers: dict[int, Answer] = {}


# Where a tap that asks is refused, one that was decided offline is kept aside.
ASIDE = {
    Outcome.CARD_UNKNOWN: Outcome.QUARANTINED_CARD_UNKNOWN,
    Outcome.POINT_UNKNOWN: Outcome.QUARANTINED_POINT_UNKNOWN,
    Outcome.ROUTE_UNKNOWN: Outcome.QUARANTINED_ROUTE_UNKNOWN,
    Outcome.TAPS_TOO_MANY: Outcome.QUARANTINED_TAPS_TOO_MANY,
}


class Road:
    """What every batch needs: the city's rules, the operators' accounts, the key of tokens."""

    def __init__(
        self,
        rules: Rules,
        directory: Directory,
        *,
        token_key: bytes,
        on_commit: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self.rules = rules
        self.directory = directory
        self.token_key = token_key
        self.on_commit = on_commit
        self._point_ids = {point.code: point.id for point in rules.bundle.points}
        self._route_ids = {route.code: route.id for route in rules.bundle.routes}
        self._route_ids[""] = 0
        self._is_too_late = lru_cache(maxsize=LAST_LOOKS)(self._looked_late)

    async def travel(
        self,
        connection: psycopg.AsyncConnection[Any],
        arrivals: Sequence[Arrival],
        *,
        now_ms: int,
    ) -> list[Answer]:
        """Decide, fold and post a batch; one answer an arrival, in order.

        Raises psycopg.OperationalError when the database is away: nothing was answered then,
        and what had been committed answers as a repeat when it is sent again.
        """
        cards = await self._cards_of(connection, arrivals)
        pending = [
            self._tell(place, arrival, card, now_ms)
            for place, (arrival, card) in enumerate(zip(arrivals, cards, strict=True))
        ]
        answers: dict[int, Answer] = {}
        for _ in range(MAX_ATTEMPTS):
            if not pending:
                break
            try:
                answered = await self._attempt(connection, pending, now_ms)
            except (errors.UniqueViolation, errors.DeadlockDetected):
                continue  # another gateway stored one of the names meanwhile: look again
            answers.update(answered)
            pending = [told for told in pending if told.place not in answers]
        assert not pending, f"{len(pending)} taps stayed stale for {MAX_ATTEMPTS} attempts"
        return [answers[place] for place in range(len(arrivals))]

    async def keep_upload(
        self,
        connection: psycopg.AsyncConnection[Any],
        *,
        device: int,
        received_ms: int,
        body: bytes,
        signature: bytes,
        taps: int,
    ) -> int:
        """Keep a signed upload as it came: evidence between operator and bank."""
        cursor = await connection.execute(
            store.KEEP_UPLOAD,
            [device, from_ms(received_ms), taps, sha256(body).digest(), signature, body],
        )
        row = await cursor.fetchone()
        assert row is not None
        return int(row[0])

    async def close(
        self, connection: psycopg.AsyncConnection[Any], *, before: date, now_ms: int
    ) -> int:
        """End every card's days before a service day; returns how many cards had one open."""
        closed = 0
        while True:
            cursor = await connection.execute(OPEN_DAYS, [before, CLOSING_BATCH])
            cards = sorted({row[0] for row in await cursor.fetchall()})
            if not cards:
                return closed
            loaded = await store.load(connection, cards, [])
            works = [CardWork(card, self.rules, self.directory) for card in loaded.cards.values()]
            for work in works:
                work.close(before)
                assert work.changed_days(), f"card {work.card.id}: only its newest day can be open"
            other = await store.use_other_purses(connection, works)
            works = [work for work in works if work.card.id not in other]
            committed = await store.commit(connection, works, [], self.rules, now_ms)
            closed += len(works) - len(committed.stale)

    async def _cards_of(
        self, connection: psycopg.AsyncConnection[Any], arrivals: Sequence[Arrival]
    ) -> list[int | None]:
        """The card that each arrival's token leads to, as far as tokens can tell."""
        found: list[int | None] = []
        hashes: dict[int, tuple[Medium, bytes]] = {}
        for place, arrival in enumerate(arrivals):
            token = arrival.tap.token
            if arrival.tap.medium == "chip":
                is_serial = token.isascii() and token.isdigit() and len(token) <= MAX_SERIAL_DIGITS
                found.append(int(token) if is_serial else None)
            else:
                medium = Medium.from_wire(arrival.tap.medium)
                hashes[place] = (medium, token_hash(self.token_key, medium, token))
                found.append(None)
        if hashes:
            known = await self._media(connection, hashes.values())
            for place, key in hashes.items():
                found[place] = known.get(key)
        return found

    async def _media(
        self, connection: psycopg.AsyncConnection[Any], wanted: Iterable[tuple[Medium, bytes]]
    ) -> dict[tuple[Medium, bytes], int]:
        keys = list(wanted)
        parameters = [
            pgarray.ints([medium.value for medium, _ in keys]),
            pgarray.blobs([hashed for _, hashed in keys]),
        ]
        cursor = await connection.execute(MEDIA, parameters)
        return {
            (Medium(kind), bytes(hashed)): card for kind, hashed, card in await cursor.fetchall()
        }

    def _tell(self, place: int, arrival: Arrival, card: int | None, now_ms: int) -> Told:
        tap = arrival.tap
        at_ms = tap.at_ms + arrival.clock_offset_ms
        point = self._point_ids.get(tap.point, 0)
        route = self._route_ids.get(tap.route, -1)
        day = self.rules.calendar.day_of(at_ms)
        reason: Outcome | None = None
        if at_ms > now_ms + MAX_AHEAD_MS:
            reason = Outcome.QUARANTINED_TIME_FUTURE
        elif self._is_too_late(day, now_ms):
            reason = Outcome.QUARANTINED_TIME_PAST
        elif card is None:
            reason = Outcome.CARD_UNKNOWN
        elif not point:
            reason = Outcome.POINT_UNKNOWN
        elif route < 0:
            reason = Outcome.ROUTE_UNKNOWN
        way = DIRECTIONS[tap.direction]
        seen = TapSeen(arrival.id, at_ms, point, max(route, 0), way, tap.riders)
        decided = DECIDED[tap.decided]
        return Told(place, arrival, seen, day, card, decided, digest(tap), reason)

    def _looked_late(self, day: date, now_ms: int) -> bool:
        """Whether a day's taps come too late, or before any tariff; a batch's are of few days."""
        if now_ms > self.rules.calendar.end_ms(day) + LATE_LIMIT_MS:
            return True
        try:
            self.rules.prices_on(day)
        except LookupError:
            return True
        return False

    async def _attempt(
        self, connection: psycopg.AsyncConnection[Any], pending: Sequence[Told], now_ms: int
    ) -> dict[int, Answer]:
        """Load, decide and commit; the answers of those that were not stale.

        A name that comes twice in a batch is decided once; the others wait for the next
        attempt, which finds it stored.
        """
        cards = sorted({told.card for told in pending if told.card is not None})
        names = {told.seen.id for told in pending}
        loaded = await store.load(connection, cards, sorted(names))
        turn = _Round()
        by_card: dict[int | None, list[Told]] = {}
        for told in pending if len(names) == len(pending) else _in_turn(pending, loaded):
            by_card.setdefault(told.card if told.card in loaded.cards else None, []).append(told)
        for card, taps in by_card.items():
            if len(taps) > 1:
                taps.sort(key=lambda told: (told.seen.at_ms, told.seen.id))
            if card is None:
                for told in taps:
                    self._decide_stray(told, loaded.stored, turn)
            else:
                await self._decide_card(connection, loaded.cards[card], taps, loaded.stored, turn)
        answers = turn.answers
        other = await store.use_other_purses(connection, turn.works)
        turn.works = [work for work in turn.works if work.card.id not in other]
        if turn.works or turn.strays:
            started = perf_counter()
            committed = await store.commit(connection, turn.works, turn.strays, self.rules, now_ms)
            self.on_commit(perf_counter() - started)
            for work in turn.works:
                if work.card.id in committed.stale:
                    continue
                before = committed.balances[work.card.id]
                for row in work.rows:
                    balance = before + row.balance_change
                    answers[row.told.place] = replace(row.answer, balance=balance)
            for row in turn.strays:
                answers[row.told.place] = row.answer
        if turn.aside:
            answers.update(await self._set_aside(connection, turn.aside))
        return answers

    async def _decide_card(
        self,
        connection: psycopg.AsyncConnection[Any],
        card: Card,
        taps: Sequence[Told],
        stored: Mapping[int, StoredTap],
        turn: _Round,
    ) -> None:
        """Decide one card's taps in order; a late one loads the card's days and starts again."""
        together: list[Told] = []
        one_by_one, aside = taps, len(turn.aside)
        while True:
            work = CardWork(card, self.rules, self.directory)
            try:
                if together:
                    self._decide_together(work, together, turn)
                for told in one_by_one:
                    self._decide(work, told, stored.get(told.seen.id), turn)
            except NeedsDays as late:
                (card,) = await store.load_days(connection, [card], late.on)
                together = [told for told in taps if _is_offline(told, stored)]
                one_by_one = [told for told in taps if not _is_offline(told, stored)]
                del turn.aside[aside:]
                continue
            break
        if work.rows:
            turn.works.append(work)

    def _decide_together(self, work: CardWork, taps: Sequence[Told], turn: _Round) -> None:
        """Offline taps of a card of which some are late."""
        fitting: list[Told] = []
        room: dict[date, int] = {}
        for told in taps:
            left = room.setdefault(told.day, work.room(told.day))
            if left > 0:
                fitting.append(told)
                room[told.day] = left - 1
            else:
                turn.aside.append(SetAside(told, Outcome.QUARANTINED_TAPS_TOO_MANY))
        work.decide_together(fitting)

    def _decide(self, work: CardWork, told: Told, stored: StoredTap | None, turn: _Round) -> None:
        if stored is not None:
            self._decide_known(work, told, stored, turn)
            return
        reason = told.reason
        if reason is None and told.decided is not Decided.REFUSED and work.room(told.day) <= 0:
            reason = Outcome.TAPS_TOO_MANY
        if reason is None:
            work.decide(told)
        elif told.decided is Decided.ASK and reason in ASIDE:
            work.refuse(told, reason)
        else:
            turn.aside.append(SetAside(told, ASIDE.get(reason, reason)))

    def _decide_known(self, work: CardWork, told: Told, stored: StoredTap, turn: _Round) -> None:
        """A name that is known: a repeat, another content, or a reader's own late decision."""
        if stored.digest != told.digest or stored.card != work.card.id:
            turn.aside.append(SetAside(told, Outcome.QUARANTINED_NAME_REUSED))
        elif stored.decided is Decided.ASK and told.decided is not Decided.ASK:
            work.replace(replace(told, day=stored.day), stored.answer)
        else:
            turn.answers[told.place] = stored.answer

    def _decide_stray(self, told: Told, known: Mapping[int, StoredTap], turn: _Round) -> None:
        """A tap of no card of ours: refused if it asks, else kept aside."""
        stored = known.get(told.seen.id)
        if stored is not None:
            if stored.digest == told.digest:
                turn.answers[told.place] = stored.answer
            else:
                turn.aside.append(SetAside(told, Outcome.QUARANTINED_NAME_REUSED))
        elif _is_aside(told, is_ours=False):
            turn.aside.append(_aside(told))
        else:
            refused = told.decided is Decided.REFUSED
            outcome = Outcome.READER_REFUSED if refused else Outcome.CARD_UNKNOWN
            turn.strays.append(TapRow(told, Answer(outcome), 0))

    async def _set_aside(
        self, connection: psycopg.AsyncConnection[Any], aside: Sequence[SetAside]
    ) -> dict[int, Answer]:
        fresh = await store.quarantine(connection, aside)
        answers = {}
        for told, reason in aside:
            content = (told.seen.id, told.digest)
            is_conflict = reason is Outcome.QUARANTINED_NAME_REUSED
            answers[told.place] = Answer(reason, repeat=content not in fresh, conflict=is_conflict)
            fresh.discard(content)
        return answers


def _in_turn(pending: Sequence[Told], loaded: CardsLoaded) -> list[Told]:
    """What is decided together: of each name all up to the first that is written under it."""
    chosen: list[Told] = []
    written: set[int] = set()
    for told in pending:
        name = told.seen.id
        if name in written:
            continue
        chosen.append(told)
        stored = loaded.stored.get(name)
        if stored is not None:
            is_written = stored.decided is Decided.ASK and told.decided is not Decided.ASK
        else:
            is_written = not _is_aside(told, is_ours=told.card in loaded.cards)
        if is_written:
            written.add(name)
    return chosen


def _is_offline(told: Told, stored: Mapping[int, StoredTap]) -> bool:
    """Whether a tap is new and was admitted by its reader, so that it only has to be folded in."""
    return told.reason is None and told.decided is Decided.OPEN and told.seen.id not in stored


def _is_aside(told: Told, *, is_ours: bool) -> bool:
    """Whether a new tap is kept aside, and not stored. `is_ours`: its card is known."""
    if told.reason is not None and told.reason not in ASIDE:
        return True
    if is_ours:
        return told.reason is not None and told.decided is not Decided.ASK
    return told.decided is Decided.OPEN


def _aside(told: Told) -> SetAside:
    reason = told.reason or Outcome.CARD_UNKNOWN
    return SetAside(told, ASIDE.get(reason, reason))
