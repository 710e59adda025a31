"""A card's purses in a period: every posting of theirs between two balances of the books.

Postings of rides are found by the taps of the card's days. Those of long ago have forgotten their
taps (satu.taps.retention); what they took is told in one sum, read from the balances around them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import psycopg
from django.db import transaction

from satu.cards import moving
from satu.cards.held import Purse, purses_of
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import PostingKind
from satu.ledger.store import BY_TAPS, OF_TAP
from satu.taps.history import OF_OPERATORS, note_guardian, own_card, owned_from
from satu.taps.words import MOVED
from satu.wire.messages import Words

# Rides may be posted so long after their day: repairs are asked for within eight weeks.
LATE = timedelta(days=62)
UNLINKED = "unlinked"
UNLINKED_WORDS = Words(
    "Perjalanan yang tidak lagi terkait dengan kartu", "Journeys that are no longer linked"
)
RIDE_WORDS = {
    PostingKind.FARE.value: Words("Perjalanan", "Journey"),
    PostingKind.CORRECTION.value: Words("Koreksi tarif perjalanan", "A journey's fare corrected"),
}
RIDE_KINDS = [*RIDE_WORDS]

COLUMNS = """
       p.serial, p.posted_at, p.kind, {sign} p.amount, p.{side}_balance_after, p.{side},
       coalesce(o.name, b.name, ''), coalesce(i.name, ''), coalesce(x.name, ''),
       u.started_at"""
NAMES = """
      join ledger_account a on a.id = p.{other}
      left join taps_operator o on a.kind = any(%(operators)s) and o.id = a.party
      left join cards_issuer b on b.id = a.book
      left join taps_use u on u.id = p.use
      left join taps_point i on i.id = u.point_in
      left join taps_point x on x.id = u.point_out"""
MONEY = """
    select {columns}
      from ledger_posting p {names}
     where p.{side} = any(%(purses)s) and p.kind not in {by_taps}
       and p.posted_at >= %(since)s"""
# The newest before the period, by the same index: from it on nothing may be missing.
BEFORE = """
    (select {columns}
       from ledger_posting p {names}
      where p.{side} = %(purse)s and p.kind not in {by_taps} and p.posted_at < %(since)s
      order by p.posted_at desc, p.serial desc limit 1)"""
RIDES = """
    select {columns}
      from taps_card_day d
     cross join lateral unnest(d.taps) as t (id)
     cross join lateral ({of_tap}) p
      {names}
     where d.card = any(%(cards)s) and d.service_day >= %(first)s
       and p.{side} = any(%(purses)s) and p.kind = any(%(ride_kinds)s)"""


class Moved(msgspec.Struct, frozen=True):
    """What one posting gave a purse (`amount` below zero: took), and the `balance` after it.

    `kind` is the lower-case name of a PostingKind, or `unlinked` for a sum of postings that have
    forgotten their rides; `at` is then when the last of them was posted at the latest. `started_at`
    and the two places are of the ride that it is for.
    """

    at: datetime
    kind: str
    words: Words
    amount: int
    balance: int
    other: str
    point_in: str = ""
    point_out: str = ""
    started_at: datetime | None = None


class PurseStatement(msgspec.Struct, frozen=True):
    """A purse's postings, the oldest first: `opening` and all amounts together are `closing`."""

    bank: str
    asset: str
    opening: int
    closing: int
    moved: tuple[Moved, ...]

    @property
    def came(self) -> int:
        return sum(one.amount for one in self.moved if one.amount > 0)

    @property
    def went(self) -> int:
        return sum(one.amount for one in self.moved if one.amount < 0)


class Statement(msgspec.Struct, frozen=True):
    """A card's purses from `since` to before `until`: those with money or postings in it."""

    card: int
    number: str
    since: datetime
    until: datetime
    purses: tuple[PurseStatement, ...]


class _Found(NamedTuple):
    serial: int
    at: datetime
    kind: int
    amount: int
    balance: int
    purse: int
    other: str
    point_in: str
    point_out: str
    started_at: datetime | None

    @property
    def before(self) -> int:
        return self.balance - self.amount


