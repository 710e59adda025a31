"""A demo's bank has a statement: its float is in balance, and what came in since is on its way."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from satu.cards.actions import top_up
from satu.city.demo_statement import send_demo_statement
from satu.settlement.checks import keep_checks
from satu.settlement.queries import last_check
from tests.database.cards_support import ACTOR, AT, MANDIRI, issue, open_banks
from tests.support import Database


def test_the_bank_has_booked_all_but_the_newest(database: Database) -> None:
    open_banks()
    (card,) = issue(count=1, balance=70_000)
    for number in range(5):
        told = top_up(card=card, amount=1_000, reference=f"T-{number}", actor=ACTOR, at=AT)
        assert not isinstance(told, str), told
    assert send_demo_statement(issuer="mandiri", on=AT.date(), at=AT + timedelta(hours=1))
    checked = last_check(MANDIRI)
    assert checked is not None and checked.in_balance and checked.missing == 0
    assert (checked.float_balance, checked.closing) == (75_000, 72_000)
    assert [one[1] for one in checked.found] == ["T-2", "T-3", "T-4"]


def test_a_demos_float_is_compared(database: Database) -> None:
    open_banks()
    (card,) = issue(count=1, balance=70_000)
    on: date = AT.date()
    later: datetime = AT + timedelta(hours=1)
    assert send_demo_statement(issuer="mandiri", on=on + timedelta(days=1), at=later)
    first = last_check(MANDIRI)
    assert first is not None and first.in_balance and first.found_count == 0
    assert first.closing == first.float_balance == 70_000
    told = top_up(card=card, amount=5_000, reference="T-1", actor=ACTOR, at=AT + timedelta(days=1))
    assert not isinstance(told, str), told
    assert not send_demo_statement(issuer="mandiri", on=on + timedelta(days=1), at=later)
    assert keep_checks(at=AT + timedelta(days=1)) == 1
    checked = last_check(MANDIRI)
    assert checked is not None and checked.in_balance
    assert (checked.float_balance, checked.closing, checked.missing) == (75_000, 70_000, 0)
    assert checked.found == [["on_the_way", "T-1", 5_000, None, str(on + timedelta(days=1))]]
