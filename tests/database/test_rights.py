"""Entitlements on a card's row: what stands after, what is refused, and rides priced anew."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest

from satu.cards.errors import Refusal
from satu.cards.rights import Rights, decode
from satu.cards.rights_actions import RightsSet, grant, set_entitlements
from satu.fares.legs import Entitlement
from tests.database.cards_support import (
    ACTOR,
    AT,
    audited,
    issue,
    one,
    open_banks,
    postings,
    version,
)
from tests.support import Database

KNOWN = {"adult", "student", "senior", "birthday"}
TODAY = AT.date()
STUDENT = Entitlement("student", TODAY, TODAY + timedelta(180))
BIRTHDAY = Entitlement("birthday", TODAY + timedelta(9), TODAY + timedelta(9))


def give(card: int, *entitlements: Entitlement) -> RightsSet | Refusal:
    return set_entitlements(
        card=card, entitlements=entitlements, categories=KNOWN, actor=ACTOR, at=AT
    )


def held(conn: psycopg.Connection, card: int) -> Rights:
    (content,) = one(conn, "select entitlements from cards_card where id = %s", card)
    assert content is None or isinstance(content, bytes)
    return decode(content)


def test_entitlements_are_replaced_and_the_trail_tells_no_group(database: Database) -> None:
    open_banks()
    issue(count=2)
    conn = database.connect()
    assert give(1, STUDENT) == RightsSet(1, (STUDENT,), TODAY)
    assert held(conn, 1) == Rights((STUDENT,)) and version(conn, 1) == 1
    assert give(1, STUDENT) == RightsSet(1, (STUDENT,), None)
    assert version(conn, 1) == 1, "the same again changes nothing"

    senior = Entitlement("senior", TODAY + timedelta(30), TODAY + timedelta(999))
    assert give(1, senior) == RightsSet(1, (senior,), TODAY)
    assert give(1) == RightsSet(1, (), senior.first)
    assert one(conn, "select entitlements from cards_card where id = 1") == (None,)
    assert version(conn, 1) == 3 and version(conn, 2) == 0
    assert audited(conn, "card.entitled") == [
        (ACTOR, "card", 1, {"entitlements": 1, "before": 0}),
        (ACTOR, "card", 1, {"entitlements": 1, "before": 1}),
        (ACTOR, "card", 1, {"entitlements": 0, "before": 1}),
    ]
    assert postings(conn) == 0


def test_a_birthday_is_one_day_more(database: Database) -> None:
    open_banks()
    issue()
    give(1, STUDENT)
    add = {"categories": KNOWN, "actor": ACTOR, "at": AT}
    both = (STUDENT, BIRTHDAY)
    assert grant(card=1, entitlement=BIRTHDAY, **add) == RightsSet(1, both, BIRTHDAY.first)
    assert grant(card=1, entitlement=BIRTHDAY, **add) == RightsSet(1, both, None)
    assert held(database.connect(), 1) == Rights(both)


@pytest.mark.parametrize(
    ("card", "asked", "refusal"),
    [
        (1, Entitlement("student", TODAY, TODAY - timedelta(1)), "entitlement_dates_invalid"),
        (1, Entitlement("pilot", TODAY, TODAY), "category_unknown"),
        (1, Entitlement("senior", date(2026, 1, 1), date(2026, 12, 31)), "entitlements_overlap"),
        (9, BIRTHDAY, "card_unknown"),
        (2, BIRTHDAY, "card_closed"),
        (9, Entitlement("pilot", TODAY, TODAY), "category_unknown"),
    ],
)
def test_what_is_refused_changes_nothing(
    database: Database, card: int, asked: Entitlement, refusal: str
) -> None:
    open_banks()
    issue(count=2)
    conn = database.connect()
    conn.execute("update cards_card set state = 2 where id = 2")
    give(1, STUDENT)
    add = {"categories": KNOWN, "actor": ACTOR, "at": AT}
    assert grant(card=card, entitlement=asked, **add) is Refusal(refusal)
    assert held(conn, 1) == Rights((STUDENT,)) and held(conn, 2) == Rights()
    assert version(conn, 1) == 1 and version(conn, 2) == 0
    assert len(audited(conn, "card.entitled")) == 1


def test_a_blocked_card_can_lose_its_rights(database: Database) -> None:
    open_banks()
    issue()
    give(1, STUDENT)
    database.connect().execute("update cards_card set state = 1 where id = 1")
    assert give(1) == RightsSet(1, (), TODAY)
