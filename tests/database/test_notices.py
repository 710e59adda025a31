"""Refused rides and low balances are told to a card's owner, once, and not on the tap's road."""

from __future__ import annotations

from datetime import timedelta

import pytest

from satu.cards.actions import ensure_issuers, issue_cards, link_card
from satu.cards.kinds import Issuer
from satu.cards.queries import faces
from satu.kernel.days import from_ms
from satu.messages.actions import keep_rules, keep_wishes
from satu.messages.kinds import Kind, Rules
from satu.messages.queries import outbox
from satu.taps.notices import tell_riders
from tests.small_city import BANK, SmallCity, at
from tests.support import Database

NOW = from_ms(at(5))
RULES = Rules("IDR", 10_000, 20)


@pytest.fixture
def city(database: Database) -> SmallCity:
    made = SmallCity(database)
    ensure_issuers(issuers=[Issuer(BANK, "bank", "Bank", "100001", True)], actor="test", at=NOW)
    keep_rules(rules=RULES, actor="test", at=NOW)
    assert tell_riders(at=from_ms(at(6))) == 0
    return made


def card(balance: int, owner: int | None = None) -> int:
    (made,) = issue_cards(issuer=BANK, count=1, balance=balance, actor="test", at=NOW)
    if owner is not None:
        (face,) = faces([made])
        link_card(number=face.number, secret=face.secret, owner=owner, actor="test", at=NOW)
    return int(made)


def told() -> list[tuple[int, Kind, dict[str, object]]]:
    return [(one.resident, one.kind, one.text.body) for one in reversed(outbox())]  # type: ignore


def ride(city: SmallCity, rider: int, hour: int, *, decided: str = "ask") -> None:
    tap = city.tap(rider, "A", at(hour), route="R1", direction="entry", decided=decided)
    city.send(tap)


def test_a_balance_that_falls_below_the_threshold_is_told_once(city: SmallCity) -> None:
    rider, nobodys = card(13_000, owner=7), card(11_000)
    rich, poor = card(90_000, owner=8), card(9_000, owner=9)
    for one in (rider, nobodys, rich, poor):
        ride(city, one, 7)
    assert tell_riders(at=from_ms(at(10))) == 1
    assert tell_riders(at=from_ms(at(10, 1))) == 0
    ((resident, kind, text),) = told()
    assert (resident, kind) == (7, Kind.LOW_BALANCE)
    assert "Rp 9.500" in str(text)


def test_everybody_has_a_threshold_of_their_own(city: SmallCity) -> None:
    careful, careless = card(50_000, owner=7), card(12_000, owner=8)
    for owner, threshold in ((7, 48_000), (8, 0)):
        keep_wishes(
            resident=owner,
            language="en",
            off=[],
            low_balance=threshold,
            channel=None,
            actor=f"resident:{owner}",
            at=NOW,
        )
    ride(city, careful, 7)
    ride(city, careless, 7)
    assert tell_riders(at=from_ms(at(8))) == 1
    assert [one[:2] for one in told()] == [(7, Kind.LOW_BALANCE)]


def test_a_refused_ride_is_told_while_it_is_news(city: SmallCity) -> None:
    rider = card(1_000, owner=7)
    ride(city, rider, 7)
    assert tell_riders(at=from_ms(at(7, 1))) == 1
    ride(city, rider, 8)
    assert tell_riders(at=from_ms(at(8)) + timedelta(hours=7)) == 0, "too late to be of use"
    ((resident, kind, text),) = told()
    assert (resident, kind) == (7, Kind.RIDE_REFUSED)
    assert "saldo kurang" in str(text)
