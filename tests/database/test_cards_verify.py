"""`satu verify` finds what was changed behind the actions' back, each fault by its own check."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from satu.cards import verify as cards
from satu.cards.actions import issue_cards, link_card
from satu.cards.closing import close_card, pay_closed
from satu.cards.dormant import sweep_dormant
from satu.cards.kinds import CardProduct, Why
from satu.cards.lifecycle import expire_cards, freeze_card, replace_card
from satu.cards.products import ensure_products
from satu.cards.queries import faces
from satu.cards.transfers import transfer_value
from satu.ledger import verify as ledger
from satu.ledger.verify import verify
from tests.database.cards_support import ACTOR, AT, BCA, MANDIRI, open_banks
from tests.support import Database

BY: dict[str, Any] = {"actor": ACTOR, "at": AT}
SMALL = CardProduct(1, "small", "Kecil", "Small", 1_000, 5_000, 2_000, 8_000, valid_months=6)


@pytest.fixture
def owner(database: Database) -> psycopg.Connection[Any]:
    """A city in which everything happened once; its database, with the rights to spoil it."""
    open_banks()
    ensure_products(products=[SMALL], **BY)
    # 1 sends to 2, 3 is replaced by 7, 4 is closed, 5 lies dormant, 6 is frozen.
    for issuer, count in ((MANDIRI, 1), (BCA, 1), (MANDIRI, 4)):
        issue_cards(issuer=issuer, count=count, balance=500, product="small", **BY)
    for face in faces([1, 2]):
        link_card(number=face.number, secret=face.secret, owner=500 + face.serial, **BY)
    transfer_value(card=1, to=2, amount=100, key="T", owner=None, **BY)
    replace_card(card=3, why=Why.DAMAGED, **BY)
    close_card(card=4, **BY)
    freeze_card(card=6, owner=None, **BY)
    pay_closed(actor=ACTOR, at=AT + timedelta(days=7))
    later = AT + timedelta(days=800)
    expire_cards(actor=ACTOR, at=later)
    sweep_dormant(actor=ACTOR, at=later)
    return database.owner()


def faults(owner: psycopg.Connection[Any]) -> set[str]:
    report = verify(owner, (*ledger.CHECKS, *cards.CHECKS))
    return {problem.check for problem in report.problems}


def test_a_city_in_which_all_went_right_has_no_fault(owner: psycopg.Connection[Any]) -> None:
    assert faults(owner) == set()
    assert owner.execute("select count(*) from cards_dormant").fetchone() == (5,)


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (
            "update cards_incoming set amount = amount - 1 where purse in"
            " (select purse from cards_card where id = 1)",
            {"what came into a purse in a month is counted"},
        ),
        (
            "update cards_card set card_group = 9 where id = 7",
            {"a card that was replaced is closed, and the new one has its purse"},
        ),
        (
            "update cards_card set state = 1 where id = 3",
            {
                "a card that was replaced is closed, and the new one has its purse",
                "one card at most is open for a purse",
            },
        ),
        (
            "update cards_card set state = 0 where id = 6",
            {"a card is denied if it is not active, and only then"},
        ),
        (
            "update cards_closing set amount = 499",
            {"what a closed card was paid back is its redemption, and nothing is left"},
        ),
        (
            "update cards_dormant set amount = amount + 1 where card = 5",
            {"dormant money is unclaimed, or was given back"},
        ),
        (
            "update ledger_account set other = 3 where kind = 8 and book = 1",
            {"what one bank owes another is what the other is owed"},
        ),
    ],
)
def test_what_was_spoilt_is_found(
    owner: psycopg.Connection[Any], spoil: str, found: set[str]
) -> None:
    owner.execute(spoil)
    assert faults(owner) == found


def test_the_database_itself_keeps_a_month_within_its_limit(
    owner: psycopg.Connection[Any],
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="month_within_limit"):
        owner.execute("update cards_incoming set amount = 9000")
