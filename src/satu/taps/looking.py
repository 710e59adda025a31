"""Looking at a card's day: who looks, why, and what is shown. Every look is written down first."""

from __future__ import annotations

from datetime import date, datetime

import psycopg
from django.db import transaction
from msgspec.structs import replace

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards import moving
from satu.cards import queries as cards
from satu.cards.models import Card
from satu.kernel.ids import tap_posting_key
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import PostingKind
from satu.services import all as services
from satu.services import sealed
from satu.services.rules import Rules
from satu.taps import day as days
from satu.taps import places
from satu.taps.card import rider_with
from satu.taps.day import Day, TapKey
from satu.taps.explain import JourneyTold, Looked, Posted, explain
from satu.taps.history import note_guardian, own_card

# A late tap moves days after its own, for 72 hours; any later tap can be the one that closes a day.
CAUSES_DAYS = 4
LAST_REVISION, LAST_LINE = (1 << 32) - 1, (1 << 31) - 1

DAYS = """
select service_day, revision, last_ms, last_tap, taps, carried_in, day_state, is_closed
  from taps_days_v1(array[%(card)s]::bigint[], %(day)s::date, %(day)s::date)
 where service_day = %(day)s
"""
CAUSES = """
select t from taps_card_day, unnest(taps) as t
 where card = %s and service_day >= %s order by t
"""
# Keys of postings begin with the tap that caused them, so a tap's lie side by side in the index.
POSTED = """
select p.kind, p.amount, p.debit, p.credit, p.posted_at, p.settlement_day,
       coalesce(o.name, ''), coalesce(p.use, 0)
  from unnest(%(first)s::uuid[], %(last)s::uuid[]) as u (first, last)
 cross join lateral (select * from ledger_posting x
                      where x.key between u.first and u.last offset 0) p
  left join ledger_account a
    on a.id = case when p.debit = any (%(own)s) then p.credit else p.debit end and a.party > 0
  left join taps_operator o on o.id = a.party
 where p.service_day = %(day)s
   and (p.debit = any (%(own)s) or p.credit = any (%(own)s))
 order by p.serial
"""


_ready: dict[bytes, Rules] = {}


def look_at_day(
    *, card: str, day: date, purpose: str, actor: str, at: datetime, case: str = ""
) -> Looked | None:
    """A card's day, by its printed number or its serial; None: no such card, or it did not ride.

    That somebody looked, for what purpose and in which case, is kept in the audit trail.
    NoCityLoaded.
    """
    assert purpose, "who looks says why"
    assert services.SERVICES
    found = cards.find(card)
    if found is None:
        return None
    with transaction.atomic():
        record(
            subject=Subject("card", found.id),
            action="card.day_looked_at",
            actor=actor,
            at=at,
            detail={
                "day": day.isoformat(),
                "purpose": purpose,
                **({"case": case} if case else {}),
            },
        )
        return _looked(found, day)


def own_day(*, viewer: int, card: int, day: date, at: datetime) -> Looked | None:
    """A card's day for a resident; None: no such card, not theirs to see, or it did not ride.

    Of the day on which it became its owner's, the rides since then. A guardian who looks is
    written down. NoCityLoaded.
    """
    assert services.SERVICES
    found = own_card(viewer=viewer, card=card, at=at)
    if found is None:
        return None
    with transaction.atomic():
        note_guardian(viewer=viewer, card=found, at=at)
        looked = _looked(found, day)
    if looked is None or found.owned_since is None:
        return looked
    return _since(looked, found.owned_since)


def _looked(card: Card, day: date) -> Looked | None:
    conn = raw_connection()
    stored = _day(conn, card.id, day)
    if stored is None:
        return None
    rules = rules_in_force(conn)
    rights = None if card.entitlements is None else bytes(card.entitlements)
    rider = rider_with(card.category, rights, rules)
    return Looked(card.id, card.number, explain(rules, stored, rider), _posted(conn, card, day))


def _since(looked: Looked, since: datetime) -> Looked | None:
    """Of a day the rides from a time on, with what was posted for them; None: there are none."""
    legs = [
        tuple(leg for leg in one.legs if leg.started_at >= since) for one in looked.told.journeys
    ]
    journeys = tuple(JourneyTold(sum(leg.fare for leg in one), one) for one in legs if one)
    if not journeys:
        return None
    uses = {leg.use for one in journeys for leg in one.legs}
    fare = sum(one.fare for one in journeys)
    posted = tuple(one for one in looked.posted if one.use in uses)
    told = replace(looked.told, journeys=journeys, fare=fare, charged=fare)
    return replace(looked, told=told, posted=posted)


def rules_in_force(conn: psycopg.Connection) -> Rules:
    """The city's rules in force; those that were asked for last are kept ready. NoCityLoaded."""
    ready = _ready.get(places.bundle_digest(conn))
    if ready is None:
        signed = places.load_signed(conn)
        ready = Rules(sealed.decode(signed.content))
        _ready.clear()
        _ready[signed.digest] = ready
    return ready


def _day(conn: psycopg.Connection, card: int, on: date) -> Day | None:
    row = conn.execute(DAYS, {"card": card, "day": on}).fetchone()
    if row is None:
        return None
    stored_on, revision, last_ms, last_tap, taps, carried_in, state, is_closed = row
    last = TapKey(last_ms, last_tap)
    return days.decode(stored_on, revision, last, taps, carried_in, state, is_closed)


def _posted(conn: psycopg.Connection, card: Card, on: date) -> tuple[Posted, ...]:
    earliest = date.fromordinal(on.toordinal() - CAUSES_DAYS)
    causes = [tap for (tap,) in conn.execute(CAUSES, [card.id, earliest])]
    own = [*moving.line(conn, card.purse), card.receivable]
    rows = conn.execute(
        POSTED,
        {
            "first": [tap_posting_key(tap, 0, 0) for tap in causes],
            "last": [tap_posting_key(tap, LAST_REVISION, LAST_LINE) for tap in causes],
            "own": own,
            "day": on,
        },
    )
    return tuple(
        Posted(
            PostingKind(kind).name.lower(),
            operator,
            amount * ((debit in own) - (credit in own)),
            posted_at,
            settlement_day,
            use,
        )
        for kind, amount, debit, credit, posted_at, settlement_day, operator, use in rows
    )
