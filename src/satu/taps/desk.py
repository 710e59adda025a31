"""What a desk sees of a card's rides without seeing where they went, and of its purses' postings.

For staff whose look satu.cards.desk has written down; with places it is satu.taps.history.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from satu.cards import moving
from satu.cards.held import purses_of
from satu.cards.models import Card
from satu.kernel.refusal import REAL_CLASSES, UseClass
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import PostingKind
from satu.ledger.store import BY_TAPS, OF_TAP
from satu.taps.history import CAUSES_DAYS, PAGE, History, Line, Only, history_of

ONE_DAY = timedelta(days=1)
WITHOUT_EXIT = (UseClass.MISSING_EXIT, UseClass.AUTO_COMPLETED)

# Uses have no index by card: they are found by the card's days.
COUNTS = """
select count(*), count(*) filter (where u.use_class = any(%(without_exit)s)),
       count(*) filter (where u.use_class = %(without_entry)s)
  from taps_card_day d
 cross join lateral unnest(d.taps) as t (id)
  join taps_use u on u.id = t.id and u.card = d.card
 where d.card = any(%(cards)s) and d.service_day between %(first)s and %(last)s
   and u.use_class = any(%(classes)s)
"""
# Rides' postings by the names of their taps, which keys begin with; the others by their indexes.
# Whoever else stands in the books is told by name: operators, banks; the rest by what they are.
BOOKS = f"""
with own as materialized (
    select x.*
      from taps_card_day d
     cross join lateral unnest(d.taps) as t (id)
     cross join lateral ({OF_TAP}) x
     where d.card = any(%(cards)s) and d.service_day between %(first)s and %(last)s
       and (x.debit = any(%(purses)s) or x.credit = any(%(purses)s))
    union
    select * from ledger_posting
     where debit = any(%(purses)s) and kind not in {BY_TAPS}
       and posted_at >= %(since)s and posted_at < %(until)s
    union
    select * from ledger_posting
     where credit = any(%(purses)s) and kind not in {BY_TAPS}
       and posted_at >= %(since)s and posted_at < %(until)s
)
select b.posted_at, b.key, b.kind, b.amount, b.debit, b.credit,
       case when b.debit = any(%(purses)s) then b.debit_balance_after
            else b.credit_balance_after end,
       b.service_day, b.settlement_day, b.corrects, coalesce(o.name, i.name, '')
  from own b
  join ledger_account a
    on a.id = case when b.debit = any(%(purses)s) then b.credit else b.debit end
  left join taps_operator o on a.kind in (5, 7) and o.id = a.party
  left join cards_issuer i on i.id = a.book
 where b.posted_at >= %(since)s and b.posted_at < %(until)s
 order by b.serial desc limit %(limit)s
"""


class RideCounts(NamedTuple):
    """How many rides and visits a card made, and how many of them lack a tap."""

    rides: int
    without_exit: int
    without_entry: int


class BookLine(NamedTuple):
    """A posting of a card's purse: `amount` is what the purse got (below zero: gave).

    `other` is the operator or bank on the other side; `balance` the purse's after it.
    """

    posted_at: datetime
    key: UUID
    kind: PostingKind
    amount: int
    debit: int
    credit: int
    balance: int | None
    service_day: date
    settlement_day: date
    corrects: UUID | None
    other: str


def history_without_places(
    card: Card,
    *,
    since: datetime,
    until: datetime,
    after: str = "",
    limit: int = PAGE,
    only: Only = "",
) -> History:
    """A card's lines as `history_of` has them, with the operator of a ride but not where it was."""
    page = history_of(card, since=since, until=until, after=after, limit=limit, only=only)
    return History(tuple(_closed(line) for line in page.lines), page.after)


def _closed(line: Line) -> Line:
    if line.ride is None:
        return line
    hidden = {"point_in": "", "point_out": "", "route": "", "line": "", "colour": ""}
    ride = msgspec.structs.replace(line.ride, **hidden, ended_at=None)
    return msgspec.structs.replace(line, ride=ride)


def ride_counts(card: int, first: date, last: date) -> RideCounts:
    """A card's rides and visits of some service days, both included, its predecessors' too."""
    conn = raw_connection()
    asked = {
        "cards": moving.sharing(conn, card),
        "first": first,
        "last": last,
        "classes": [one.value for one in REAL_CLASSES],
        "without_exit": [one.value for one in WITHOUT_EXIT],
        "without_entry": UseClass.MISSING_ENTRY.value,
    }
    row = conn.execute(COUNTS, asked).fetchone()
    assert row is not None
    return RideCounts(*row)


def books_of(
    card: int, *, since: datetime, until: datetime, limit: int = 500
) -> Sequence[BookLine]:
    """The postings of a card's purses from `since` to before `until`, the newest first."""
    conn = raw_connection()
    asked: dict[str, Any] = {
        "cards": moving.sharing(conn, card),
        "purses": [purse.account for purse in purses_of(card)],
        "since": since,
        "until": until,
        # A ride is posted on its day or, tapped late, within the days after it.
        "first": since.date() - CAUSES_DAYS * ONE_DAY,
        "last": until.date() + ONE_DAY,
        "limit": limit,
    }
    return [_line(row, set(asked["purses"])) for row in conn.execute(BOOKS, asked)]


def _line(row: tuple[Any, ...], purses: set[int]) -> BookLine:
    posted_at, key, kind, amount, debit, credit, *rest = row
    got = amount * ((credit in purses) - (debit in purses))
    return BookLine(posted_at, key, PostingKind(kind), got, debit, credit, *rest)


def days_of(card: int, most: int = 21) -> list[date]:
    """The newest service days on which a card rode, the newest first."""
    rows = raw_connection().execute(
        "select service_day from taps_card_day where card = %s order by service_day desc limit %s",
        [card, most],
    )
    return [day for (day,) in rows]
