"""A resident's e-mail: found by its hash, changed by themselves, gone when they are erased."""

from __future__ import annotations

from satu.people.actions import erase_resident
from satu.people.contacts import keep_email
from satu.people.errors import Refusal
from satu.people.kinds import Assurance, Role
from satu.people.queries import find_by_email, find_by_phone, standing
from tests.database.people_support import (
    ACTOR,
    AT,
    SITI,
    everything_stored,
    look,
    prepare,
    register,
)
from tests.support import Database

EMAIL = "Siti.Contoh@example.id"


def test_an_email_is_kept_sealed_and_finds_its_owner(database: Database) -> None:
    prepare()
    siti = register(level=Assurance.PHONE)
    me = f"resident:{siti}"
    assert find_by_email(EMAIL) == []
    assert keep_email(resident=siti, email=EMAIL, actor=me, at=AT) is None
    assert find_by_email("siti.contoh@EXAMPLE.id ") == [siti] == find_by_phone(SITI.phone)
    seen = look(siti)
    assert seen.email == EMAIL and seen.name == SITI.name
    assert standing(siti).level is Assurance.PHONE
    stored = everything_stored(database.owner())
    assert EMAIL.encode() not in stored and EMAIL.lower().encode() not in stored


def test_nobody_else_changes_it_and_nonsense_is_refused(database: Database) -> None:
    prepare()
    siti, other = register(), register(None)
    for actor, email, refusal in (
        (f"resident:{other}", EMAIL, Refusal.ROLE_NOT_HELD),
        (ACTOR, EMAIL, Refusal.ROLE_NOT_HELD),
        (f"resident:{siti}", "siti", Refusal.EMAIL_INVALID),
    ):
        assert keep_email(resident=siti, email=email, actor=actor, at=AT) is refusal
    assert look(siti).email == "" and find_by_email(EMAIL) == []
    nobody = f"resident:{other}"
    assert keep_email(resident=other, email=EMAIL, actor=nobody, at=AT) is Refusal.NAME_INVALID


def test_an_erased_resident_is_not_found_by_it(database: Database) -> None:
    prepare()
    siti = register()
    keep_email(resident=siti, email=EMAIL, actor=f"resident:{siti}", at=AT)
    assert look(siti, role=Role.DESK).email == EMAIL
    erase_resident(resident=siti, reason="asked", open_cards=0, actor=ACTOR, at=AT)
    assert find_by_email(EMAIL) == []
