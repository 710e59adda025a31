"""`verify` finds each kind of damage by its exact rows, and nothing in healthy books."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from satu.cards.actions import ensure_issuers, issue_cards, top_up
from satu.cards.kinds import Issuer
from satu.ledger.actions import roll_up
from satu.ledger.verify import verify
from satu.taps.verify import ALL_CHECKS
from tests.small_city import BANK, MONDAY, SmallCity, at

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def city(database) -> SmallCity:
    """A city with rides paid, short, held, corrected and collected; part of it rolled up."""
    small = SmallCity(database)
    ensure_issuers(issuers=[Issuer(BANK, "bank", "Bank", "100001", True)], actor="t", at=NOW)
    rich, poor, riding = issue_cards(issuer=BANK, count=3, balance=20_000, actor="t", at=NOW)
    small.send(
        small.tap(rich, "A", at(7), route="R1"),
        small.tap(rich, "C", at(7, 30), route="R1", direction="exit"),
        small.tap(rich, "X", at(7, 40), direction="entry"),
        small.tap(rich, "Z", at(8), direction="exit"),
        small.tap(riding, "X", at(8), direction="entry"),
        together=False,
    )
    roll_up(at=NOW)
    small.send(*(small.tap(poor, "GATE", at(8, minute), direction="entry") for minute in range(8)))
    top_up(card=poor, amount=5_000, reference="r", actor="t", at=NOW)
    small.close(MONDAY + timedelta(days=1), at(4, day=1))
    return small


def test_healthy_books_have_no_problem(city):
    report = verify(city.conn, ALL_CHECKS)
    assert report.ok and report.problems == []
    assert report.postings == city.conn.execute("select count(*) from ledger_posting").fetchone()[0]


DAMAGE = {
    "update ledger_account set balance = balance + 1 where kind = 2 and party = 1": {
        "a balance is the sum of its postings"
    },
    "update ledger_posting set amount = amount + 1 where serial = 4": {
        "a balance is the sum of its postings",
        "each balance after a posting follows from the one before",
        "running sums are the sums of the postings",
    },
    "update ledger_account set held = held + 5 where kind = 2 and party = 1": {
        "what is held is the sum of the open holds"
    },
    "update ledger_checkpoint set debits = debits - 1": {
        "running sums are the sums of the postings"
    },
    "update ledger_posting set corrects = gen_random_uuid() where corrects is not null": {
        "a correction names a posting that exists",
    },
    "update taps_use set fare = fare + 1 where id = (select min(id) from taps_use)": {
        "what a card paid for a day is what its uses cost"
    },
    "update taps_card_day set taps = taps[2:] where card = 1": {
        "a card's days hold exactly its accepted taps"
    },
    "update ledger_account set book = 2 where kind = 2 and party = 1": {
        "every book closes",
        "a posting stays in one book and one asset",
    },
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found(city, damage):
    city.database.owner().execute(damage)
    report = verify(city.conn, ALL_CHECKS)
    assert not report.ok
    assert DAMAGE[damage] <= {problem.check for problem in report.problems}
