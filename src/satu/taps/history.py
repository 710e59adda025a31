"""A card's history: its rides joined with the money they cost, and all other money in and out.

Rides are there as long as they are linked with a card (satu.taps.retention); money is for ever.
Residents come by `own_history`, staff by `look_at_history`; whoever looks at another's rides is
written down first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import msgspec
import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import models as cards_models
from satu.cards import moving
from satu.cards import queries as cards
from satu.cards.held import purses_of
from satu.fares.words import CLASSES
from satu.kernel import pgarray
from satu.kernel.refusal import REAL_CLASSES, UseClass
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import PostingKind
from satu.ledger.store import BY_TAPS, OF_TAP
from satu.people.family import may_see_trips
from satu.taps.words import MOVED
from satu.wire.messages import Words

Only = Literal["", "rides", "money"]

PAGE = 50
MOST = 500
CAUSES_DAYS = 4  # a late tap moves money of days before its own: satu.taps.looking
ONE_DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MARK = re.compile(r"([0-9]{1,16})\.([up][0-9a-f-]{16,36})")

# Uses have no index by card: they are found by the card's days. Names are compared as bytes, so
# that a page goes on exactly behind the one before it.
RIDES = """
select * from (
    select u.started_at, 'u' || lpad(to_hex(u.id), 16, '0') collate "C" as name, u.id, u.card,
           u.kind, u.service_day, u.use_class, coalesce(o.name, '') as operator,
           coalesce(i.name, ''), coalesce(x.name, ''), coalesce(r.name, ''), u.ended_at,
           u.riders, u.fare, u.full_fare, coalesce(r.code, ''), coalesce(r.colour, o.colour, '')
      from taps_card_day d
     cross join lateral unnest(d.taps) as t (id)
      join taps_use u on u.id = t.id and u.card = d.card
      left join taps_operator o on o.id = u.operator
      left join taps_point i on i.id = u.point_in
      left join taps_point x on x.id = u.point_out
      left join taps_route r on r.id = u.route
     where d.card = any(%(cards)s) and d.service_day between %(first)s and %(last)s
       and u.use_class = any(%(classes)s)
       and u.started_at >= %(since)s and u.started_at < %(until)s) f
 where (started_at, name) < (%(at)s, %(name)s)
 order by started_at desc, name desc limit %(limit)s
"""
# What a purse gave and got for uses, and what it could not pay then: a correction undoes some of
# that, but not who pays it later (6).
PAID = f"""
select p.use, sum(p.amount * (case when p.kind = 6 then 0
                                   else case when p.credit = any(%(purses)s) then 1 else 0 end
                                      - case when p.debit = any(%(purses)s) then 1 else 0 end end)
                 )::bigint,
       sum(p.amount * case p.kind when 3 then 1 when 6 then 1 when 5 then -1 else 0 end)::bigint
  from taps_card_day d
 cross join lateral unnest(d.taps) as t (id)
 cross join lateral ({OF_TAP}) p
 where d.card = any(%(cards)s) and d.service_day between %(first)s and %(last)s
   and p.use = any(%(uses)s) and p.kind = any(%(kinds)s)
 group by p.use
"""
MOVES = """
select * from (
    {sides}) f
 where posted_at <= %(at)s and (posted_at, name) < (%(at)s, %(name)s)
 order by posted_at desc, name desc limit %(limit)s
