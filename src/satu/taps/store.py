"""The tap's road to PostgreSQL, with psycopg alone: load a batch of cards, commit what was decided.

Two round trips a batch. Rows become arrays, one a column; a batch of one takes the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec
import psycopg
from msgspec.structs import replace

from satu.cards.kinds import Medium
from satu.kernel import pgarray
from satu.kernel.days import from_ms
from satu.kernel.refusal import Meaning, Outcome
from satu.ledger import store as ledger
from satu.ledger.entry import Shortfall
from satu.services.base import TapSeen, operator_of
from satu.services.rules import Rules
from satu.taps import day as days
from satu.taps.card import Card, CardWork, TapRow
from satu.taps.day import Day, TapKey
from satu.taps.settle import Purse
from satu.taps.tap import Answer, Decided, Told

MEDIA = {medium.wire: medium.value for medium in Medium}
COMMIT_PARAMETERS = 68
LOAD = "select * from taps_load_v1(%s)"
STORED = "select * from taps_stored_v1(%s)"
DAYS = "select * from taps_days_v1(%s, %s, %s)"
FOLDED = "select * from taps_folded_v1(%s)"
COMMIT = f"select * from taps_commit_v1({', '.join(f'${n + 1}' for n in range(COMMIT_PARAMETERS))})"
QUARANTINE = "select * from taps_quarantine_v1(%s, %s, %s, %s, %s, %s)"
USE_OTHER = """
select card from unnest(%s::bigint[], %s::bigint[]) as u (card, need)
 where cards_use_purse_v1(card, need)
"""
KEEP_UPLOAD = """
insert into taps_upload (device, received_at, taps, body_sha256, signature, body)
values (%s, %s, %s, %s, %s, %s) returning id
"""

_json = msgspec.json.encode


class StoredTap(NamedTuple):
    """A tap that is known, with the decision it got."""

    card: int | None
    decided: Decided
    answer: Answer
    digest: int
    day: date


class CardsLoaded(NamedTuple):
    """What the database knows of a batch's cards and tap names."""

    cards: dict[int, Card]
    stored: dict[int, StoredTap]


async def load(
    conn: psycopg.AsyncConnection[Any], cards: Sequence[int], taps: Sequence[int]
) -> CardsLoaded:
    """Read cards with balances and newest days, and the taps already stored under the names."""
    card_cursor, stored_cursor = conn.cursor(binary=True), conn.cursor(binary=True)
    async with conn.pipeline():
        await card_cursor.execute(LOAD, [pgarray.ints(cards)], prepare=True)
        await stored_cursor.execute(STORED, [pgarray.ints(taps)], prepare=True)
        card_rows = await card_cursor.fetchall()
        stored_rows = await stored_cursor.fetchall()
    found = {row[0]: _card(row) for row in card_rows if row[0] is not None}
    owing = {card.purse.receivable: card.id for card in found.values() if card.owed < 0}
    if owing:
        for account, shortfalls in (await _shortfalls(conn, list(owing))).items():
            card = found[owing[account]]
            purse = replace(card.purse, shortfalls=tuple(shortfalls))
            found[card.id] = replace(card, purse=purse)
    return CardsLoaded(found, {row[0]: _stored(row) for row in stored_rows})


async def _shortfalls(
    conn: psycopg.AsyncConnection[Any], receivables: list[int]
) -> dict[int, list[Shortfall]]:
    owed: dict[int, list[Shortfall]] = {}
    cursor = await conn.execute(ledger.SHORTFALLS, [receivables])
    for row in await cursor.fetchall():
        shortfall = Shortfall(*row)
        owed.setdefault(shortfall.receivable, []).append(shortfall)
    return owed


def _card(row: tuple[Any, ...]) -> Card:
    (card, version, state, category, rights, issuer, account, receivable, group, *rest) = row
    has_several, balance, held, owed, *day = rest
    purse = Purse(issuer, account, receivable, group, balance, balance - held)
    newest = (_day(*day),) if day[0] is not None else ()
    return Card(
        card, version, state, category, purse, owed, newest, rights=rights, has_several=has_several
    )


def _day(
    on: date,
    revision: int,
    last_ms: int,
    last_tap: int,
    taps: list[int],
    carried_in: bytes,
    state: bytes,
    is_closed: bool,
) -> Day:
    last = TapKey(last_ms, last_tap)
    return days.decode(on, revision, last, taps, carried_in, state, is_closed)


