"""A bank pays to a card's virtual account over HTTP: at once, again, and through a crash."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from satu.ledger.verify import verify
from satu.taps.verify import ALL_CHECKS
from tests.journeys.partners_support import (
    BALANCE,
    Banks,
    Mandiri,
    account,
    amount,
    at_once,
    crash,
    told,
    web,
)


@pytest.fixture
def banks(banks: Banks) -> Banks:
    banks.open_accounts()
    return banks


def paid(number: str, money: int, request: str) -> dict[str, Any]:
    return {**account(number), "paymentRequestId": request, "paidAmount": amount(money)}


def pay(bank: Mandiri, number: str, money: int, request: str, name: str = "") -> httpx.Response:
    return bank.call("25", paid(number, money, request), external_id=name)


def test_fifty_payments_at_once_change_the_books_once(banks: Banks) -> None:
    number = banks.mandiri[0]
    with web() as satu:
        bank = Mandiri(satu.base_url, banks.secret)
        bank.sign_in()
        same = [lambda: pay(bank, number, 5_000, "P-1", "E-1")] * 20
        again = [lambda n=n: pay(bank, number, 5_000, "P-1", f"F-{n}") for n in range(20)]
        notices = [lambda: bank.call("34", paid(number, 5_000, "P-1"))] * 10
        answers = at_once(same + again + notices)
        codes = {told(answer)[1] for answer in answers}
        assert codes <= {"2002500", "4042518", "2003400"}
        flags = {answer.json()["virtualAccountData"]["paymentFlagStatus"] for answer in answers}
        assert flags == {"00"}, "all are told that it is paid"
        names = {answer.json()["virtualAccountData"]["referenceNo"] for answer in answers}
        assert len(names) == 1, "one posting"
        assert banks.balance(number) == BALANCE + 5_000
        assert banks.top_ups() == [(1, "P-1", 5_000)]

        fighting = at_once([lambda n=n: pay(bank, number, 1_000 + n, "P-2") for n in range(50)])
        codes_2 = sorted(answer.json()["responseCode"] for answer in fighting)
        assert codes_2 == ["2002500"] + ["4092501"] * 49
        assert len(banks.top_ups()) == 2
        assert number not in satu.log()
        assert not re.search(r"(?<![\d.])88123", satu.log()), "a clock's figures are none of them"
    assert verify(banks.conn, ALL_CHECKS).problems == []


def test_a_crash_in_a_payment_books_nothing_and_the_repeat_once(banks: Banks) -> None:
    number = banks.mandiri[0]
    token = crash(banks, number, lambda bank: pay(bank, number, 9_000, "P-1", "E-1"))
    with web() as second:
        again = Mandiri(second.base_url, banks.secret)
        again.token = token
        done = pay(again, number, 9_000, "P-1", "E-1")
        assert told(done)[1] == "2002500"
        assert pay(again, number, 9_000, "P-1", "E-1").content == done.content
        assert told(pay(again, number, 9_000, "P-1"))[1] == "4042518"
    assert banks.balance(number) == BALANCE + 9_000
    assert banks.top_ups() == [(1, "P-1", 9_000)]
