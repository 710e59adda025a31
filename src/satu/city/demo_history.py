"""A resident of a demo with a week of rides behind them, to have pages to show.

The rides are simulated like the others, and go through the gateway before the demo's first day.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import psycopg

from satu.cards.actions import link_card
from satu.cards.errors import Refusal
from satu.cards.queries import card as find_card
from satu.cards.queries import faces, issuers
from satu.city.demo_day import DemoCity
from satu.city.demo_setup import NEWEST_DAY
from satu.city.replay_send import Connection
from satu.city.simulate import Event, Population, simulate_day
from satu.kernel.days import from_ms
from satu.payments.orders import NewOrder, Placed, place_order
from satu.payments.purses import Opened, open_purse
from satu.payments.top_ups import Paid, top_up
from satu.people import queries
from satu.people.actions import register_resident
from satu.people.kinds import Assurance
from satu.people.profile import NewResident, Profile, Registered
from satu.taps.closing import close_days

ACTOR = "city.demo"
NAME, PHONE = "Siti Contoh", "+6281200001945"  # nobody's
DAYS = 7
SECOND_PURSE = 50_000
LOW, LOW_BRINGS, MOST_A_MONTH = 20_000, 50_000, 500_000
DAY_S = 24 * 3600
ONE_COMMUTER = 13  # so many cards have one commuter among them
RICHEST = """
select c.id from cards_card c join ledger_account a on a.id = c.purse
 where c.state = 0 and c.owner is null and c.category = 'adult'
 order by a.balance desc, c.id limit 1
"""


def settle(demo: DemoCity, address: str) -> None:
    """Let the resident be there, with a week behind them if nobody has ridden here before."""
    at = from_ms(demo.rules.calendar.start_ms(demo.first_day))
    with psycopg.connect(demo.database, autocommit=True) as conn:
        is_new = not has_ridden(conn)
        card = settle_resident(conn, at=at)
    if card is not None and is_new:
        asyncio.run(_ride_before(demo, address, card))
        now_ms = demo.rules.calendar.start_ms(demo.first_day)
        close_days(url=demo.database, before=demo.first_day, now_ms=now_ms)


def settle_resident(conn: psycopg.Connection, *, at: datetime) -> int | None:
    """Register the demo's resident and link a card with much money to them: the card's serial.

    It has a second purse at another bank. None: they are here already, or nobody has a card.
    """
    if queries.find_by_phone(PHONE):
        return None
    row = conn.execute(RICHEST).fetchone()
    if row is None:
        return None
    (face,) = faces([row[0]])
    new = NewResident(profile=Profile(name=NAME, phone=PHONE), level=Assurance.PHONE)
    resident = register_resident(new=new, actor=ACTOR, at=at)
    assert isinstance(resident, Registered), resident
    linked = link_card(
        number=face.number,
        secret=face.secret,
        owner=resident.resident,
        actor=ACTOR,
        at=at,
    )
    assert not isinstance(linked, Refusal), linked
    _open_second_purse(linked, at)
    _order_money(linked, at)
    return linked


def _open_second_purse(card: int, at: datetime) -> None:
    """A purse at another bank too, with money, that is used when the first has none."""
    found = find_card(card)
    assert found is not None
    other = next((bank.id for bank in issuers() if bank.id != found.issuer_id), None)
    if other is None:
        return
    name = f"demo-{card}"
    opened = open_purse(card=card, bank=other, key=name, owner=None, actor=ACTOR, at=at)
    assert isinstance(opened, Opened), opened
    paid = top_up(bank=other, card=card, amount=SECOND_PURSE, reference=name, actor=ACTOR, at=at)
    assert isinstance(paid, Paid), paid


def _order_money(card: int, at: datetime) -> None:
    """A standing order at the card's own bank, for when it runs low."""
    found = find_card(card)
    assert found is not None
    new = NewOrder(card, LOW, LOW_BRINGS, DAY_S, MOST_A_MONTH, bank=found.issuer_id)
    placed = place_order(new=new, key=f"demo-{card}", owner=None, actor=ACTOR, at=at)
    assert isinstance(placed, Placed), placed


def has_ridden(conn: psycopg.Connection) -> bool:
    """Whether anybody ever rode here: then the past is as it was."""
    row = conn.execute(NEWEST_DAY).fetchone()
    return row is not None and row[0] is not None


async def _ride_before(demo: DemoCity, address: str, card: int) -> None:
    """Let a card ride on the week before the demo's first day, to work and home.

    Once its holder forgets to tap out at a gate, so that there is a journey to complete.
    """
    connection = Connection(address)
    alone = Population([card] * ONE_COMMUTER, [], [])
    refused: set[tuple[date, int]] = set()
    gated = _gated(demo)
    has_forgotten = False
    try:
        for back in range(DAYS, 0, -1):
            day = demo.first_day - timedelta(days=back)
            events = simulate_day(demo.city, alone, day, demo.seed)
            for event in sorted(events, key=lambda one: one.tap.at_ms):
                if (day, event.trip) in refused:
                    continue
                if not has_forgotten and _is_exit_at(event, gated):
                    has_forgotten = True
                    continue
                keys = demo.keys[event.device]
                decision = await connection.tap(keys, event.tap, demo.real_ms)
                if not decision.accepted:
                    refused.add((day, event.trip))
    finally:
        connection.close()


def _gated(demo: DemoCity) -> frozenset[str]:
    """The codes of the points at which one taps in and out."""
    networks = demo.rules.prices_on(demo.first_day).networks
    return frozenset(
        point.code
        for point in demo.rules.bundle.points
        if point.network in networks and networks[point.network].closed
    )


def _is_exit_at(event: Event, points: frozenset[str]) -> bool:
    return event.tap.direction == "exit" and event.tap.point in points
