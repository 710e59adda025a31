"""A card's life: blocked and unblocked with the deny list, linked to its owner, given media."""

from __future__ import annotations

import threading
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from satu.cards import denials, queries, rules, store
from satu.cards.actions import (
    Changed,
    NewMedium,
    add_media,
    add_medium,
    block_card,
    link_card,
    unblock_card,
)
from satu.cards.errors import Refusal
from satu.cards.kinds import Medium
from tests.database.cards_support import (
    ACTOR,
    AT,
    audited,
    issue,
    one,
    open_banks,
    version,
)
from tests.support import Database


def block(card: int, reason: str = "lost") -> Changed | Refusal:
    return block_card(card=card, reason=reason, actor=ACTOR, at=AT)


def unblock(card: int) -> Changed | Refusal:
    return unblock_card(card=card, reason="found", actor=ACTOR, at=AT)


def test_blocking_and_unblocking_raise_the_version_and_write_the_deny_list(
    database: Database,
) -> None:
    open_banks()
    issue(count=3)
    conn = database.connect()
    assert denials.denied_serials(conn) == (0, [])
    assert denials.denial_changes(conn, 0) == (0, [], [])

    assert block(2) == Changed(2, 1)
    assert version(conn, 2) == 1
    assert block(2) is Refusal.CARD_BLOCKED
    assert block(1, "stolen") == Changed(1, 2)
    assert denials.denied_serials(conn) == (2, [1, 2])
    assert denials.denial_changes(conn, 0) == (2, [1, 2], [])
    assert denials.denial_changes(conn, 1) == (2, [1], [])

    assert unblock(2) == Changed(2, 3)
    assert unblock(2) is Refusal.CARD_NOT_BLOCKED
    assert version(conn, 2) == 2 and version(conn, 3) == 0
    assert denials.denied_serials(conn) == (3, [1])
    assert denials.denial_changes(conn, 0) == (3, [1], []), "blocked and unblocked is no change"
    assert denials.denial_changes(conn, 1) == (3, [1], [2])
    assert denials.denial_changes(conn, 2) == (3, [], [2])
    assert denials.denial_changes(conn, 3) == (3, [], [])
    assert denials.denial_changes(conn, 9) == (3, [], []), "the asker's list is not ours"

    assert block(2) == Changed(2, 4)
    assert denials.denial_changes(conn, 1) == (4, [1], []), "unblocked and blocked again"
    assert audited(conn, "card.blocked") == [
        (ACTOR, "card", 2, {"reason": "lost", "denial_version": 1}),
        (ACTOR, "card", 1, {"reason": "stolen", "denial_version": 2}),
        (ACTOR, "card", 2, {"reason": "lost", "denial_version": 4}),
    ]
    assert audited(conn, "card.unblocked") == [
        (ACTOR, "card", 2, {"reason": "found", "denial_version": 3})
    ]


def test_cards_that_are_not_there_or_closed_are_neither_blocked_nor_unblocked(
    database: Database,
) -> None:
    open_banks()
    issue()
    conn = database.connect()
    conn.execute("update cards_card set state = 2 where id = 1")
    assert block(7) is unblock(7) is Refusal.CARD_UNKNOWN
    assert block(1) is unblock(1) is Refusal.CARD_CLOSED
    assert denials.denied_serials(conn) == (0, [])
    assert version(conn, 1) == 0


def test_a_reason_is_a_code_so_that_no_persons_story_is_kept(database: Database) -> None:
    open_banks()
    issue()
    with pytest.raises(ValueError, match="a reason is a code"):
        block(1, "Ani lost it in Blok M")
    conn = database.connect()
    assert version(conn, 1) == 0 and denials.denied_serials(conn) == (0, [])


def test_versions_of_the_deny_list_are_committed_in_their_order(database: Database) -> None:
    """A reader that has version n has all up to n: a slow block holds back the next one's."""
    open_banks()
    issue(count=2)
    slow = psycopg.connect(database.app_url)
    assert store.lock_card(slow, 1) is not None
    assert slow.execute("select cards_deny_v1(1, true, 'lost', %s)", [AT]).fetchone() == (1,)

    def block_second() -> None:
        try:
            block(2)
        finally:
            connections.close_all()

    second = threading.Thread(target=block_second)
    second.start()
    second.join(0.5)
    conn = database.connect()
    assert second.is_alive()
    assert denials.denied_serials(conn) == (0, [])
    slow.commit()
    slow.close()
    second.join(10)
    assert not second.is_alive()
    assert denials.denied_serials(conn) == (2, [1, 2])


def link(number: str, secret: str, owner: int = 501, *, later_min: int = 0) -> int | Refusal:
    at = AT + timedelta(minutes=later_min)
    return link_card(number=number, secret=secret, owner=owner, actor="resident:501", at=at)