"""
SIDE = """
    select p.posted_at, 'p' || p.key::text collate "C" as name, p.kind, {sign} p.amount,
           p.{side}_balance_after, coalesce(o.name, b.name, '')
      from ledger_posting p
      join ledger_account a on a.id = p.{other}
      left join taps_operator o on a.kind = any(%(operators)s) and o.id = a.party
      left join cards_issuer b on b.id = a.book
     where p.{side} = any(%(purses)s) and p.kind not in {by_taps}
       and p.posted_at >= %(since)s and p.posted_at < %(until)s"""
BOTH_SIDES = MOVES.format(
    sides="\n    union all".join(
        [
            SIDE.format(side="credit", other="debit", sign="", by_taps=BY_TAPS),
            SIDE.format(side="debit", other="credit", sign="-", by_taps=BY_TAPS),
        ]
    )
)
LAST_TAP = "select max(last_at) from taps_card_day where card = any(%s::bigint[])"
OF_OPERATORS = [5, 7]  # satu.ledger.kinds.AccountKind: PAYABLE, UNFUNDED_CLAIM
OF_RIDES = [
    PostingKind.FARE.value,
    PostingKind.CORRECTION.value,
    PostingKind.SHORTFALL.value,
    PostingKind.SHORTFALL_UNDONE.value,
    PostingKind.COLLECTION.value,
]
NOTHING = (0, 0)


class NoMark(ValueError):
    """What was given as the end of a page is none."""


class Mark(NamedTuple):
    """Where a page ended: the next one begins behind it. As text it goes into an address."""

    at: datetime
    name: str

    @property
    def text(self) -> str:
        micros = (self.at - EPOCH) // timedelta(microseconds=1)
        return f"{micros}.{self.name}"

    @classmethod
    def read(cls, text: str) -> Mark:
        """The mark of a text; NoMark: it is none."""
        found = MARK.fullmatch(text)
        if found is None:
            raise NoMark(text)
        return cls(EPOCH + timedelta(microseconds=int(found[1])), found[2])


class Ride(msgspec.Struct, frozen=True):
    """A ride or a visit. `owed` is what the purse could not pay then; `use_class` a UseClass' code.

    Places, route and operator are what people call them; "" and None: no tap told. `line` is the
    route's code, `colour` (#rrggbb) the route's, else the operator's.
    """

    use: int
    card: int
    service_day: date
    use_class: str
    class_words: Words
    point_in: str
    point_out: str
    route: str
    ended_at: datetime | None
    riders: int
    fare: int
    full_fare: int
    owed: int
    line: str = ""
    colour: str = ""


class Line(msgspec.Struct, frozen=True):
    """One line of a history: a ride, or money that moved for another reason (`ride` None).

    `amount` is what the purse got (below zero: gave), in the purse's smallest unit; `balance` the
    purse's after it, where one is kept; `other` the operator or bank on the other side. `kind` is
    a service's use (`journey`, `visit`) or the lower-case name of a PostingKind; `name` is the
    line's own.
    """

    at: datetime
    name: str
    kind: str
    words: Words
    amount: int
    balance: int | None
    other: str
    ride: Ride | None


class History(msgspec.Struct, frozen=True):
    """A page of lines, the newest first; the next is asked for with `after`, "": there is none."""

    lines: tuple[Line, ...]
    after: str


def history_of(
    card: cards_models.Card,
    *,
    since: datetime,
    until: datetime,
    after: str = "",
    limit: int = PAGE,
    only: Only = "",
) -> History:
    """A card's lines from `since` to before `until`, with those of cards whose place it took.

    For the two doors below, and for who hands a holder all their data (from `owned_from` on);
    nobody else. `after` is
    that of the page before; NoMark: it is none. A page of one card goes on in that of another:
    the mark is a place in time. `only`: rides, or other money, alone.
    """
    assert 0 < limit <= MOST, limit
    conn = raw_connection()
    start = Mark.read(after) if after else Mark(until, "")
    asked: dict[str, Any] = {
        "cards": moving.sharing(conn, card.id),
        "purses": [purse.account for purse in purses_of(card.id)],
        "since": since,
        "until": until,
        "at": start.at,
        "name": start.name,
        "limit": limit + 1,
    }
    lines = [] if only == "money" else _rides(conn, asked)
    lines += [] if only == "rides" else _moves(conn, asked)
    lines.sort(key=attrgetter("at", "name"), reverse=True)
    if len(lines) <= limit:
        return History(tuple(lines), "")
    last = lines[limit - 1]
    return History(tuple(lines[:limit]), Mark(last.at, last.name).text)


def own_history(
    *,
    viewer: int,
    card: int,
    since: datetime,
    until: datetime,
    after: str = "",
    limit: int = PAGE,
    only: Only = "",
    at: datetime,
) -> History | None:
    """The history of a card for a resident; None: no such card, or not theirs to see.

    Nothing from before it was its owner's. A guardian who looks is written down, and who is looked
    at sees it (satu.taps.queries).
    """
    found = own_card(viewer=viewer, card=card, at=at)
    if found is None:
        return None
    since = owned_from(found, since)
    with transaction.atomic():
        note_guardian(viewer=viewer, card=found, at=at)
        return history_of(found, since=since, until=until, after=after, limit=limit, only=only)


def look_at_history(
    *,
    card: str,
    since: datetime,
    until: datetime,
    purpose: str,
    actor: str,
    at: datetime,
    case: str = "",
    after: str = "",
    limit: int = PAGE,
    only: Only = "",
) -> History | None:
    """The history of a card by its printed number or serial, for staff; None: no such card.

    That somebody looked, for what purpose and in which case, is kept in the audit trail.
    """
    assert purpose, "who looks says why"
    found = cards.find(card)
    if found is None:
        return None
    with transaction.atomic():
        detail: Detail = {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "purpose": purpose,
            **({"case": case} if case else {}),
        }
        subject = Subject("card", found.id)
        record(subject=subject, action="card.history_looked_at", actor=actor, at=at, detail=detail)
        return history_of(found, since=since, until=until, after=after, limit=limit, only=only)


def own_card(*, viewer: int, card: int, at: datetime) -> cards_models.Card | None:
    """A card whose trips a resident may see; None: no such card, or not theirs to see."""
    found = cards.card(card)
    if found is None or found.owner is None:
        return None
    return found if may_see_trips(viewer=viewer, of=found.owner, at=at) else None


def owned_from(card: cards_models.Card, since: datetime) -> datetime:
    """The time from which a card's owner may see it, if they ask from `since` on: a card that
    passed from another's hands is theirs to see from then on."""
    return since if card.owned_since is None else max(since, card.owned_since)


