"""What people write is sealed, read at the one door, and goes with its writer."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from satu.people.access import open_texts
from satu.people.actions import erase_resident
from satu.people.errors import Refusal
from satu.people.kinds import Role
from satu.people.queries import who_looked
from satu.people.rotation import rewrap, start_rotation
from satu.people.texts import forget_texts, keep_text
from tests.database.people_support import (
    ACTOR,
    AT,
    BUDI,
    CASE,
    audited,
    everything_stored,
    prepare,
    register,
)
from tests.support import Database

STORY = "Kartu saya ditolak di Blok M, padahal saldo cukup."


@pytest.fixture
def siti(database: Database) -> int:
    prepare()
    return register()


def read(
    *texts: int, role: Role = Role.DESK, actor: str = ACTOR, purpose: str = "customer_service"
) -> dict[int, str] | Refusal:
    case = CASE if role is Role.DESK else ""
    return open_texts(actor=actor, role=role, texts=texts, purpose=purpose, case=case, at=AT)


def test_a_text_is_sealed_and_whoever_reads_it_is_seen(database: Database, siti: int) -> None:
    one = keep_text(text=STORY, resident=siti, at=AT)
    two = keep_text(text="Dua", resident=siti, at=AT)
    assert STORY.encode() not in everything_stored(database.owner())
    assert read(one, two) == {one: STORY, two: "Dua"}
    assert [(look.actor, look.case) for look in who_looked(siti)] == [(ACTOR, CASE)]
    mine = read(one, role=Role.RESIDENT, actor=f"resident:{siti}", purpose="own_data")
    assert mine == {one: STORY} and len(who_looked(siti)) == 2
    assert read() == {} and len(who_looked(siti)) == 2, "nothing was seen"


def test_others_do_not_read_it(database: Database, siti: int) -> None:
    text, budi = keep_text(text=STORY, resident=siti, at=AT), register(BUDI)
    assert read(text, role=Role.RESIDENT, actor=f"resident:{budi}", purpose="own_data") is (
        Refusal.ROLE_NOT_HELD
    )
    assert read(text, actor="staff:nobody") is Refusal.STAFF_UNKNOWN
    assert read(text, purpose="benefits") is Refusal.ROLE_WITHOUT_ACCESS
    assert who_looked(siti) == []
    assert len(audited(database.connect(), "person.not_opened")) == 3
    other = keep_text(text="Milik Budi", resident=budi, at=AT)
    assert read(text, other) is Refusal.TEXT_UNKNOWN


def test_a_text_of_nobody_who_is_known_can_be_read_by_staff(database: Database, siti: int) -> None:
    text = keep_text(text=STORY, resident=None, at=AT)
    assert read(text) == {text: STORY}
    ((_, _, kind, subject, _),) = audited(database.connect(), "person.opened")
    assert (kind, subject) == ("text", str(text))


def test_texts_go_when_they_are_forgotten_or_their_writer_is_erased(
    database: Database, siti: int
) -> None:
    one = keep_text(text=STORY, resident=siti, at=AT)
    two, kept = (keep_text(text=STORY, resident=who, at=AT) for who in (siti, None))
    assert forget_texts([one]) == 1 and forget_texts([one]) == 0 and forget_texts([]) == 0
    assert read(one, two) == {two: STORY}
    assert erase_resident(resident=siti, reason="asked", open_cards=0, actor=ACTOR, at=AT) is None
    assert read(one, two) == {} and read(kept) == {kept: STORY}


def test_texts_move_to_a_new_master_and_one_is_not_taken_for_another(
    database: Database, siti: int
) -> None:
    one = keep_text(text=STORY, resident=siti, at=AT)
    two = keep_text(text="Dua", resident=siti, at=AT)
    assert start_rotation(actor=ACTOR, at=AT) == 2
    assert rewrap(actor=ACTOR, at=AT) == (1, [])
    assert rewrap(actor=ACTOR, at=AT) == (2, [])
    assert rewrap(actor=ACTOR, at=AT) == (0, [1])
    assert read(one, two) == {one: STORY, two: "Dua"}
    database.owner().execute(
        "update people_text t set content = o.content, box = o.box"
        " from people_text o where t.id = %s and o.id = %s",
        [one, two],
    )
    with pytest.raises(InvalidTag):
        read(one)
