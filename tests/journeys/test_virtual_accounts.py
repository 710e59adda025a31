"""A number for one top-up, asked of a bank that fails in each way: opened, paid, booked once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest

from satu.cards.actions import block_card
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.queries import card as card_of
from satu.formats.iso20022.camt053 import read_statements
from satu.ledger.verify import verify
from satu.partners import banks, va_requests, virtual
from satu.partners.calling import call_banks
from satu.partners.errors import Refusal
from satu.partners.models import Bank, VirtualAccount
from satu.partners.rules import State
from satu.payments.errors import Refusal as PaymentRefusal
from satu.payments.kinds import Cause
from satu.payments.outage import mark_out
from satu.settlement.actions import Imported, import_statements
from satu.settlement.queries import check_floats
from satu.taps.verify import ALL_CHECKS
from tests.commands import satu as command
from tests.database.cards_support import ACTOR, MANDIRI, audited, issue, money, open_banks
from tests.journeys.bank_support import SimulatedBank, bank
from tests.journeys.partners_support import web
from tests.support import Database

AMOUNT = 50_000


class Place(NamedTuple):
    conn: Any
    bank: SimulatedBank
    card: int


@pytest.fixture
def place(database: Database) -> Iterator[Place]:
    open_banks()
    (card,) = issue()
    with web() as satu, bank(satu.base_url) as mandiri:
        yield Place(database.connect(), mandiri, card)


def ask(card: int, key: str = "K-1", **changed: Any) -> Any:
    given = {"card": card, "bank": MANDIRI, "amount": AMOUNT, "key": key, "actor": ACTOR}
    return va_requests.open_number(**{**given, "at": datetime.now(UTC), **changed})


def later(minutes: int = 0, hours: int = 0) -> int:
    return call_banks(at=datetime.now(UTC) + timedelta(minutes=minutes, hours=hours))


def state(key: str = "K-1") -> State:
    return State(VirtualAccount.objects.get(key=key).state)


def account(key: str = "K-1") -> str:
    asked = VirtualAccount.objects.select_related("partner").get(key=key)
    return virtual.full_number(asked.partner, asked.customer_no).strip()


def pay(mandiri: SimulatedBank, key: str = "K-1", **more: Any) -> httpx.Response:
    told = {"account": account(key), "amount": AMOUNT, **more}
    return httpx.post(mandiri.url + "/simulator/pay", json=told, timeout=30)


def test_a_number_is_opened_paid_and_booked_however_the_bank_tells(place: Place) -> None:
    conn, mandiri, card = place
    asked = ask(card)
    assert asked.state == State.WAITING and ask(card).pk == asked.pk
    assert ask(card, amount=1) is Refusal.KEY_TAKEN
    assert later() == 1 and state() is State.OPEN
    assert [one.pk for one in va_requests.open_numbers(card, datetime.now(UTC))] == [asked.pk]
    wrong = pay(mandiri, amount=AMOUNT + 1)
    assert wrong.json()["responseCode"] == "4042413" and mandiri.booked() == 0
    paid = pay(mandiri, request="P-1")
    assert paid.json()["responseCode"] == "2002500", paid.text
    assert state() is State.PAID and money(conn, card).purse == AMOUNT
    assert later(minutes=90) == 0, "nothing is asked of what is paid"

    ask(card, "K-2")
    later()
    assert pay(mandiri, "K-2", request="P-2", tell="notice").json()["responseCode"] == "2003400"
    assert state("K-2") is State.PAID

    ask(card, "K-3")
    later()
    assert pay(mandiri, "K-3", request="P-3", tell="nothing").status_code == 200
    assert state("K-3") is State.OPEN and money(conn, card).purse == 2 * AMOUNT
    assert later(minutes=1) == 1, "what got lost is asked for (26)"
    assert state("K-3") is State.PAID and money(conn, card).purse == 3 * AMOUNT
    assert pay(mandiri, "K-3", request="P-9").json()["responseCode"] == "4042414"

    own = virtual.numbers_of(card_of(card))[0]  # type: ignore[arg-type]
    told = {"account": own.account, "amount": 700, "request": "P-4"}
    answer = httpx.post(mandiri.url + "/simulator/pay", json=told, timeout=30)
    assert answer.json()["responseCode"] == "2002500", "the card's own number: any amount"
    assert money(conn, card).purse == 3 * AMOUNT + 700
    assert len(audited(conn, "partner.va_paid")) == 4
    imported = read_statements(mandiri.statement())
    assert import_statements(statements=imported, actor=ACTOR, at=datetime.now(UTC)) == [
        Imported.IMPORTED
    ]
    (checked,) = (one for one in check_floats() if one.issuer == "mandiri")
    assert checked.balance is not None and checked.balance.in_balance
    assert checked.balance.found == (), "its statement names each payment as we do"
    assert verify(conn, ALL_CHECKS).problems == []


def test_a_bank_that_fails_leaves_no_number_guessed(place: Place) -> None:
    conn, mandiri, card = place
    bank_row = Bank.objects.get()
    bank_row.profile = {**bank_row.profile, "timeout_s": 0.5}
    bank_row.save()
    ask(card)
    mandiri.behave("silent")
    assert later() == 0 and state() is State.UNKNOWN, "it did it, and did not say so"
    mandiri.behave()
    assert later(minutes=1) == 1 and state() is State.OPEN

    ask(card, "K-2")
    mandiri.behave("deaf")
    assert later() == 0 and state("K-2") is State.UNKNOWN
    mandiri.behave()
    assert later(minutes=1) >= 0 and state("K-2") is State.WAITING, "it never heard of it"
    assert later(minutes=4) >= 1 and state("K-2") is State.OPEN

    ask(card, "K-3")
    mandiri.behave("down")
    later()
    assert state("K-3") is State.WAITING, "no access token: nothing was sent"
    mandiri.behave()
    later(hours=25)
    for key in ("K-1", "K-2", "K-3"):
        assert state(key) is State.EXPIRED, key
    assert pay(mandiri).json()["responseCode"] == "4042419"
    assert money(conn, card).purse == 0
    assert len(audited(conn, "partner.va_expired")) == 3


def test_what_cannot_be_opened_or_booked_is_said(place: Place) -> None:
    conn, mandiri, card = place
    assert ask(999) is CardRefusal.CARD_UNKNOWN
    assert ask(card, amount=0) is CardRefusal.AMOUNT_NOT_POSITIVE
    assert ask(card, bank=2) is Refusal.BANK_NOT_CONNECTED
    mark_out(bank=MANDIRI, cause=Cause.STAFF, actor=ACTOR, at=datetime.now(UTC))
    assert ask(card) is PaymentRefusal.BANK_IS_OUT
    assert command("pay", "bank-back", "--bank", "mandiri").returncode == 0
    told = command(
        *("partner", "va-open", "mandiri", "--card", str(card)),
        *("--amount", str(AMOUNT), "--key", "K-1", "--json"),
    ).told
    assert told["state"] == "waiting"
    (listed,) = command("partner", "va-list", "--call", "--json").told["numbers"]
    assert (listed["account"], listed["state"]) == (account(), "open")
    shown = command("partner", "va", "--card", str(card), "--json").told["numbers"]
    assert shown == dict(virtual.numbers_of(card_of(card)))  # type: ignore[arg-type]

    pay(mandiri, request="P-1", tell="nothing")
    block_card(card=card, reason="lost", actor=ACTOR, at=datetime.now(UTC))
    assert ask(card, "K-2") is CardRefusal.CARD_BLOCKED
    later(minutes=5)
    assert state() is State.UNPLACED, "the bank has it, the card cannot take it"
    assert money(conn, card).purse == 0
    assert len(audited(conn, "partner.va_unplaced")) == 1
    assert banks.bank_of(MANDIRI) is not None
