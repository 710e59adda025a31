"""What a demo's card desk finds on its first page: cards ordered from a maker, on their way."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from satu.cards.errors import Refusal
from satu.cards.orders import NewCards, order_cards, personalise
from satu.cards.queries import issuers, product_codes
from satu.services.rules import Rules

ACTOR = "city.demo"
QUANTITY = 50
PRODUCT = "resident"
MAKER = "PT Kartu Contoh"


def order_demo_cards(*, rules: Rules, at: datetime) -> int | None:
    """Order cards from a made-up maker, who has made them: the order's number; once.

    None: there is no bank, or the city has no kind of card.
    """
    banks, known_products = issuers(), product_codes()
    if not banks or not known_products:
        return None
    product = PRODUCT if PRODUCT in known_products else min(known_products)
    known = [one for tariff in rules.bundle.tariffs for one in tariff.categories]
    category = next((one.name for one in reversed(known) if one.is_default), "adult")
    key = X25519PrivateKey.from_private_bytes(sha256(MAKER.encode()).digest()).public_key()
    new = NewCards(
        issuer=banks[0].id,
        product=product,
        category=category,
        quantity=QUANTITY,
        maker=MAKER,
        maker_key=key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )
    done = order_cards(new=new, categories={category}, key="demo", actor=ACTOR, at=at)
    assert not isinstance(done, Refusal), done
    personalise(order=done.order, actor=ACTOR, at=at)
    return done.order
