"""Entitlements on a card's row: what stands after, what is refused, and rides priced anew."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest

from satu.cards.errors import Refusal
from satu.cards.rights import Rights, decode
from satu.cards.rights_actions import PassSale, RightsSet, grant, set_entitlements
from satu.fares.legs import Entitlement
from satu.fares.tariff import Category, Concession, Pass
from satu.kernel.days import from_ms
from satu.ledger.kinds import PostingKind, Result
from satu.taps.mending import refold_card
from satu.taps.passes import categories_of, sell_pass
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
from tests.database.repairs_support import RepairCity, tariff_with
from tests.small_city import METRO, MONDAY, at
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


CATEGORIES = (Category("adult", is_default=True), Category("student"), Category("birthday"))
TARIFF = tariff_with(
    categories=CATEGORIES,
    concessions=(Concession("student", percent=50), Concession("birthday", amount=0)),
    passes=(Pass("month", 20_000, ("metro",), whole_days=30),),
)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def city(database: Database) -> RepairCity:
    return RepairCity(database, TARIFF)


def ride(city: RepairCity, card: int, day: int, *, now_ms: int | None = None) -> None:
    """From X to Y by metro at eight: 6,000."""
    city.send(
        city.tap(card, "X", at(8, day=day), direction="entry"),
        city.tap(card, "Y", at(8, 20, day=day), direction="exit"),
        now_ms=now_ms,
    )


def entitle(city: RepairCity, card: int, *wanted: Entitlement, now_ms: int) -> int:
    """Set entitlements and price the days anew from the first that they change."""
    categories = categories_of(city.rules.bundle)
    known = set_entitlements(
        card=card, entitlements=wanted, categories=categories, actor=ACTOR, at=from_ms(now_ms)
    )
    assert isinstance(known, RightsSet)
    since = known.since or MONDAY
    url = city.database.app_url
    return refold_card(url=url, card=card, since=since, now_ms=now_ms)


def test_days_already_ridden_are_priced_anew_from_the_first_that_changes(
    city: RepairCity,
) -> None:
    card = city.card()
    for day in range(3):
        ride(city, card, day)
    assert city.money(card) == (32_000, 0, 0)
    before, taps = city.postings(), city.taps()
    student = Entitlement("student", TUESDAY, TUESDAY + timedelta(180))
    noon = at(12, day=2)
    assert entitle(city, card, student, now_ms=noon) == -6_000
    assert [fare for _, fare in city.classes(card)] == [6_000, 3_000, 3_000]
    assert city.money(card) == (38_000, 0, 0) and city.owed_to(METRO) == 12_000
    assert city.conn.execute(
        "select kind, amount, service_day, settlement_day from ledger_posting"
        " order by serial offset %s",
        [before],
    ).fetchall() == [
        (PostingKind.CORRECTION, 3_000, TUESDAY, TUESDAY + timedelta(1)),
        (PostingKind.CORRECTION, 3_000, TUESDAY + timedelta(1), TUESDAY + timedelta(1)),
    ]
    url = city.database.app_url
    for since in (MONDAY, TUESDAY, None):
        assert refold_card(url=url, card=card, since=since, now_ms=noon) == 0
    assert city.postings() == before + 2 and city.taps() == taps
    ride(city, card, 3)
    assert city.money(card) == (35_000, 0, 0) and city.is_sound()


def test_without_a_first_day_all_that_is_not_final_is_priced_anew(city: RepairCity) -> None:
    card = city.card()
    for day in range(3):
        ride(city, card, day)
    student = Entitlement("student", MONDAY - timedelta(99), MONDAY + timedelta(99))
    set_entitlements(card=card, entitlements=[student], categories={"student"}, actor=ACTOR, at=AT)
    url = city.database.app_url
    end = at(4, day=4)  # the first instant after Monday's 72 hours
    assert refold_card(url=url, card=card, since=None, now_ms=end + 1) == -6_000
    assert [fare for _, fare in city.classes(card)] == [6_000, 3_000, 3_000]
    assert refold_card(url=url, card=card, since=student.first, now_ms=end) == -3_000
    assert city.money(card) == (41_000, 0, 0) and city.is_sound()


def test_what_is_taken_away_again_is_charged_again(city: RepairCity) -> None:
    card = city.card(6_000)
    birthday = Entitlement("birthday", MONDAY, MONDAY)
    ride(city, card, 0)
    assert entitle(city, card, birthday, now_ms=at(9)) == -6_000
    assert city.money(card) == (6_000, 0, 0) and city.owed_to(METRO) == 0
    ride(city, card, 1)
    assert entitle(city, card, now_ms=at(9, day=1)) == 6_000
    assert city.money(card) == (0, 0, -6_000) and city.owed_to(METRO) == 12_000
    assert city.is_sound()


def test_days_that_are_final_stay_as_they_are(city: RepairCity) -> None:
    card = city.card()
    ride(city, card, 0)
    ride(city, card, 3)
    student = Entitlement("student", MONDAY, MONDAY + timedelta(180))
    assert entitle(city, card, student, now_ms=at(5, day=4)) == -3_000
    assert [fare for _, fare in city.classes(card)] == [6_000, 3_000]
    assert city.money(card) == (41_000, 0, 0) and city.is_sound()


def test_a_card_that_never_rode_has_nothing_to_price(city: RepairCity) -> None:
    url = city.database.app_url
    assert refold_card(url=url, card=city.card(), since=MONDAY, now_ms=at(9)) == 0
    assert refold_card(url=url, card=999, since=MONDAY, now_ms=at(9)) == 0


def test_a_pass_covers_its_networks_rides_from_then_on(city: RepairCity) -> None:
    card = city.card()
    ride(city, card, 0)
    when = from_ms(at(12))
    sale = sell_pass(city="small", card=card, product="month", key="K", actor=ACTOR, at=when)
    assert sale == PassSale(Result.POSTED, 1, 24_000)
    ride(city, card, 1)
    city.send(city.tap(card, "A", at(9, day=1), route="R1"))
    assert [fare for _, fare in city.classes(card)] == [6_000, 0, 3_500]
    assert city.money(card) == (20_500, 0, 0) and city.owed_to(METRO) == 26_000
    again = from_ms(at(12, day=1))
    repeat = sell_pass(city="small", card=card, product="month", key="K", actor=ACTOR, at=again)
    assert repeat == PassSale(Result.EXISTS, 1, 24_000)
    unknown = sell_pass(city="small", card=card, product="year", key="L", actor=ACTOR, at=again)
    assert unknown is Refusal.PRODUCT_UNKNOWN
    assert city.money(card) == (20_500, 0, 0) and city.is_sound()
