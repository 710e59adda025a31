"""What a demo finds or makes before it begins: cards of every bank, readers, a free day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import psycopg

from satu.cards import queries as cards_queries
from satu.cards.actions import issue_cards
from satu.cards.errors import Refusal
from satu.city.simulate import Population, devices
from satu.city.simulate_city import SimulatedCity
from satu.services.rules import Rules
from satu.taps.actions import NewDevice, register_devices
from satu.validator.keys import DeviceKeys, simulated_keys

ACTOR = "city.demo"
DAYS = 7  # that are ridden before a demo's first one, for pages that tell of days that are over
EMPTY_BELOW = 5_000  # less than any ride asks for
CARDS = """
select c.id, c.category, a.balance - a.held
  from cards_card c join ledger_account a on a.id = c.purse
 where c.state = 0 order by c.id limit %s
"""
NEWEST_DAY = "select max(service_day) from taps_card_day"


class Kind(NamedTuple):
    """A share of every bank's cards that are alike; `weight` of all kinds' weights."""

    weight: int
    category: str
    balance: int
    product: str = "resident"


KINDS = (
    Kind(27, "adult", 20_000),
    Kind(40, "adult", 50_000),
    Kind(16, "adult", 150_000),
    Kind(8, "child", 30_000, "pupil"),
    Kind(4, "kjp", 20_000, "pupil"),
    Kind(3, "senior", 20_000, "senior"),
    Kind(2, "adult", 3_000),
)


def issue_demo_cards(*, wanted: int, at: datetime, issued: Callable[[int], None]) -> None:
    """Issue cards, shared evenly between the banks; `issued` is told how many more there are."""
    banks, known = cards_queries.issuers(), cards_queries.product_codes()
    weights = sum(kind.weight for kind in KINDS)
    made = 0
    shares = [(bank.id, kind) for kind in KINDS for bank in banks]
    for place, (bank, kind) in enumerate(shares):
        is_last = place == len(shares) - 1
        share = wanted - made if is_last else wanted * kind.weight // weights // len(banks)
        if share <= 0:
            continue
        answer = issue_cards(
            issuer=bank,
            count=share,
            balance=kind.balance,
            category=kind.category,
            product=kind.product if kind.product in known else "",
            actor=ACTOR,
            at=at,
        )
        assert not isinstance(answer, Refusal), answer
        made += share
        issued(share)


def population(conn: psycopg.Connection, count: int) -> Population:
    """The first `count` cards that open doors, as the simulation knows them."""
    adults: list[int] = []
    children: list[int] = []
    empty: list[int] = []
    for card, category, free in conn.execute(CARDS, [count]):
        group = children if category == "child" else adults
        (empty if free < EMPTY_BELOW else group).append(card)
    return Population(adults, children, empty)


def with_regulars(people: Population, cards: Sequence[int]) -> Population:
    """The same people, of whom these ride on every day instead of by lot."""
    adults = [card for card in people.adults if card not in cards]
    return people._replace(adults=adults, regulars=cards)


def has_ridden(conn: psycopg.Connection) -> bool:
    """Whether anybody ever rode here: then the past is as it was."""
    row = conn.execute(NEWEST_DAY).fetchone()
    return row is not None and row[0] is not None


def opening_day(conn: psycopg.Connection, first: date) -> date:
    """The day on which cards are issued: nobody rides before, not even on the days of the past."""
    return first if has_ridden(conn) else first - timedelta(days=DAYS)


def free_day(conn: psycopg.Connection, today: date) -> date:
    """Today, or the day after the last on which somebody rode: taps are for ever."""
    row = conn.execute(NEWEST_DAY).fetchone()
    newest = row[0] if row else None
    return today if newest is None else max(today, newest + timedelta(days=1))


def ready_simulated_readers(
    *, city: SimulatedCity, rules: Rules, master: bytes, at: datetime
) -> dict[str, DeviceKeys]:
    """The keys of every reader that the simulation uses, by its code; registers what is new."""
    places = {f"gate:{point.code}": point for point in rules.bundle.points}
    operators = {route.code: route.operator for route in rules.bundle.routes}

    def public_key(number: int) -> bytes:
        return simulated_keys(number, master).public_key

    def new(code: str) -> NewDevice:
        place = places.get(code)
        if place is not None:
            return NewDevice(code, place.operator, place.id, public_key)
        return NewDevice(code, operators[code.split(":")[1]], None, public_key)

    wanted = [new(code) for code in devices(city)]
    numbers = register_devices(devices=wanted, actor=ACTOR, at=at)
    return {code: simulated_keys(number, master) for code, number in numbers.items()}