def last_tap(cards: Sequence[int]) -> datetime | None:
    """When some cards were held to a reader last, by the reader's clock; None: never."""
    row = raw_connection().execute(LAST_TAP, [pgarray.ints(cards)]).fetchone()
    found: datetime | None = row[0] if row else None
    return found


def note_guardian(*, viewer: int, card: cards_models.Card, at: datetime) -> None:
    """Write down that somebody looks at where another's card went; nothing for one's own."""
    if card.owner is not None and card.owner != viewer:
        subject, actor = Subject("person", card.owner), f"resident:{viewer}"
        record(subject=subject, action="trips.seen", actor=actor, at=at, detail={"card": card.id})


def _rides(conn: psycopg.Connection[Any], asked: Mapping[str, Any]) -> list[Line]:
    days = {"first": asked["since"].date() - ONE_DAY, "last": asked["until"].date() + ONE_DAY}
    classes = {"classes": [one.value for one in REAL_CLASSES]}
    rows = conn.execute(RIDES, {**asked, **days, **classes}).fetchall()
    paid = _paid(conn, asked, {row[2]: row[5] for row in rows})
    return [_ride(row, *paid.get(row[2], NOTHING)) for row in rows]


def _paid(
    conn: psycopg.Connection[Any], asked: Mapping[str, Any], uses: Mapping[int, date]
) -> dict[int, tuple[int, int]]:
    """What the purse got (below zero: gave) for each use, and what it could not pay then."""
    if not uses:
        return {}
    first, last = min(uses.values()), max(uses.values()) + CAUSES_DAYS * ONE_DAY
    more = {"first": first, "last": last, "uses": list(uses), "kinds": OF_RIDES}
    rows = conn.execute(PAID, {**asked, **more})
    return {use: (amount, owed) for use, amount, owed in rows}


def _ride(row: tuple[Any, ...], paid: int, owed: int) -> Line:
    at, name, use, card, kind, day, use_class, operator, point_in, point_out, route, *rest = row
    ended_at, riders, fare, full_fare, line_code, colour = rest
    found = UseClass(use_class)
    ride = Ride(
        use=use,
        card=card,
        service_day=day,
        use_class=found.code,
        class_words=CLASSES[found],
        point_in=point_in,
        point_out=point_out,
        route=route,
        ended_at=ended_at,
        riders=riders,
        fare=fare,
        full_fare=full_fare,
        owed=max(0, owed),
        line=line_code,
        colour=colour,
    )
    return Line(at, name, kind, MOVED[kind], paid, None, operator, ride)


def _moves(conn: psycopg.Connection[Any], asked: Mapping[str, Any]) -> list[Line]:
    rows = conn.execute(BOTH_SIDES, {**asked, "operators": OF_OPERATORS}).fetchall()
    return [
        Line(at, name, kind, MOVED[kind], amount, balance, other, None)
        for at, name, number, amount, balance, other in rows
        for kind in [PostingKind(number).name.lower()]
    ]