def _stored(row: tuple[Any, ...]) -> StoredTap:
    _, card, decided, outcome, meaning, charge, full_fare, balance, known, on = row
    answer = Answer(
        Outcome(outcome), Meaning(meaning), charge, full_fare, balance, repeat=True
    )  # fmt: skip
    return StoredTap(card, Decided(decided), answer, known, on)


async def load_days(
    conn: psycopg.AsyncConnection[Any], cards: Sequence[Card], first: date, last: date | None = None
) -> list[Card]:
    """The cards with all their days from the one before `first` on, and the taps folded in them.

    With `last` no later days are read: enough to look, not to write.
    """
    parameters = [pgarray.ints([card.id for card in cards]), first, last]
    async with conn.cursor(binary=True) as cursor:
        await cursor.execute(DAYS, parameters, prepare=True)
        loaded: dict[int, list[Day]] = {}
        for card, *row in await cursor.fetchall():
            loaded.setdefault(card, []).append(_day(*row))
        names = [tap for days_of in loaded.values() for day in days_of for tap in day.taps]
        await cursor.execute(FOLDED, [pgarray.ints(names)], prepare=True)
        seen = {row[0]: TapSeen(*row) for row in await cursor.fetchall()}
    found = []
    for card in cards:
        days_of = tuple(loaded.get(card.id, ()))
        taps = {tap: seen[tap] for day in days_of for tap in day.taps}
        found.append(replace(card, days=days_of, loaded_from=first, seen=taps))
    return found


async def use_other_purses(
    conn: psycopg.AsyncConnection[Any], works: Sequence[CardWork]
) -> set[int]:
    """The cards whose plan lacked money that another of their purses has: that is in use now.

    They are to be loaded and decided again. Of cards with one purse nothing is asked.
    """
    lacking = [work for work in works if work.lack and work.card.has_several]
    if not lacking:
        return set()
    cards = pgarray.ints([work.card.id for work in lacking])
    needs = pgarray.ints([work.lack for work in lacking])
    cursor = await conn.execute(USE_OTHER, [cards, needs])
    return {card for (card,) in await cursor.fetchall()}


class Committed(NamedTuple):
    """What a commit did: the cards that were stale, and each purse's balance before it."""

    stale: set[int]
    balances: dict[int, int]


async def commit(
    conn: psycopg.AsyncConnection[Any],
    works: Sequence[CardWork],
    strays: Sequence[TapRow],
    rules: Rules,
    now_ms: int,
) -> Committed:
    """Write a batch in one statement: each card whole or, if it is stale, not at all.

    `strays` are refused taps of no card of ours. Of cards that share a purse (one took another's
    place) the first is written: the plan of the next does not know what that took, so it is stale.
    """
    works = sorted(works, key=lambda work: work.card.id)
    purses = {work.purse.account: work for work in reversed(works)}
    waiting = {work.card.id for work in works if purses[work.purse.account] is not work}
    works = [work for work in works if work.card.id not in waiting] if waiting else works
    parameters = [
        *_card_columns(works),
        *_tap_columns(works, strays),
        *_day_columns(works),
        *_use_columns(works, rules),
        *_entry_columns(works),
        from_ms(now_ms),
        rules.calendar.date_of(now_ms),
    ]
    assert len(parameters) == COMMIT_PARAMETERS, len(parameters)
    # A statement of so many parameters is one that the usual cursor would parse anew each time.
    cursor = psycopg.AsyncRawCursor(conn)
    await cursor.execute(COMMIT, parameters, prepare=True)
    row = await cursor.fetchone()
    assert row is not None
    statuses, balances = row
    ids = [work.card.id for work in works]
    stale = {card for card, status in zip(ids, statuses or [], strict=True) if status}
    return Committed(stale | waiting, dict(zip(ids, balances or [], strict=True)))


def _card_columns(works: Sequence[CardWork]) -> list[str]:
    accounts = [work.purse.account for work in works]
    accounts += [
        entry.debit if entry.debit == work.purse.receivable else entry.credit
        for work in works
        if work.is_exact
        for entry in work.entries
        if work.purse.receivable in (entry.debit, entry.credit)
    ]
    return [
        pgarray.ints([work.card.id for work in works]),
        pgarray.ints([work.purse.card_group for work in works]),
        pgarray.ints([work.card.version for work in works]),
        pgarray.ints(accounts),
        pgarray.ints([work.purse.account for work in works]),
        pgarray.ints([work.need() for work in works]),
        pgarray.optional([work.card.purse.available if work.is_exact else None for work in works]),
    ]


