"""A printed code stands for a phone: at a counter, once seen in person, until its last day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from satu.people.actions import erase_resident
from satu.people.codes import print_code, use_code
from satu.people.errors import Refusal
from satu.people.forgetting import forget_old
from satu.people.identity import confirm
from satu.people.kinds import Assurance
from tests.database.people_support import ACTOR, AT, SITI, audited, everything_stored, register
from tests.support import Database

LAST = date(2026, 12, 31)


def printed(resident: int, until: date = LAST) -> str | Refusal:
    return print_code(resident=resident, until=until, actor=ACTOR, at=AT)


def use(code: str, *, actor: str = "counter:3", later: timedelta = timedelta()) -> int | Refusal:
    return use_code(code=code, actor=actor, at=AT + later)


@pytest.fixture
def siti(database: Database) -> int:
    return register(level=Assurance.IN_PERSON)


def test_a_code_is_its_residents_until_the_next_is_printed(database: Database, siti: int) -> None:
    code = printed(siti)
    assert isinstance(code, str) and not isinstance(code, Refusal)
    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    assert use(code) == use(f" {code.lower().replace('-', ' ')} ") == siti
    stored = everything_stored(database.owner())
    assert code.encode() not in stored and code.replace("-", "").encode() not in stored
    another = printed(siti)
    assert isinstance(another, str) and another != code
    assert use(code) is Refusal.CODE_WRONG
    assert use(another) == siti
    assert len(audited(database.connect(), "code.printed")) == 2
    assert len(audited(database.connect(), "code.used")) == 3


def test_only_who_was_seen_gets_one(siti: int) -> None:
    unseen = register(None)
    assert printed(unseen) is Refusal.EVIDENCE_LACKING
    assert printed(99) is Refusal.RESIDENT_UNKNOWN
    assert printed(siti, AT.date() - timedelta(days=1)) is Refusal.DATES_INVALID
    assert confirm(resident=unseen, level=Assurance.IN_PERSON, actor=ACTOR, at=AT) is (
        Refusal.EVIDENCE_LACKING
    )


def test_a_code_ends_with_its_last_day_and_with_its_resident(database: Database, siti: int) -> None:
    code = printed(siti, AT.date())
    assert isinstance(code, str)
    assert use(code, later=timedelta(hours=8)) == siti
    assert use(code, later=timedelta(hours=9)) is Refusal.CODE_WRONG  # midnight in Jakarta

    def kept() -> object:
        return database.connect().execute("select count(*) from people_printed_code").fetchone()

    forget_old(actor="job:forget", at=AT)
    assert kept() == (1,)
    forget_old(actor="job:forget", at=AT + timedelta(days=1))
    assert kept() == (0,)
    code = printed(siti)
    assert isinstance(code, str)
    assert erase_resident(resident=siti, reason="asked", open_cards=0, actor=ACTOR, at=AT) is None
    assert use(code) is Refusal.CODE_WRONG and kept() == (0,)
    assert printed(siti) is Refusal.RESIDENT_ERASED


def test_after_ten_wrong_codes_even_the_right_one_waits_an_hour(siti: int) -> None:
    code = printed(siti)
    assert isinstance(code, str)
    for wrong in ("", "ABCD", SITI.nik, *["2222-2222-2222"] * 7):
        assert use(wrong) is Refusal.CODE_WRONG
    assert use(code) is Refusal.TOO_MANY_ATTEMPTS
    assert use(code, actor="counter:4") == siti, "another counter is not held up"
    assert use(code, later=timedelta(minutes=61)) == siti
