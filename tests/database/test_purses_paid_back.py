"""A closed card with purses at two banks: each bank is asked to transfer what it holds."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from satu.cards.actions import link_card, top_up
from satu.cards.closing import close_card, pay_closed
from satu.cards.models import Closing
from satu.cards.queries import faces
from satu.cards.rules import LATE_DAYS
from satu.formats.snap.profile import read_profile
from satu.partners.actions import Added, NewPartner, add_partner
from satu.partners.errors import Refusal
from satu.partners.models import Bank, Partner, Payout
from satu.partners.payouts import State, pay_back
from satu.partners.unpaid import LACKS, Lacks, unpaid
from satu.payments.purses import Opened, open_purse
from tests.database.cards_support import ACTOR, AT, BCA, MANDIRI, issue, open_banks
from tests.database.test_payments import BY
from tests.journeys.partners_support import public_pem
from tests.support import Database

LATER = AT + timedelta(days=6)


@pytest.fixture
def card(database: Database) -> int:
    """A closed card, paid back 300 by one bank and 500 by the other; both are partners."""
    open_banks()
    (face,) = faces(issue(balance=300))
    link_card(number=face.number, secret=face.secret, owner=501, **BY)
    opened = open_purse(card=1, bank=BCA, key="K", owner=501, **BY)
    assert isinstance(opened, Opened)
    top_up(card=1, amount=500, reference="R", bank=BCA, **BY)
    close_card(card=1, **BY)
    assert pay_closed(actor=ACTOR, at=LATER) == 1
    profile = read_profile((files("satu.partners") / "profiles" / "dana.toml").read_text())
    for code in ("mandiri", "bca"):
        new = NewPartner(code, code, f"key-{code}", f"id-{code}", public_pem(), profile)
        assert isinstance(add_partner(new=new, actor=ACTOR, at=AT), Added)
    connect("mandiri")
    return 1


def connect(code: str) -> None:
    values: dict[str, Any] = {"base_url": "http://localhost:1", "profile": {}, "sealed": b""}
    Bank.objects.create(partner=Partner.objects.get(code=code), **values)


def asked(bank_code: str = "014") -> list[Payout] | Refusal:
    return pay_back(
        card=1,
        account="1400012345678",
        bank_code=bank_code,
        name="Siti Contoh",
        actor=ACTOR,
        at=LATER,
    )


def payouts() -> list[tuple[str, int, int]]:
    found = Payout.objects.order_by("id").values_list("partner__code", "amount", "state")
    return list(found)


def watched(on: date = LATER.date()) -> list[tuple[int, int, Lacks]]:
    return [(one.card, one.bank, one.lacks) for one in unpaid(on=on)]


def test_a_closed_cards_money_is_watched_until_its_banks_say_that_they_paid(card: int) -> None:
    # BCA is not connected: it pays at its counter, and the booking is all that is known here.
    assert watched() == [(card, MANDIRI, Lacks.NOT_ASKED)]
    connect("bca")
    assert watched() == [(card, MANDIRI, Lacks.NOT_ASKED), (card, BCA, Lacks.NOT_ASKED)]
    due = Closing.objects.get(card=card).due_on
    assert unpaid(on=due, due_by=due - timedelta(days=1)) == []
    assert [one.due_on for one in unpaid(on=due, due_by=due)] == [due, due]
    assert isinstance(asked(), list)
    of_bca = Payout.objects.filter(amount=500)
    for state in (State.WAITING, State.UNKNOWN, State.REFUSED):
        of_bca.update(state=state)
        lacks = Lacks[state.name]
        assert watched() == [(card, MANDIRI, Lacks.WAITING), (card, BCA, lacks)]
    assert isinstance(asked(), list), "what was refused is asked for again"
    assert watched() == [(card, MANDIRI, Lacks.WAITING), (card, BCA, Lacks.WAITING)]
    Payout.objects.exclude(state=State.REFUSED).update(state=State.DONE)
    assert watched() == [], "the last try counts"


def test_money_that_is_not_booked_is_watched_and_nothing_is_not(database: Database) -> None:
    open_banks()
    poor, rich = issue(count=2)
    top_up(card=rich, amount=500, reference="R", **BY)
    for card in (poor, rich):
        close_card(card=card, **BY)
    day = AT.date()
    assert [lacks for *_, lacks in watched(day)] == [Lacks.RIDES_MAY_COME] * 2
    assert {lacks for *_, lacks in watched(day + LATE_DAYS)} == {Lacks.NOT_BOOKED}
    assert pay_closed(actor=ACTOR, at=LATER) == 2
    assert watched() == [], "no bank is connected"
    profile = read_profile((files("satu.partners") / "profiles" / "dana.toml").read_text())
    new = NewPartner("mandiri", "mandiri", "key", "id", public_pem(), profile)
    assert isinstance(add_partner(new=new, actor=ACTOR, at=AT), Added)
    connect("mandiri")
    assert watched() == [(rich, MANDIRI, Lacks.NOT_ASKED)]
    assert set(LACKS) == set(Lacks)


def test_each_bank_pays_its_own_once(card: int) -> None:
    assert asked() is Refusal.BANK_NOT_CONNECTED and payouts() == []
    connect("bca")
    assert asked("") is Refusal.ACCOUNT_INVALID, "no account is at both banks"
    first, again = asked(), asked()
    assert isinstance(first, list) and [one.amount for one in first] == [300, 500]
    assert isinstance(again, list) and [one.pk for one in again] == [one.pk for one in first]
    waiting = State.WAITING.value
    assert payouts() == [("mandiri", 300, waiting), ("bca", 500, waiting)]
    Payout.objects.filter(amount=500).update(state=State.REFUSED)
    tried = asked()
    assert isinstance(tried, list) and tried[1].reference == f"{first[1].reference}-2"
    assert payouts()[2] == ("bca", 500, waiting)
    assert len(payouts()) == 3
