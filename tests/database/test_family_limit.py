"""A guardian limits what comes into a ward's cards in a month; no call gets around it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from satu.cards.actions import TopUp, issue_cards, link_card, top_up
from satu.cards.errors import Refusal
from satu.cards.family import limit_of, set_limit
from satu.cards.kinds import CardProduct, Why
from satu.cards.lifecycle import Replaced, replace_card
from satu.cards.products import ensure_products
from satu.cards.queries import card as card_of
from satu.cards.queries import faces, room
from satu.cards.transfers import transfer_value
from satu.ledger.verify import verify
from satu.people.actions import erase_resident
from satu.people.errors import Refusal as PersonRefusal
from satu.people.guardians import appoint_guardian, end_guardian
from satu.people.kinds import GuardianKind, Role, Scope
from satu.taps.verify import ALL_CHECKS
from tests.database.cards_support import MANDIRI, audited, money, open_banks, postings
from tests.database.people_support import ACTOR, AT, BUDI, CASE, prepare, register
from tests.support import Database

PUPIL = CardProduct(2, "pupil", "Pelajar", "Pupil", 2_000_000, 2_000_000, None, 500_000)
PASSED = Refusal.MONTHLY_LIMIT_PASSED


@pytest.fixture
def family(database: Database) -> tuple[int, int]:
    """A parent with the child's money in scope; card 1 is the parent's, card 2 the child's."""
    prepare()
    open_banks()
    ensure_products(products=[PUPIL], actor=ACTOR, at=AT)
    siti, budi = register(), register(BUDI)
    made = issue_cards(issuer=MANDIRI, count=2, balance=90_000, product="pupil", actor=ACTOR, at=AT)
    assert isinstance(made, range)
    for face, owner in zip(faces(made), (siti, budi), strict=True):
        done = link_card(number=face.number, secret=face.secret, owner=owner, actor=ACTOR, at=AT)
        assert not isinstance(done, str), done
    appoint(siti, budi, Scope.MONEY)
    return siti, budi


def appoint(guardian: int, ward: int, *scopes: Scope) -> None:
    appoint_guardian(
        guardian=guardian, ward=ward, kind=GuardianKind.PARENT, scopes=scopes, until=None,
        role=Role.DESK, case=CASE, actor=ACTOR, at=AT,
    )  # fmt: skip


def limit(guardian: int, ward: int, monthly: int | None) -> Any:
    actor = f"resident:{guardian}"
    return set_limit(guardian=guardian, ward=ward, monthly=monthly, actor=actor, at=AT)


def pay(amount: int, card: int = 2, days: int = 0) -> TopUp | Refusal:
    when = AT + timedelta(days=days)
    return top_up(card=card, amount=amount, reference=f"{card}-{amount}", actor="t", at=when)


def test_what_comes_in_stays_within_what_the_family_wants(
    database: Database, family: tuple[int, int]
) -> None:
    siti, budi = family
    assert limit(siti, budi, 100_000) is None and limit_of(budi, AT) == 100_000
    before = postings(database.connect())
    assert pay(10_001) is PASSED, "90,000 were there when the card was issued"
    sent = transfer_value(card=1, to=2, amount=10_001, key="k", owner=siti, actor="t", at=AT)
    assert sent is PASSED and postings(database.connect()) == before
    assert isinstance(pay(10_000), TopUp) and pay(1) is PASSED
    child = card_of(2)
    assert child is not None and room(child, AT) == 0
    assert isinstance(pay(50_000, card=1), TopUp), "the parent's own card has no such limit"
    assert isinstance(pay(99_999, days=31), TopUp), "another month"
    done = replace_card(card=2, why=Why.DAMAGED, actor="t", at=AT)
    assert isinstance(done, Replaced)
    assert pay(2, card=done.successor) is PASSED, "a replacement is the same child's"
    assert limit(siti, budi, None) is None and limit_of(budi, AT) is None
    assert isinstance(pay(3, card=done.successor), TopUp)
    assert money(database.connect(), done.successor).purse == 90_000 + 10_000 + 99_999 + 3
    assert verify(database.connect(), ALL_CHECKS).problems == []
    told = audited(database.connect(), "family.limit_set")
    assert told == [
        (f"resident:{siti}", "person", budi, {"guardian": siti, "monthly": 100_000}),
        (f"resident:{siti}", "person", budi, {"guardian": siti, "monthly": None}),
    ]


def test_it_is_never_wider_than_the_products_own(family: tuple[int, int]) -> None:
    siti, budi = family
    assert limit(siti, budi, 10_000_000) is None
    assert pay(410_001) is PASSED
    assert isinstance(pay(410_000), TopUp)


def test_only_a_guardian_of_the_money_sets_it_and_it_ends_with_them(
    family: tuple[int, int],
) -> None:
    siti, budi = family
    assert limit(budi, siti, 1_000) is PersonRefusal.NOT_GUARDIAN
    assert limit(budi, budi, 1_000) is PersonRefusal.NOT_GUARDIAN
    assert limit(siti, siti, 1_000) is PersonRefusal.NOT_GUARDIAN
    assert limit(siti, budi, 0) is limit(siti, budi, -1) is Refusal.AMOUNT_NOT_POSITIVE
    assert limit_of(budi, AT) is None and limit_of(99, AT) is None
    assert limit(siti, budi, 95_000) is None and pay(5_001) is PASSED
    appoint(siti, budi, Scope.TRIPS)
    assert limit_of(budi, AT) is None and isinstance(pay(5_001), TopUp)
    assert limit(siti, budi, 1_000) is PersonRefusal.NOT_GUARDIAN
    appoint(siti, budi, Scope.MONEY)
    assert limit_of(budi, AT) == 95_000
    end_guardian(guardian=siti, ward=budi, actor=ACTOR, at=AT)
    assert limit_of(budi, AT) is None
    erase_resident(resident=siti, reason="asked", open_cards=0, actor=ACTOR, at=AT)
    assert isinstance(pay(7), TopUp)