def test_who_holds_number_and_secret_becomes_the_owner_once(database: Database) -> None:
    open_banks()
    issue(count=2)
    conn = database.connect()
    first, second = queries.faces([1, 2])

    assert link(first.number, second.secret) is Refusal.NUMBER_OR_SECRET_WRONG
    assert link("9360080000000019", first.secret) is Refusal.NUMBER_OR_SECRET_WRONG
    unissued = rules.printed_number("936008", 3)
    key = settings.PRINTED_KEY
    assert link(unissued, rules.printed_secret(key, unissued)) is Refusal.NUMBER_OR_SECRET_WRONG
    other_bank = rules.printed_number("936014", 1)
    secret = rules.printed_secret(key, other_bank)
    assert link(other_bank, secret) is Refusal.NUMBER_OR_SECRET_WRONG
    assert one(conn, "select count(*) from cards_card where owner is not null") == (0,)
    assert version(conn, 1) == 0

    assert link(f" {first.number[:4]} {first.number[4:]}", first.secret.lower()) == 1
    assert one(conn, "select owner, version from cards_card where id = 1") == (501, 1)
    assert link(first.number, first.secret) == 1, "asked again, nothing changes"
    assert link(first.number, first.secret, owner=777) is Refusal.CARD_OWNED
    assert one(conn, "select owner, version from cards_card where id = 1") == (501, 1)
    assert audited(conn, "card.linked") == [("resident:501", "card", 1, {})]
    wrong = conn.execute(
        "select subject_kind, count(*) from audit_entry where action = 'card.secret_wrong'"
        " group by subject_kind order by subject_kind"
    )
    assert wrong.fetchall() == [("card", 1), ("card_number", 2)], "also of numbers no card has"


def test_a_blocked_card_finds_no_owner(database: Database) -> None:
    open_banks()
    issue()
    (face,) = queries.faces([1])
    block(1)
    assert link(face.number, face.secret) is Refusal.CARD_BLOCKED


def test_after_five_wrong_secrets_even_the_right_one_waits(database: Database) -> None:
    open_banks()
    issue()
    (face,) = queries.faces([1])
    for _ in range(5):
        assert link(face.number, "22222222") is Refusal.NUMBER_OR_SECRET_WRONG
    assert link(face.number, face.secret) is Refusal.TOO_MANY_ATTEMPTS
    assert link(face.number, face.secret, later_min=59) is Refusal.TOO_MANY_ATTEMPTS
    assert link(face.number, face.secret, later_min=61) == 1
    assert len(audited(database.connect(), "card.secret_wrong")) == 5


def test_a_number_that_no_card_has_is_answered_as_one_that_has(database: Database) -> None:
    open_banks()
    unissued = rules.printed_number("936008", 3)
    for _ in range(5):
        assert link(unissued, "22222222") is Refusal.NUMBER_OR_SECRET_WRONG
    assert link(unissued, "22222222") is Refusal.TOO_MANY_ATTEMPTS
    assert link(unissued, "22222222", later_min=61) is Refusal.NUMBER_OR_SECRET_WRONG


def test_media_lead_to_their_card_and_only_a_keyed_hash_is_kept(database: Database) -> None:
    open_banks()
    issue(count=3)
    conn = database.connect()
    block(3)
    answers = add_media(
        media=[
            NewMedium(2, Medium.BANK_CHIP, "04AABB"),
            NewMedium(1, Medium.PLATE, "B 1234 XYZ"),
            NewMedium(1, Medium.EMV, "04AABB"),
            NewMedium(1, Medium.BANK_CHIP, "04AABB"),
            NewMedium(1, Medium.CHIP, "1"),
            NewMedium(9, Medium.QR, "q"),
            NewMedium(3, Medium.QR, "q"),
        ],
        actor=ACTOR,
        at=AT,
    )
    # Of two cards that ask for one token at once, the one that asked first has it.
    assert answers == [
        None,
        None,
        None,
        Refusal.MEDIUM_TAKEN,
        Refusal.MEDIUM_NEEDS_NO_ROW,
        Refusal.CARD_UNKNOWN,
        Refusal.CARD_BLOCKED,
    ]
    hashes = {
        (kind, rules.token_hash(settings.TOKEN_KEY, kind, token)): card
        for kind, token, card in (
            (Medium.BANK_CHIP, "04AABB", 2),
            (Medium.PLATE, "B 1234 XYZ", 1),
            (Medium.EMV, "04AABB", 1),
        )
    }
    assert store.media(conn, [*hashes, (Medium.QR, b"unknown")]) == hashes
    assert store.media(conn, []) == {}
    assert (version(conn, 1), version(conn, 2), version(conn, 3)) == (1, 1, 1)
    assert [entry[2:] for entry in audited(conn, "card.medium_added")] == [
        (1, {"kind": "emv"}),
        (1, {"kind": "plate"}),
        (2, {"kind": "bank_chip"}),
    ]


def test_adding_a_medium_again_changes_nothing_and_another_card_does_not_get_it(
    database: Database,
) -> None:
    open_banks()
    issue(count=2)
    conn = database.connect()

    def add(card: int) -> Refusal | None:
        return add_medium(card=card, kind=Medium.QR, token="q-1", actor=ACTOR, at=AT)

    assert add(1) is None and add(1) is None
    assert add(2) is Refusal.MEDIUM_TAKEN
    assert (version(conn, 1), version(conn, 2)) == (1, 0)
    assert audited(conn, "card.medium_added") == [(ACTOR, "card", 1, {"kind": "qr"})]
    conn.execute("update cards_medium set state = 1")
    assert add(1) is Refusal.MEDIUM_TAKEN, "what was removed stays removed"
    hashed = rules.token_hash(settings.TOKEN_KEY, Medium.QR, "q-1")
    assert store.media(conn, [(Medium.QR, hashed)]) == {}


def test_a_program_cannot_delete_what_cards_did(database: Database) -> None:
    conn = database.connect()
    for statement in (
        "delete from cards_card",
        "delete from cards_medium",
        "delete from cards_denial",
        "update cards_denial set denied = false",
        "update cards_top_up set amount = 1",
        "delete from cards_issuer",
        "delete from audit_entry",
        "update audit_entry set actor = 'x'",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)
