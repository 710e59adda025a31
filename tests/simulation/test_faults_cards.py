"""A service desk's program is killed while cards are lost, replaced, emptied and closed."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.journeys.gateway_support import BALANCE, Town
from tests.simulation.faults_support import new_seed
from tests.simulation.test_faults_actions import Books, run_killed, run_whole

CARDS = 12
SENT = 1_000
KILLS = 3
DESK = f"""
import sys
import django; django.setup()
from datetime import UTC, datetime, timedelta
from satu.cards.closing import close_card, pay_closed
from satu.cards.kinds import Why
from satu.cards.lifecycle import replace_card, report_lost
from satu.cards.transfers import transfer_value
at = datetime(2026, 1, 6, tzinfo=UTC)
by = {{"actor": "t", "at": at}}
serials = [int(word) for word in sys.argv[1:]]
print("begun", flush=True)
for card in serials:
    report_lost(card=card, owner=None, **by)
    done = replace_card(card=card, why=Why.LOST, **by)
    print(card, done.successor, flush=True)
    to = serials[0] if card != serials[0] else card
    transfer_value(card=done.successor, to=replace_card(card=to, why=Why.LOST, **by).successor,
                   amount={SENT}, key=f"k-{{card}}", owner=None, **by)
close_card(card=replace_card(card=serials[-1], why=Why.LOST, **by).successor, **by)
pay_closed(actor="t", at=at + timedelta(days=9))
"""


@pytest.fixture
def choose() -> random.Random:
    return random.Random(new_seed())


def test_every_card_is_replaced_once_and_its_money_is_whole(
    database: Any, choose: random.Random
) -> None:
    town, books = Town(database), Books(database)
    cards = [*town.cards(CARDS)]
    town.database.owner().execute("update cards_card set owner = 500 + id")
    told: dict[str, str] = {}
    for _ in range(KILLS):
        hear(told, run_killed(DESK, choose.uniform(0, 0.4), *map(str, cards)))
        books.wait_for_the_dead()
        assert len(told) <= books.count("cards_replacement") <= len(told) + 1
        books.check()
    said, _ = run_whole(DESK, *map(str, cards))
    hear(told, said)
    books.check()
    assert len(told) == CARDS == books.count("cards_replacement")
    assert books.count("cards_card") == 2 * CARDS == books.ask("select max(id) from cards_card")
    first, *others, last = cards
    assert town.balance(first) == BALANCE + (CARDS - 1) * SENT
    assert {town.balance(card) for card in others} == {BALANCE - SENT}
    assert town.balance(last) == 0
    assert books.ask("select amount from cards_closing") == BALANCE - SENT
    assert books.count("audit_entry where action = 'card.replaced'") == CARDS
    assert books.count("audit_entry where action = 'card.value_sent'") == CARDS - 1


def hear(told: dict[str, str], lines: list[str]) -> None:
    """Take note of each card's successor; a card that was told of before has the same."""
    for line in lines:
        card, successor = line.split()
        assert told.setdefault(card, successor) == successor
