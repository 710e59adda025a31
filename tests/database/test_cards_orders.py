"""Cards that a bank orders: made once, told to their maker alone, active after delivery."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from satu.cards import verify as cards
from satu.cards.actions import Changed, issue_cards, unblock_card
from satu.cards.errors import Refusal
from satu.cards.kinds import OrderState
from satu.cards.lifecycle import activate_card
from satu.cards.orders import (
    NewCards,
    Ordered,
    Produced,
    deliver,
    order_cards,
    orders,
    personalise,
)
from satu.cards.personalising import read_head, unseal, write_public
from satu.cards.products import ensure_products
from satu.ledger import verify as ledger
from satu.ledger.kinds import Result
from satu.ledger.verify import verify
from tests.commands import Finished, satu
from tests.database.cards_support import BCA, MANDIRI, audited, one, open_banks
from tests.database.fares_support import loaded_city
from tests.database.test_payments import BY, SMALL
from tests.support import Database

MAKER = X25519PrivateKey.generate()
NEW = NewCards(MANDIRI, "small", "adult", 3, "PT Kartu", write_public(MAKER))
KNOWN = {"adult", "child"}
SPOILT = "an order's cards are those that were ordered, and open no door before delivery"


@pytest.fixture
def bank(database: Database) -> Database:
    open_banks()
    ensure_products(products=[SMALL], **BY)
    return database


def ordered(new: NewCards = NEW, key: str = "PO-1") -> Any:
    return order_cards(new=new, categories=KNOWN, key=key, **BY)


def faces(produced: Any) -> list[dict[str, str]]:
    assert isinstance(produced, Produced)
    return list(csv.DictReader(unseal(produced.file, MAKER).splitlines()))


def test_an_order_is_made_once_and_its_cards_open_doors_after_delivery(bank: Database) -> None:
    conn = bank.connect()
    issue_cards(issuer=BCA, count=4, balance=0, **BY)
    assert ordered() == Ordered(Result.POSTED, 1)
    assert ordered() == Ordered(Result.EXISTS, 1)
    more = ordered(NEW._replace(quantity=4))
    assert more == Ordered(Result.EXISTS_WITH_DIFFERENT_CONTENT, 1)
    assert deliver(order=1, **BY) is Refusal.CARD_ORDER_NOT_PRODUCED
    assert one(conn, "select count(*) from cards_card") == (4,)

    first = personalise(order=1, **BY)
    again = personalise(order=1, **BY)
    assert faces(first) == faces(again) and isinstance(first, Produced)
    assert isinstance(again, Produced) and again.file != first.file
    assert first.cards == again.cards == range(5, 8)
    assert read_head(first.file).count == 3
    assert one(conn, "select count(*), min(state), max(state) from cards_card where id > 4") == (
        3,
        1,
        1,
    )

    assert unblock_card(card=6, reason="found", **BY) is Refusal.CARD_NOT_DELIVERED
    told = {"number": faces(first)[1]["number"], "secret": faces(first)[1]["secret"], **BY}
    assert activate_card(**told) is Refusal.CARD_NOT_DELIVERED
    assert deliver(order=1, **BY) == 1
    assert deliver(order=1, **BY) == 1
    assert personalise(order=1, **BY) is Refusal.CARD_ORDER_DELIVERED
    activated = activate_card(**told)
    assert isinstance(activated, Changed) and activated.card == 6
    (standing,) = orders()
    assert (standing.state, standing.files, standing.activated) == (OrderState.DELIVERED, 2, 1)

    assert [entry[3]["file"] for entry in audited(conn, "card_order.personalised")] == [1, 2]
    assert len(audited(conn, "card_order.delivered")) == len(audited(conn, "card_order.ordered"))
    report = verify(bank.connect(), (*ledger.CHECKS, *cards.CHECKS))
    assert report.ok, report.problems


def test_no_secret_is_kept_anywhere(bank: Database) -> None:
    ordered()
    secrets = [face["secret"] for face in faces(personalise(order=1, **BY))]
    tables = bank.owner().execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    for (table,) in tables.fetchall():
        for (row,) in bank.owner().execute(f'select t::text from "{table}" t').fetchall():
            assert not any(secret in row for secret in secrets), table


def test_refusals(bank: Database) -> None:
    assert ordered(NEW._replace(issuer=9)) is Refusal.ISSUER_UNKNOWN
    assert ordered(NEW._replace(product="gold")) is Refusal.CARD_PRODUCT_UNKNOWN
    assert ordered(NEW._replace(category="hero")) is Refusal.CATEGORY_UNKNOWN
    assert ordered(NEW._replace(maker_key=b"no key")) is Refusal.MAKER_KEY_INVALID
    assert ordered(NEW._replace(quantity=0)) is Refusal.COUNT_OUT_OF_RANGE
    assert ordered(key="") is Refusal.REFERENCE_INVALID
    assert personalise(order=1, **BY) is Refusal.CARD_ORDER_UNKNOWN
    assert deliver(order=1, **BY) is Refusal.CARD_ORDER_UNKNOWN
    assert orders() == []


def test_an_order_that_was_spoilt_is_found(bank: Database) -> None:
    ordered()
    conn = bank.owner()
    face = faces(personalise(order=1, **BY))[0]
    conn.execute("update cards_order set count = 4")
    assert found(bank) == [SPOILT]
    conn.execute("update cards_order set count = 3")
    assert found(bank) == []
    deliver(order=1, **BY)
    activate_card(number=face["number"], secret=face["secret"], **BY)
    conn.execute("update cards_order set state = 1")
    assert found(bank) == [SPOILT]


def found(bank: Database) -> list[str]:
    return [problem.check for problem in verify(bank.owner(), cards.CHECKS).problems]


def test_commands_write_a_file_that_the_maker_opens(bank: Database, tmp_path: Path) -> None:
    ordered()
    file, key = tmp_path / "po-1.satu", tmp_path / "maker.pem"
    key.write_bytes(MAKER.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    made = satu("cards", "personalise", "1", "--file", str(file), "--json")
    assert made.told == {"order": 1, "first": 1, "count": 3, "file": str(file)}
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["maker.pem", "po-1.satu"]
    opened = satu("cards", "open", str(file), "--key", str(key))
    assert opened.stdout.splitlines()[0].startswith("serial,number,secret")
    assert len(opened.stdout.splitlines()) == 4
    assert satu("cards", "deliver", "1", "--json").told == {"order": 1}
    assert satu("cards", "personalise", "1", "--file", str(file)).returncode == 1
    (told,) = satu("cards", "orders", "--json").told["orders"]
    assert (told["state"], told["quantity"], told["activated"]) == ("delivered", 3, 0)
    file.write_bytes(file.read_bytes()[:-1])
    assert satu("cards", "open", str(file), "--key", str(key)).returncode == 1


def test_a_command_orders_once_for_its_key(database: Database, tmp_path: Path) -> None:
    loaded_city(database)
    ensure_products(products=[SMALL], **BY)
    key = tmp_path / "maker.pem"
    key.write_bytes(write_public(MAKER))

    def order(count: int = 3, *more: str) -> Finished:
        asked = ("--issuer", "bank", "--product", "small", "--count", str(count))
        maker = ("--maker", "PT Kartu", "--maker-key", str(key), "--key", "PO-9")
        return satu("cards", "order", *asked, *maker, *more, "--json")

    assert order().told == {"result": "posted", "order": 1}
    assert order().told == {"result": "exists", "order": 1}
    other = order(4)
    assert other.returncode == 1 and "--key PO-9 did something else" in other.stderr
    assert order(3, "--category", "hero").told["refused"] == "category_unknown"
    assert "issuer_unknown" in satu(
        "cards", "order", "--issuer", "x", "--product", "small", "--count", "1",
        "--maker", "PT Kartu", "--maker-key", str(key), "--key", "PO-10",
    ).stderr  # fmt: skip
    (told,) = satu("cards", "orders", "--json").told["orders"]
    assert (told["bank"], told["quantity"], told["state"]) == ("bank", 3, "ordered")
    assert one(database.connect(), "select category from cards_order") == ("adult",)
    file = tmp_path / "po-9.satu"
    made = satu("cards", "personalise", "1", "--file", str(file), "--json")
    assert made.told["count"] == 3 and satu("cards", "deliver", "1").returncode == 0
