"""A bank that is out: what it pays for stops at every door with one code, and its cards ride on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from satu.cards.errors import Refusal as CardRefusal
from satu.formats.snap.codes import Case
from satu.formats.snap.messages import StatusRequest
from satu.kernel.refusal import Outcome
from satu.ledger.kinds import Result
from satu.ledger.verify import verify
from satu.partners import services
from satu.payments.agents import NewAgent, Sold, add_agent, fund_agent, top_up_at_agent
from satu.payments.errors import Refusal
from satu.payments.fees import keep_fees
from satu.payments.kinds import Cause
from satu.payments.models import Order
from satu.payments.orders import NewOrder, Ran, place_order, run_orders
from satu.payments.outage import is_out, mark_back, mark_out, outages
from satu.payments.top_ups import Paid, top_up
from satu.payments.words import words_of
from satu.taps.verify import ALL_CHECKS
from tests.commands import satu
from tests.database.cards_support import (
    ACTOR,
    AT,
    BCA,
    MANDIRI,
    audited,
    issue,
    money,
    one,
    open_banks,
    postings,
)
from tests.database.test_partners import BY, add, inquire, known, number_of, refused, take
from tests.database.test_payments import FEES
from tests.small_city import SmallCity, at
from tests.support import Database


def pay_in(card: int, reference: str, bank: int = MANDIRI) -> Any:
    return top_up(bank=bank, card=card, amount=500, reference=reference, **BY)


def test_every_door_of_a_bank_that_is_out_says_so(database: Database) -> None:
    open_banks()
    mine, theirs = *issue(), *issue(issuer=BCA)
    partner, conn = add(), database.connect()
    take(partner, number_of(mine), "700.00", "R-1")
    order = NewOrder(
        mine, threshold=5_000, amount=500, gap_s=3_600, monthly_cap=5_000, bank=MANDIRI
    )
    place_order(new=order, key="O", owner=None, **BY)
    new = NewAgent("ani", "Warung Ani", MANDIRI, commission=0, most=900, most_a_day=9_000)
    add_agent(new=new, **BY)
    fund_agent(code="ani", amount=2_000, reference="F", **BY)
    assert mark_out(bank=MANDIRI, cause=Cause.STAFF, **BY) is True
    before = postings(conn)

    for card in (mine, theirs):
        assert pay_in(card, "S-1") is Refusal.BANK_IS_OUT
        number = number_of(card)
        with pytest.raises(services.SnapRefusal) as told:
            inquire(partner, number)
        assert told.value.args == ("NOT_PERMITTED", "bank_is_out")
        with pytest.raises(services.SnapRefusal) as told:
            take(partner, number, "700.00", "R-2")
        assert told.value.args == ("NOT_PERMITTED", "bank_is_out")
    assert run_orders(**BY) == Ran(0, 1)
    assert Order.objects.get().refused == "bank_is_out"
    assert postings(conn) == before
    assert "kartu tetap dapat dipakai" in words_of(Refusal.BANK_IS_OUT).id

    take(partner, number_of(mine), "700.00", "R-1")
    status = StatusRequest(original_partner_reference_no="R-1", service_code="38")
    assert services.tell_status(known(partner), status).latest_transaction_status == "00"
    assert postings(conn) == before, "what was booked before is told"
    assert isinstance(pay_in(mine, "S-1", BCA), Paid), "another bank tops its cards up"
    sold = top_up_at_agent(code="ani", card=mine, amount=400, reference="A", **BY)
    assert isinstance(sold, Sold) and sold.result is Result.POSTED, "a shop has paid beforehand"

    assert mark_back(bank=MANDIRI, cause=Cause.STAFF, **BY) is True
    take(partner, number_of(mine), "700.00", "R-2")
    later = AT + timedelta(hours=1)
    assert run_orders(actor=ACTOR, at=later) == Ran(1, 0)
    assert money(conn, mine).purse == 700 + 500 + 400 + 700 + 500
    assert verify(conn, ALL_CHECKS).problems == []


def test_two_causes_both_have_to_end(database: Database) -> None:
    open_banks()
    conn = database.connect()
    assert mark_out(bank=9, cause=Cause.STAFF, **BY) is CardRefusal.ISSUER_UNKNOWN
    assert mark_back(bank=9, cause=Cause.STAFF, **BY) is CardRefusal.ISSUER_UNKNOWN
    assert mark_out(bank=BCA, cause=Cause.STAFF, **BY) is True
    assert mark_out(bank=BCA, cause=Cause.STAFF, **BY) is False
    assert mark_out(bank=BCA, cause=Cause.BREAKER, actor=ACTOR, at=AT + timedelta(hours=1)) is True
    assert outages() == {BCA: AT}
    assert mark_back(bank=BCA, cause=Cause.STAFF, **BY) is True
    assert is_out(BCA) and not is_out(MANDIRI)
    assert mark_back(bank=BCA, cause=Cause.BREAKER, **BY) is True
    assert mark_back(bank=BCA, cause=Cause.BREAKER, **BY) is False
    assert not is_out(BCA)
    causes = [detail["cause"] for *_, detail in audited(conn, "issuer.out")]
    assert causes == ["staff", "breaker"]
    assert len(audited(conn, "issuer.back")) == 2


def test_a_card_of_a_bank_that_is_out_rides(database: Database) -> None:
    city = SmallCity(database)
    open_banks()
    (card,) = issue(balance=20_000)
    mark_out(bank=MANDIRI, cause=Cause.BREAKER, **BY)
    answers = city.send(
        city.tap(card, "A", at(7), route="R1", direction="entry", decided="ask"),
        city.tap(card, "C", at(7, 40), route="R1", direction="exit", decided="ask"),
    )
    assert [answer.outcome for answer in answers] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert city.money(card)[0] == 16_500


def test_staff_stops_and_starts_a_bank_by_command(database: Database) -> None:
    open_banks()
    stopped = satu("pay", "bank-out", "--bank", "bca", "--json")
    assert stopped.told == {"bank": "bca", "is_out": True}
    assert is_out(BCA)
    back = satu("pay", "bank-back", "--bank", "bca", "--json")
    assert back.told == {"bank": "bca", "is_out": False}
    assert not is_out(BCA)


def test_a_fee_is_what_the_bank_took_and_never_over_the_table(database: Database) -> None:
    open_banks()
    keep_fees(rules=FEES, **BY)
    mine, theirs = *issue(), *issue(issuer=BCA)
    partner, conn = add(), database.connect()
    for card, fee in ((mine, "7.00"), (theirs, "15.00")):
        assert inquire(partner, number_of(card), "300.00").fee_amount.value == fee
    ask = services.TopUpRequest(
        partner_reference_no="R-1",
        customer_number=number_of(theirs),
        amount=services.Money("300.00", "IDR"),
        fee_amount=services.Money("16.00", "IDR"),
    )
    with refused(Case.AMOUNT_INVALID):
        services.take_top_up(known(partner), ask)
    assert postings(conn) == 0
    services.take_top_up(
        known(partner), msgspec.structs.replace(ask, fee_amount=services.Money("15.00", "IDR"))
    )
    fees = "select sum(amount) from ledger_posting where kind = 12"
    assert one(conn, fees) == (15,)
    take(partner, number_of(mine), "300.00", "R-2")
    assert one(conn, fees) == (15,), "a bank that says nothing of a fee took none"
    assert verify(conn, ALL_CHECKS).problems == []
