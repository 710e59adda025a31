"""Rides of banks' own chips and tokens: priced as every ride, cleared with the bank."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from satu.cards.actions import add_medium, ensure_issuers, issue_cards, link_card
from satu.cards.closing import close_card
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.external import add_external
from satu.cards.kinds import Issuer, Medium
from satu.cards.queries import faces
from satu.kernel.days import from_ms
from satu.kernel.refusal import Outcome
from satu.ledger.kinds import AccountKind
from satu.ledger.verify import verify
from satu.settlement.clearing import Cleared, read_answer, write_clearing
from satu.settlement.clearing_files import Answer, read_answers, written
from satu.settlement.errors import Refusal
from satu.settlement.models import ClearingFile
from satu.settlement.verify import CHECKS
from satu.taps.verify import ALL_CHECKS
from tests.small_city import BANK, METRO, MONDAY, OTHER_BANK, TOKEN_KEY, ZOO, SmallCity, at
from tests.support import Database

ACTOR = "staff:ani"
TUESDAY = MONDAY + timedelta(days=1)
NEXT = from_ms(at(9, day=1))
GUARANTEE = 50_000
METRO_XY, VISIT = 6_000, 4_000


@pytest.fixture
def city(database: Database, settings_key: None) -> SmallCity:
    made = SmallCity(database)
    banks = [
        Issuer(BANK, "bank", "Bank", "100001", True),
        Issuer(OTHER_BANK, "other", "Other", "100002", True),
    ]
    ensure_issuers(issuers=banks, actor=ACTOR, at=from_ms(at(5)))
    return made


@pytest.fixture
def settings_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "TOKEN_KEY", TOKEN_KEY)


def add(token: str, reference: str, **more: Any) -> int | CardRefusal:
    asked = {"issuer": BANK, "kind": Medium.EMV, "guarantee": GUARANTEE, **more}
    return add_external(
        token=token, reference=reference, actor=ACTOR, at=from_ms(at(6)), **asked
    )  # fmt: skip


def added(token: str, reference: str, **more: Any) -> int:
    card = add(token, reference, **more)
    assert isinstance(card, int)
    return card


def ride(city: SmallCity, token: str, *, day: int = 0, medium: str = "emv") -> None:
    answers = city.send(
        city.tap(token, "X", at(8, day=day), direction="entry", medium=medium, decided="ask"),
        city.tap(token, "Y", at(8, 20, day=day), direction="exit", medium=medium),
        together=False,
    )
    assert [answer.outcome for answer in answers] == [Outcome.ACCEPTED] * 2


def visit(city: SmallCity, token: str, minute: int) -> None:
    city.send(city.tap(token, "GATE", at(9, minute), direction="entry", medium="emv"))


def file_of(day: int = 0, bank: str = "bank") -> ClearingFile:
    made = write_clearing(
        bank=bank, day=MONDAY + timedelta(days=day), actor=ACTOR, at=from_ms(at(9, day=day + 1))
    )
    assert isinstance(made, ClearingFile)
    return made


def lines(file: ClearingFile) -> list[tuple[int, str, int, int]]:
    return [(line.number, line.reference, line.rides, line.amount) for line in file.lines.all()]


def answer(*answers: Answer, day: int = 0) -> Cleared | Refusal:
    on = MONDAY + timedelta(days=day)
    when = from_ms(at(10, day=day + 1))
    return read_answer(bank="bank", day=on, answers=answers, actor=ACTOR, at=when)


def sum_of(city: SmallCity, kind: AccountKind, book: int = BANK) -> int:
    row = city.conn.execute(
        "select coalesce(sum(s.credits - s.debits), 0)::bigint from ledger_daily_sum s"
        " join ledger_account a on a.id = s.account where a.kind = %s and a.book = %s",
        [kind.value, book],
    ).fetchone()
    assert row is not None
    return int(row[0])


def assert_sound(city: SmallCity) -> None:
    report = verify(city.conn, (*ALL_CHECKS, *CHECKS))
    assert report.problems == [] and report.ok


def test_rides_are_cleared_with_each_bank_and_the_guarantee_is_whole_again(city: SmallCity) -> None:
    one, chip = added("T-1", "R-1"), added("C-9", "R-9", kind=Medium.BANK_CHIP)
    others = added("T-2", "R-2", issuer=OTHER_BANK)
    ride(city, "T-1")
    visit(city, "T-1", 0)
    ride(city, "C-9", medium="bank_chip")
    ride(city, "T-2")
    assert city.money(one) == (GUARANTEE - METRO_XY - VISIT, 0, 0)

    file = file_of()
    assert lines(file) == [(1, "R-1", 2, METRO_XY + VISIT), (2, "R-9", 1, METRO_XY)]
    assert lines(file_of(bank="other")) == [(1, "R-2", 1, METRO_XY)]
    assert (
        written(lines(file)) == f"line,reference,rides,amount\n1,R-1,2,10000\n2,R-9,1,{METRO_XY}\n"
    )
    ride(city, "T-1", day=1)
    assert file_of() == file and lines(file_of()) == lines(file)

    paid = read_answers("line,outcome,reason\n1,paid,\n2,paid,\n")
    assert answer(*paid) == Cleared(2, 0, 0)
    assert answer(*paid) == Cleared(0, 0, 2)
    assert city.money(one) == (GUARANTEE - METRO_XY, 0, 0)
    assert city.money(chip) == (GUARANTEE, 0, 0)
    assert city.money(others) == (GUARANTEE - METRO_XY, 0, 0)
    # The bank's money is in its float; what it stands for is no money of anybody's.
    assert sum_of(city, AccountKind.FLOAT) == -(2 * METRO_XY + VISIT)
    assert sum_of(city, AccountKind.SUSPENSE) == -2 * GUARANTEE
    assert lines(file_of(day=1)) == [(1, "R-1", 1, METRO_XY)]
    assert_sound(city)


def test_what_a_bank_refuses_is_owed_by_the_card_which_opens_no_door(city: SmallCity) -> None:
    card = added("T-1", "R-1")
    ride(city, "T-1")
    visit(city, "T-1", 0)
    owed = city.owed_to(METRO), city.owed_to(ZOO)
    file_of()
    assert answer(Answer(1, False, "insufficient")) == Cleared(0, 1, 0)
    assert answer(Answer(1, False, "insufficient")) == Cleared(0, 0, 1)
    assert city.money(card) == (GUARANTEE, 0, -(METRO_XY + VISIT))
    assert (city.owed_to(METRO), city.owed_to(ZOO)) == owed
    assert sum_of(city, AccountKind.PAYABLE) == 0
    assert sum_of(city, AccountKind.UNFUNDED_CLAIM, 0) == METRO_XY + VISIT
    (refused,) = city.send(
        city.tap("T-1", "X", at(11, day=1), direction="entry", medium="emv", decided="ask")
    )
    assert refused.outcome is Outcome.CARD_BLOCKED
    assert lines(file_of(day=1)) == []
    assert_sound(city)
    # A reader that had not heard lets it in: what is owed is tried again with the bank, once.
    city.send(city.tap("T-1", "GATE", at(9, day=2), direction="entry", medium="emv"))
    assert city.money(card) == (GUARANTEE - METRO_XY - 2 * VISIT, 0, 0)
    assert [amount for *_, amount in lines(file_of(day=2))] == [METRO_XY + 2 * VISIT]
    assert answer(Answer(1, True), day=2) == Cleared(1, 0, 0)
    assert city.money(card) == (GUARANTEE, 0, 0)
    assert_sound(city)


def test_more_than_the_bank_stands_for_is_refused_at_the_gate(city: SmallCity) -> None:
    card = added("T-1", "R-1", guarantee=5_000)
    (first, second) = city.send(
        city.tap("T-1", "GATE", at(8), direction="entry", medium="emv", decided="ask"),
        city.tap("T-1", "GATE", at(9), direction="entry", medium="emv", decided="ask"),
        together=False,
    )
    assert (first.outcome, second.outcome) == (Outcome.ACCEPTED, Outcome.BALANCE_INSUFFICIENT)
    assert city.money(card) == (1_000, 0, 0)
    assert_sound(city)


def test_what_cannot_be_is_refused_and_changes_nothing(city: SmallCity) -> None:
    card = added("T-1", "R-1")
    assert add("T-1", "R-1") == card
    assert add("T-9", "R-1") is CardRefusal.MEDIUM_TAKEN
    assert add("T-1", "R-9") is CardRefusal.MEDIUM_TAKEN
    assert add("P", "R-9", kind=Medium.PLATE) is CardRefusal.MEDIUM_IS_NO_BANKS
    assert add("T-9", "R-9", issuer=99) is CardRefusal.ISSUER_UNKNOWN
    assert add("T-9", "R-9", guarantee=0) is CardRefusal.AMOUNT_NOT_POSITIVE
    assert close_card(card=card, actor=ACTOR, at=NEXT) is CardRefusal.CARD_EXTERNAL
    (face,) = faces(range(card, card + 1))
    owning = {"number": face.number, "secret": face.secret, "owner": 7, "actor": ACTOR, "at": NEXT}
    assert link_card(**owning) is CardRefusal.CARD_EXTERNAL
    ride(city, "T-1")

    def write(bank: str, when: int) -> ClearingFile | Refusal:
        return write_clearing(bank=bank, day=MONDAY, actor=ACTOR, at=from_ms(when))

    assert write("nobody", at(9, day=1)) is Refusal.ISSUER_UNKNOWN
    assert write("bank", at(23)) is Refusal.DAY_NOT_OVER
    assert answer(Answer(1, True)) is Refusal.CLEARING_UNKNOWN
    file_of()
    assert answer(Answer(1, True), Answer(2, True)) is Refusal.LINE_UNKNOWN
    assert city.money(card) == (GUARANTEE - METRO_XY, 0, 0)
    assert answer(Answer(1, True)) == Cleared(1, 0, 0)
    assert answer(Answer(1, False)) is Refusal.LINE_ANSWERED_OTHERWISE
    assert city.money(card) == (GUARANTEE, 0, 0)
    assert_sound(city)


def test_a_qr_stands_for_a_card_whose_money_is_in_its_purse(city: SmallCity) -> None:
    made = issue_cards(issuer=BANK, count=1, balance=20_000, actor=ACTOR, at=from_ms(at(6)))
    assert isinstance(made, range)
    (card,) = made
    qr = {"kind": Medium.QR, "token": "Q-1", "actor": ACTOR, "at": from_ms(at(6))}
    assert add_medium(card=card, **qr) is None
    ride(city, "Q-1", medium="qr")
    assert city.money(card) == (20_000 - METRO_XY, 0, 0)
    assert lines(file_of()) == []
    assert_sound(city)


def test_damage_is_found(city: SmallCity) -> None:
    card = added("T-1", "R-1")
    ride(city, "T-1")
    file_of()
    answer(Answer(1, True))
    with psycopg.connect(city.database.owner_url, autocommit=True) as owner:
        owner.execute("update settlement_clearing_line set amount = amount + 1")
        owner.execute("update cards_external set guarantee = guarantee + 1")
        owner.execute("update ledger_posting set kind = 10 where kind = 19")
    problems = verify(city.conn, CHECKS).problems
    assert {problem.check for problem in problems} == {check.name for check in CHECKS}
    assert {problem.row["card"] for problem in problems if "card" in problem.row} == {card}
