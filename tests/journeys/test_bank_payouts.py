"""Satu asks a bank to pay, and the bank fails in each way: paid once, and never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from satu.formats.iso20022.camt053 import read_statements
from satu.partners import banks, payouts
from satu.partners.calling import call_banks
from satu.partners.errors import WORDS, Refusal
from satu.partners.models import Bank, Payout
from satu.partners.payouts import State
from tests.database.cards_support import ACTOR, audited, issue, one, open_banks
from tests.journeys.bank_support import BALANCE, SimulatedBank, bank, closed_card, state
from tests.journeys.gateway_support import wait_until
from tests.support import Database

GOES_TO = {"account": "1400012345678", "bank_code": "", "name": "Siti Contoh"}
DEPOSIT = 1_000_000


@pytest.fixture
def mandiri(database: Database) -> Iterator[SimulatedBank]:
    open_banks()
    with bank("http://localhost:1", "--opening", str(DEPOSIT)) as running:
        Bank.objects.update(profile={"timeout_s": 0.5})
        yield running


def asked(card: int, **changed: Any) -> Payout | Refusal:
    told = {**GOES_TO, **changed}
    done = payouts.pay_back(card=card, actor=ACTOR, at=datetime.now(UTC), **told)
    if isinstance(done, Refusal):
        return done
    (payout,) = done
    return payout


def go_on(minutes: int = 0) -> int:
    """What the job does, some minutes from now by its clock; the bank allows for that."""
    return call_banks(at=datetime.now(UTC) + timedelta(minutes=minutes))


def test_money_is_paid_back_once(mandiri: SimulatedBank, database: Database) -> None:
    conn = database.connect()
    card = closed_card(conn)
    for refusal, wrong in (
        (Refusal.ACCOUNT_INVALID, {"account": "14-00"}),
        (Refusal.ACCOUNT_INVALID, {"name": " "}),
        (Refusal.ACCOUNT_INVALID, {"bank_code": "14"}),
    ):
        assert asked(card, **wrong) is refusal
    (open_card,) = issue()
    assert asked(open_card) is Refusal.NOTHING_PAID_BACK
    first, again = asked(card), asked(card)
    assert isinstance(first, Payout) and isinstance(again, Payout) and first.pk == again.pk
    (row,) = one(conn, "select partners_payout::text || partners_bank::text"
                 " from partners_payout, partners_bank")  # fmt: skip
    assert "Siti" not in str(row) and GOES_TO["account"] not in str(row)
    assert go_on() == 1 and go_on(10) == 0
    assert state(conn, card) == (State.DONE, "2001700", 1)
    assert Payout.objects.values_list("sealed", flat=True)[0] == b"", "the bank alone knows it now"
    assert mandiri.booked() == 1
    (found,) = read_statements(mandiri.statement())
    assert [line[:2] for line in found.lines] == [(first.reference, -BALANCE)]
    assert isinstance(asked(card), Payout) and go_on(20) == 0 and mandiri.booked() == 1
    assert len(audited(conn, "partner.paid_out")) == 1
    assert set(WORDS) == set(Refusal)


def test_an_answer_that_never_came_is_asked_for(mandiri: SimulatedBank, database: Database) -> None:
    conn = database.connect()
    card = closed_card(conn)
    asked(card)
    mandiri.behave("silent")
    assert go_on() == 0
    assert state(conn, card)[0] == State.UNKNOWN and mandiri.booked() == 1
    mandiri.behave("error")
    assert go_on(2) == 0
    assert state(conn, card)[0] == State.UNKNOWN
    mandiri.behave()
    assert go_on(10) == 1
    assert state(conn, card)[:2] == (State.DONE, "2003600") and mandiri.booked() == 1


def test_a_bank_that_answers_too_late_has_paid_once(
    mandiri: SimulatedBank, database: Database
) -> None:
    conn = database.connect()
    card = closed_card(conn)
    asked(card)
    assert mandiri.behave(slow_s=1.0)["slow_s"] > banks.banks()[0].profile["timeout_s"]
    assert go_on() == 0
    assert state(conn, card) == (State.UNKNOWN, "ReadTimeout", 1), "what came of it is not guessed"
    wait_until(lambda: mandiri.booked() == 1, 10)
    mandiri.behave(slow_s=0.1)
    assert go_on(2) == 1
    assert state(conn, card)[:2] == (State.DONE, "2003600") and mandiri.booked() == 1


def test_what_the_bank_never_heard_is_sent_again_under_the_same_name(
    mandiri: SimulatedBank, database: Database
) -> None:
    conn = database.connect()
    card = closed_card(conn)
    asked(card)
    mandiri.behave("deaf")
    assert go_on() == 0 and state(conn, card)[0] == State.UNKNOWN
    mandiri.behave()
    assert go_on(2) == 0
    assert state(conn, card)[:2] == (State.WAITING, "4043601") and mandiri.booked() == 0
    assert go_on(10) == 1
    assert state(conn, card) == (State.DONE, "2001700", 3) and mandiri.booked() == 1


def test_a_refusal_is_told_and_a_further_try_has_a_name_of_its_own(
    mandiri: SimulatedBank, database: Database
) -> None:
    conn = database.connect()
    card = closed_card(conn)
    first = asked(card)
    mandiri.behave("refuse")
    assert go_on() == 1
    assert state(conn, card) == (State.REFUSED, "4031714", 1) and mandiri.booked() == 0
    assert [payout.pk for payout in payouts.not_done()] == [getattr(first, "pk", None)]
    mandiri.behave()
    assert go_on(10) == 0, "what was refused is not sent again by itself"
    second = asked(card, account="99")
    assert isinstance(first, Payout) and isinstance(second, Payout)
    assert second.reference == f"{first.reference}-2"
    assert go_on(10) == 1 and mandiri.booked() == 1


def test_a_crash_in_the_call_leaves_it_unknown(mandiri: SimulatedBank, database: Database) -> None:
    conn = database.connect()
    card = closed_card(conn)
    payout = asked(card)
    assert isinstance(payout, Payout) and go_on() == 1
    # died before it was kept
    Payout.objects.update(state=State.UNKNOWN, response_code="", sealed=payout.sealed)
    assert go_on(10) == 1
    assert state(conn, card)[:2] == (State.DONE, "2003600") and mandiri.booked() == 1


def test_a_bank_that_is_out_is_left_alone_and_probed(
    mandiri: SimulatedBank, database: Database
) -> None:
    conn = database.connect()
    cards = [closed_card(conn) for _ in range(3)]
    for card in cards:
        asked(card)
    mandiri.behave("down")
    for minutes in (0, 2):
        assert go_on(minutes) == 0
    (failing,) = banks.banks()
    assert banks.breaker(failing).is_open
    before = [state(conn, card) for card in cards]
    assert go_on(2) == 0
    assert [state(conn, card) for card in cards] == before, "nothing is asked of it"
    assert go_on(20) == 0
    assert banks.banks()[0].failures > failing.failures, "the probe failed too"
    mandiri.behave()
    for minutes in (60, 130, 200):
        go_on(minutes)
    assert [state(conn, card)[0] for card in cards] == [State.DONE] * 3
    assert mandiri.booked() == 3 and not banks.breaker(banks.banks()[0]).is_open
    assert len(audited_actions(database)) == 2


def audited_actions(database: Database) -> list[tuple[Any, ...]]:
    return (
        database.connect()
        .execute("select action from audit_entry where action in ('partner.out', 'partner.back')")
        .fetchall()
    )
