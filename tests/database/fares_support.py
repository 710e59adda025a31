"""The small city loaded as a city is, with cards, and its tariff with other prices."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from satu.cards.actions import ensure_issuers, issue_cards
from satu.cards.kinds import Issuer
from satu.fares.tariff import Flat, Tariff
from satu.services.rules import Rules
from satu.taps.actions import load_places
from tests.small_city import BANK, BUNDLE, TARIFF, SmallCity

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def loaded_city(database: Any, tariff: Tariff = TARIFF) -> SmallCity:
    """The small city in force in a test's database, its bundle signed and all."""
    loaded = activate(tariff)
    assert loaded.operators == BUNDLE.operators
    made = SmallCity(database)
    made.rules = Rules(loaded)
    issuers = [Issuer(BANK, "bank", "Bank", "100001", True)]
    ensure_issuers(issuers=issuers, actor="test", at=NOW)
    return made


def activate(tariff: Tariff) -> Any:
    """Bring a tariff into force; the same version with other prices is a corrected tariff."""
    bundle = msgspec.structs.replace(BUNDLE, tariffs=(tariff,))
    return load_places(bundle=bundle, actor="test", at=NOW).bundle


def cards(count: int, balance: int = 50_000, category: str = "adult") -> list[int]:
    """New cards with money."""
    made = issue_cards(
        issuer=BANK, count=count, balance=balance, category=category, actor="test", at=NOW
    )
    assert isinstance(made, range | list)
    return list(made)


def with_price(product: str, amount: int, tariff: Tariff = TARIFF) -> Tariff:
    """The tariff with another flat price of a product."""
    replace = msgspec.structs.replace
    return replace(
        tariff,
        products=tuple(
            replace(one, price=Flat(amount)) if one.id == product else one
            for one in tariff.products
        ),
    )


def postings(city: SmallCity) -> list[tuple[Any, ...]]:
    """Everything that was posted, in order."""
    return city.conn.execute(
        "select amount, kind, service_day, settlement_day, tap from ledger_posting order by serial"
    ).fetchall()


def stored_days(city: SmallCity) -> list[tuple[Any, ...]]:
    return city.conn.execute("select * from taps_card_day order by card, service_day").fetchall()
