"""The demo's desk finds cards on their way; a second start orders none."""

from __future__ import annotations

from typing import Any

from satu.cards.kinds import CardProduct, OrderState
from satu.cards.orders import orders
from satu.cards.products import ensure_products
from satu.city.demo_desk import QUANTITY, order_demo_cards
from tests.database.fares_support import NOW, loaded_city


def test_a_demos_cards_are_on_their_way(database: Any) -> None:
    rules = loaded_city(database).rules
    assert order_demo_cards(rules=rules, at=NOW) is None, "the city has no kind of card"
    kind = CardProduct(1, "resident", "Kartu Warga", "Resident card")
    ensure_products(products=[kind], actor="test", at=NOW)
    assert order_demo_cards(rules=rules, at=NOW) == 1
    assert order_demo_cards(rules=rules, at=NOW) == 1
    (order,) = orders()
    assert (order.state, order.quantity, order.product) == (
        OrderState.PRODUCED,
        QUANTITY,
        "resident",
    )
