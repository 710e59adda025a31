"""Whatever a bank sends about virtual accounts, in whatever order: each request is booked once."""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satu.cli.verify import ALL_CHECKS
from satu.ledger.verify import verify
from tests.database.cards_support import issue, money, one, open_banks, postings
from tests.database.test_partners import add, number_of
from tests.database.test_partners_virtual import Bank
from tests.support import Database

RUNS = count(1)
CARDS = 2


class Sent(NamedTuple):
    """A payment as a bank may tell it; small numbers, so that names meet again."""

    service: str
    external_id: int
    request: int
    card: int
    amount: int


SENT = st.builds(
    Sent,
    service=st.sampled_from(["25", "25", "34", "38"]),
    external_id=st.integers(1, 4),
    request=st.integers(1, 3),
    card=st.integers(1, CARDS),
    amount=st.sampled_from([1_000, 2_000]),
)


def expected(sent: Sent, calls: dict[int, Sent], booked: dict[int, Sent]) -> str:
    """The response code, by a model of two dictionaries that it keeps."""
    first = calls.get(sent.external_id)
    if first is not None and first != sent:
        return f"409{sent.service}00"
    calls[sent.external_id] = sent
    before = booked.setdefault(sent.request, sent)
    if before is sent:
        return f"200{sent.service}00"
    is_number = sent.service != "38"
    same_kind = is_number == (before.service != "38")
    if not same_kind or (before.card, before.amount) != (sent.card, sent.amount):
        return f"409{sent.service}01"
    return "4042518" if sent.service == "25" else f"200{sent.service}00"


def send(bank: Bank, run: int, sent: Sent) -> str:
    name, request = f"{run}-{sent.external_id}", f"{run}-{sent.request}"
    customer_no, value = number_of(sent.card), f"{sent.amount}.00"
    if sent.service == "25":
        told = bank.pay(customer_no, value, request, name)
    elif sent.service == "34":
        paid = {"value": value, "currency": "IDR"}
        told = bank.notify(customer_no, request, name, paidAmount=paid)
    else:
        told = bank.top_up(customer_no, value, request, name)
    return str(told["responseCode"])


def test_any_mixture_of_payments_is_booked_as_the_model_says(database: Database) -> None:
    open_banks()
    issue(count=CARDS)
    bank, conn = Bank(add()), database.connect()

    @settings(
        max_examples=30,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(SENT, min_size=1, max_size=10))
    def run(mixture: list[Sent]) -> None:
        number, were = next(RUNS), postings(conn)
        before = {card: money(conn, card).purse for card in range(1, CARDS + 1)}
        calls: dict[int, Sent] = {}
        booked: dict[int, Sent] = {}
        first: dict[int, str] = {}
        for sent in mixture:
            code, wanted = send(bank, number, sent), expected(sent, calls, booked)
            if calls.get(sent.external_id) == sent and sent.external_id in first:
                wanted = first[sent.external_id]  # the same call: the same answer
            assert code == wanted, (sent, mixture)
            if not code.endswith("00") or code[:3] != "409":
                first.setdefault(sent.external_id, code)
        for card in before:
            came = sum(sent.amount for sent in booked.values() if sent.card == card)
            assert money(conn, card).purse == before[card] + came
        assert postings(conn) == were + len(booked)

    run()
    assert one(conn, "select count(*) from cards_top_up") == (postings(conn),)
    assert verify(conn, ALL_CHECKS).problems == []