def own_statement(
    *, viewer: int, card: int, since: datetime, until: datetime, at: datetime
) -> Statement | None:
    """The statement of a card for a resident; None: no such card, or not theirs to see.

    It tells where the card went, so the rule is that of `own_history`, and a guardian who asks is
    written down. A card that was another's begins with what was on it when it became its owner's;
    what is posted later for rides before that names no place.
    """
    found = own_card(viewer=viewer, card=card, at=at)
    if found is None:
        return None
    since = owned_from(found, since)
    if since >= until:
        return Statement(card, found.number, since, until, ())
    with transaction.atomic():
        note_guardian(viewer=viewer, card=found, at=at)
        told = [
            _of_purse(purse, _hidden(postings, found.owned_since), since, until, at)
            for purse, postings in _postings(raw_connection(), card, since)
        ]
    kept = [one for one in told if one.moved or one.opening]
    return Statement(card, found.number, since, until, tuple(kept or told[:1]))


def _hidden(found: Sequence[_Found], since: datetime | None) -> Sequence[_Found]:
    """What is found, without where rides from before a time went."""
    return [
        one._replace(other="", point_in="", point_out="", started_at=None)
        if since is not None and one.started_at is not None and one.started_at < since
        else one
        for one in found
    ]


def _postings(
    conn: psycopg.Connection[Any], card: int, since: datetime
) -> Iterator[tuple[Purse, list[_Found]]]:
    """Each purse with what is found of its postings in their order, from before `since` to now."""
    purses = purses_of(card)
    asked: dict[str, Any] = {
        "cards": moving.sharing(conn, card),
        "purses": [purse.account for purse in purses],
        "since": since,
        "first": (since - LATE).date(),
        "ride_kinds": RIDE_KINDS,
        "operators": OF_OPERATORS,
    }
    found = _ask(conn, [MONEY, RIDES], asked)
    for purse in purses:
        last = _ask(conn, [BEFORE], {**asked, "purse": purse.account})[-1:]
        own = [*last, *(one for one in found if one.purse == purse.account)]
        yield purse, sorted(set(own), key=attrgetter("serial"))


def _ask(
    conn: psycopg.Connection[Any], parts: Sequence[str], asked: Mapping[str, Any]
) -> list[_Found]:
    return [_Found(*row) for row in conn.execute(query_of(parts), asked)]


def query_of(parts: Sequence[str]) -> str:
    """Parts of a query for both sides of a purse's postings, together in the books' order."""
    sides = [("credit", "debit", ""), ("debit", "credit", "-")]
    query = "\n union all\n".join(
        part.format(
            columns=COLUMNS.format(sign=sign, side=side),
            names=NAMES.format(other=other),
            side=side,
            by_taps=BY_TAPS,
            of_tap=OF_TAP,
        )
        for part in parts
        for side, other, sign in sides
    )
    return f"select * from ({query}) f order by serial"


def _of_purse(
    purse: Purse, found: Sequence[_Found], since: datetime, until: datetime, now: datetime
) -> PurseStatement:
    """What is found, in a chain of balances; where it does not join, rides have been forgotten.

    The books' order counts: what was posted after another is not in an earlier period than that,
    even where two programs' clocks differ.
    """
    at = list(accumulate((one.at for one in found), max))
    first_in, first_after = bisect_left(at, since), bisect_left(at, until)
    before, inside, later = found[:first_in], found[first_in:first_after], found[first_after:]
    if before:
        opening = before[-1].balance
    else:
        first = next(iter([*inside, *later]), None)
        opening = first.before if first else purse.balance
    moved, balance = list[Moved](), opening
    for one in inside:
        if one.before != balance:
            moved.append(_unlinked(one.at, one.before - balance, one.before))
        moved.append(_told(one))
        balance = one.balance
    if until > now and not later and purse.balance != balance:
        moved.append(_unlinked(now, purse.balance - balance, purse.balance))
        balance = purse.balance
    return PurseStatement(purse.bank, purse.asset, opening, balance, tuple(moved))


def _unlinked(at: datetime, amount: int, balance: int) -> Moved:
    return Moved(at, UNLINKED, UNLINKED_WORDS, amount, balance, "")


def _told(one: _Found) -> Moved:
    kind = PostingKind(one.kind)
    words = RIDE_WORDS.get(one.kind) or MOVED[kind.name.lower()]
    return Moved(
        one.at,
        kind.name.lower(),
        words,
        one.amount,
        one.balance,
        one.other,
        one.point_in,
        one.point_out,
        one.started_at,
    )
