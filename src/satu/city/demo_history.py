"""Residents of a demo with a week of rides behind them, to have pages to show.

Their rides are simulated like the others, and go through the gateway before the demo's first day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import psycopg

from satu.cards.actions import link_card
from satu.cards.errors import Refusal
from satu.cards.queries import card as find_card
from satu.cards.queries import faces, issuers
from satu.city.demo_day import DemoCity
from satu.city.demo_past import Regular, ride_before
from satu.city.demo_setup import has_ridden, opening_day
from satu.kernel.days import from_ms
from satu.messages.delivering import deliver_due
from satu.messages.ports import ports
from satu.payments.orders import NewOrder, Placed, place_order
from satu.payments.purses import Opened, open_purse
from satu.payments.top_ups import Paid, top_up
from satu.people import queries
from satu.people.actions import register_resident
from satu.people.kinds import Assurance
from satu.people.profile import NewResident, Profile, Registered

ACTOR = "city.demo"
NAME, PHONE = "Siti Contoh", "+6281200001945"  # nobody's
FORGETFUL, FORGETFULS_PHONE = "Rudi Contoh", "+6281200001947"  # nobody's
FORGETS, FORGETS_DAYS = 3, 4  # that one: so many exits, in so many days
FORGETS_LATELY = 2  # the resident: one exit, in so many days; nobody tells it but they
SECOND_PURSE = 50_000
LOW, LOW_BRINGS, MOST_A_MONTH = 20_000, 50_000, 500_000
DAY_S = 24 * 3600
ANY = 10**9
RICHEST = """
select c.id from cards_card c join ledger_account a on a.id = c.purse
 where c.state = 0 and c.owner is null and c.category = 'adult' and a.balance <= %s
 order by a.balance desc, c.id limit 1
"""


def settle(demo: DemoCity, address: str, told: Callable[[int], None]) -> int | None:
    """Let the residents be there, and a past of the city if nobody has ridden here before.

    The card of the forgetful one, whose missing taps nobody has told yet; None: there is no new
    past, or no card for them. `told` is told of days that were ridden.
    """
    with psycopg.connect(demo.database, autocommit=True) as conn:
        is_new = not has_ridden(conn)
        at = from_ms(demo.rules.calendar.start_ms(opening_day(conn, demo.first_day)))
        card = settle_resident(conn, at=at)
        if card is None or not is_new:
            return None
        forgetful = _settle(conn, FORGETFUL, FORGETFULS_PHONE, at)
    regulars = [Regular(card, 1, FORGETS_LATELY)]
    if forgetful is not None:
        regulars.append(Regular(forgetful, FORGETS, FORGETS_DAYS))
    ride_before(demo, address, regulars, told)
    return forgetful


def settle_resident(conn: psycopg.Connection, *, at: datetime) -> int | None:
    """Register the demo's resident and link a card with much money to them: the card's serial.

    It has a second purse at another bank, and they are told of its money. None: they are here
    already, or nobody has a card.
    """
    if queries.find_by_phone(PHONE):
        return None
    linked = _settle(conn, NAME, PHONE, at)
    if linked is not None:
        _open_second_purse(linked, at)
        _order_money(linked, at)
        deliver_due(ports=ports(), at=at)
    return linked


def link_richest(
    conn: psycopg.Connection, resident: int, at: datetime, most: int = ANY
) -> int | None:
    """Link a card of nobody's with the most money, up to `most`, to a resident: its serial."""
    row = conn.execute(RICHEST, [most]).fetchone()
    if row is None:
        return None
    (face,) = faces([row[0]])
    linked = link_card(number=face.number, secret=face.secret, owner=resident, actor=ACTOR, at=at)
    assert not isinstance(linked, Refusal), linked
    return linked


def _settle(conn: psycopg.Connection, name: str, phone: str, at: datetime) -> int | None:
    """Register somebody with the card of nobody's that has the most money: its serial."""
    if conn.execute(RICHEST, [ANY]).fetchone() is None:
        return None
    new = NewResident(profile=Profile(name=name, phone=phone), level=Assurance.PHONE)
    resident = register_resident(new=new, actor=ACTOR, at=at)
    assert isinstance(resident, Registered), resident
    return link_richest(conn, resident.resident, at)


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
