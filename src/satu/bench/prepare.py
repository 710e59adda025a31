"""Makes a bench's database ready: the city, readers, cards with money. Through actions.

What is there already stays, so that a million cards are paid for once.
"""

from __future__ import annotations

from datetime import datetime

import psycopg

from satu.bench.problems import BenchProblem
from satu.bench.stage import Stage, Tell
from satu.cards import queries as cards_queries
from satu.cards.actions import issue_cards
from satu.cards.errors import Refusal
from satu.cards.kinds import CardProduct
from satu.cards.products import ensure_products
from satu.city.load import load_city
from satu.city.pack import Pack
from satu.services.rules import Bundle, Rules
from satu.taps.actions import NewDevice, register_devices
from satu.validator.keys import DeviceKeys, simulated_keys

ACTOR = "command:bench"
BALANCE = 100_000_000
# Enough for every run on a database that is kept: so its cards are of a kind without limits.
KIND = CardProduct(32_767, "bench", "Kartu uji", "Bench card")
READERS = 256
CHUNK = 20_000


def ready(
    conn: psycopg.Connection,
    *,
    pack: Pack,
    cards: int | None,
    readers: int = READERS,
    master: bytes,
    at: datetime,
    tell: Tell,
) -> Stage:
    """Load the city, register readers, issue the cards that lack. `master` is the key `device`.

    `cards` None: none are issued, and those that are there are the stage's.
    """
    bundle = load_city(pack=pack, actor=ACTOR, at=at).places.bundle
    registered = _readers(bundle, readers, master, at)
    if cards is None:
        cards = _issued(conn)
    else:
        _issue(conn, cards, at, tell)
    return Stage(Rules(bundle), registered, cards)


def _readers(bundle: Bundle, count: int, master: bytes, at: datetime) -> list[DeviceKeys]:
    operator = bundle.operators[0].id

    def public_key(device: int) -> bytes:
        return simulated_keys(device, master).public_key

    wanted = [NewDevice(f"bench:{n}", operator, None, public_key) for n in range(count)]
    numbers = register_devices(devices=wanted, actor=ACTOR, at=at)
    return [simulated_keys(number, master) for number in sorted(numbers.values())]


def _issue(conn: psycopg.Connection, cards: int, at: datetime, tell: Tell) -> None:
    ensure_products(products=[KIND], actor=ACTOR, at=at)
    issuers = [issuer.id for issuer in cards_queries.issuers()]
    made = _issued(conn)
    while made < cards:
        tell("Cards", made, cards)
        issuer = issuers[made // CHUNK % len(issuers)]
        count = min(CHUNK, cards - made)
        issued = issue_cards(
            issuer=issuer, count=count, balance=BALANCE, product=KIND.code, actor=ACTOR, at=at
        )
        if isinstance(issued, Refusal):
            raise BenchProblem(f"cards cannot be issued: {issued}")
        made += count
    tell("Cards", made, cards)
    if made != cards:
        raise BenchProblem(f"the database holds {made:,} cards, not {cards:,}; use --fresh")


def _issued(conn: psycopg.Connection) -> int:
    row = conn.execute("select coalesce(max(id), 0) from cards_card").fetchone()
    assert row is not None
    return int(row[0])