def _tap_columns(works: Sequence[CardWork], strays: Sequence[TapRow]) -> list[str]:
    rows = [(place, row) for place, work in enumerate(works, 1) for row in work.rows]
    rows += [(0, row) for row in strays]
    told = [row.told for _, row in rows]
    taps = [one.arrival.tap for one in told]
    seen = [one.seen for one in told]
    answers = [row.answer for _, row in rows]
    return [
        pgarray.ints([one.id for one in seen]),
        pgarray.ints([place for place, _ in rows]),
        pgarray.flags([row.is_new for _, row in rows]),
        pgarray.ints([MEDIA[tap.medium] for tap in taps]),
        pgarray.ints([one.point for one in seen]),
        pgarray.ints([one.route for one in seen]),
        pgarray.ints([one.direction for one in seen]),
        pgarray.ints([one.riders for one in seen]),
        pgarray.ints([one.at_ms for one in seen]),
        pgarray.ints([one.arrival.received_ms for one in told]),
        pgarray.optional([one.day for one in told]),
        pgarray.ints([one.decided for one in told]),
        pgarray.ints([answer.outcome for answer in answers]),
        pgarray.ints([answer.meaning for answer in answers]),
        pgarray.ints([answer.charge for answer in answers]),
        pgarray.ints([answer.full_fare for answer in answers]),
        pgarray.ints([row.balance_change for _, row in rows]),
        pgarray.ints([one.digest for one in told]),
        pgarray.sparse([one.arrival.upload for one in told]),
    ]


def _day_columns(works: Sequence[CardWork]) -> list[str]:
    rows = [(place, day) for place, work in enumerate(works, 1) for day in work.changed_days()]
    return [
        pgarray.ints([place for place, _ in rows]),
        pgarray.optional([day.day for _, day in rows]),
        pgarray.ints([day.revision + 1 for _, day in rows]),
        pgarray.ints([day.last.at_ms for _, day in rows]),
        pgarray.ints([day.last.tap for _, day in rows]),
        pgarray.words([pgarray.ints(day.taps) for _, day in rows]),
        pgarray.blobs([day.carried_in for _, day in rows]),
        pgarray.blobs([days.encode(day) for _, day in rows]),
        pgarray.flags([day.is_closed for _, day in rows]),
    ]


def _use_columns(works: Sequence[CardWork], rules: Rules) -> list[str]:
    rows = [
        (place, on, use)
        for place, work in enumerate(works, 1)
        for on, use in work.changed_uses()
    ]  # fmt: skip
    return [
        pgarray.ints([place for place, _, _ in rows]),
        pgarray.ints([use.id for _, _, use in rows]),
        pgarray.optional([on for _, on, _ in rows]),
        pgarray.words([use.kind for _, _, use in rows]),
        pgarray.ints([operator_of(use, rules) for _, _, use in rows]),
        pgarray.ints([use.point_in for _, _, use in rows]),
        pgarray.ints([use.point_out for _, _, use in rows]),
        pgarray.ints([use.route for _, _, use in rows]),
        pgarray.ints([use.started_ms for _, _, use in rows]),
        pgarray.ints([use.ended_ms for _, _, use in rows]),
        pgarray.ints([use.use_class for _, _, use in rows]),
        pgarray.ints([use.full_fare for _, _, use in rows]),
        pgarray.ints([use.fare for _, _, use in rows]),
        pgarray.ints([use.riders for _, _, use in rows]),
    ]


def _entry_columns(works: Sequence[CardWork]) -> list[str]:
    places = [place for place, work in enumerate(works, 1) for _ in work.entries]
    entries = [entry for work in works for entry in work.entries]
    return [pgarray.ints(places), *ledger.columns(entries)]


class SetAside(NamedTuple):
    """A tap that is kept for people to look at, and why."""

    told: Told
    reason: Outcome


async def quarantine(
    conn: psycopg.AsyncConnection[Any], taps: Sequence[SetAside]
) -> set[tuple[int, int]]:
    """Keep taps aside; returns the (tap, digest) pairs that were not there before."""
    cursor = await conn.execute(
        QUARANTINE,
        [
            pgarray.ints([tap.told.seen.id for tap in taps]),
            pgarray.ints([tap.reason.value for tap in taps]),
            pgarray.ints([tap.told.arrival.received_ms for tap in taps]),
            pgarray.sparse([tap.told.arrival.upload for tap in taps]),
            pgarray.words([_json(tap.told.arrival.tap).decode() for tap in taps]),
            pgarray.ints([tap.told.digest for tap in taps]),
        ],
    )
    return set(await cursor.fetchall())
