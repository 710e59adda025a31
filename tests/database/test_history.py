"""A card's history: rides with what they cost, other money, pages that follow on, who may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from satu.cards.actions import link_card, top_up
from satu.cards.held import cards_of, purses_of
from satu.cards.kinds import CardState, Why
from satu.cards.lifecycle import replace_card, report_lost
from satu.cards.queries import card as card_of
from satu.cards.queries import faces
from satu.kernel.days import from_ms
from satu.ledger.kinds import PostingKind
from satu.people.consents import give_consent, withdraw_consent
from satu.people.guardians import appoint_guardian
from satu.people.kinds import CARERS_TRIPS, GuardianKind, Role, Scope
from satu.people.profile import Profile
from satu.taps.history import (
    BOTH_SIDES,
    OF_OPERATORS,
    History,
    Line,
    Mark,
    NoMark,
    history_of,
    look_at_history,
    own_history,
)
from satu.taps.looking import own_day
from satu.taps.queries import who_looked
from satu.taps.words import MOVED
from tests.database.fares_support import NOW, cards, loaded_city
from tests.database.people_support import ACTOR, CASE, audited, prepare, register
from tests.small_city import MONDAY, SmallCity, at
from tests.support import Database

SINCE, UNTIL = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 12, 30, tzinfo=UTC)
WHEN = from_ms(at(12, day=1))
STAFF = "staff:ani"


@pytest.fixture
def city(database: Any) -> SmallCity:
    return loaded_city(database)


def own(card: int, resident: int) -> None:
    (face,) = faces([card])
    done = link_card(
        number=face.number, secret=face.secret, owner=resident, actor=f"resident:{resident}", at=NOW
    )
    assert not isinstance(done, str), done


def history(card: int, after: str = "", limit: int = 50) -> History:
    found = card_of(card)
    assert found is not None
    return history_of(found, since=SINCE, until=UNTIL, after=after, limit=limit)


def told(lines: Sequence[Line]) -> list[tuple[str, int, int | None, str]]:
    return [(line.kind, line.amount, line.balance, line.other) for line in lines]


def pay_in(card: int, amount: int, when: datetime) -> None:
    paid = top_up(card=card, amount=amount, reference=f"r-{amount}", actor="t", at=when)
    assert not isinstance(paid, str), paid


def ride(city: SmallCity, card: int, *, day: int = 0, hour: int = 8) -> None:
    city.send(
        city.tap(card, "X", at(hour, 7, day=day), direction="entry"),
        city.tap(card, "Y", at(hour, 31, day=day), direction="exit"),
    )


def test_rides_and_money_stand_in_one_list_the_newest_first(city: SmallCity) -> None:
    (card,) = cards(1, balance=10_000)
    ride(city, card)
    ride(city, card, hour=10)
    pay_in(card, 40_000, from_ms(at(11)))
    lines = history(card).lines
    # The second ride took the 4,000 that were left; the top-up paid the other 2,000.
    assert sorted(told(lines[:2])) == [
        ("collection", -2_000, 38_000, "Metro"),
        ("top_up", 40_000, 40_000, "Bank"),
    ]
    assert told(lines[2:]) == [
        ("journey", -4_000, None, "Metro"),
        ("journey", -6_000, None, "Metro"),
        ("top_up", 10_000, 10_000, "Bank"),
    ]
    assert [line.ride.owed for line in lines if line.ride] == [2_000, 0]
    assert sum(line.amount for line in lines) == city.money(card)[0] == 38_000
    first = lines[3].ride
    assert first is not None and lines[3].words == MOVED["journey"]
    assert first.use_class == "complete" and first.service_day == MONDAY
    assert (first.point_in, first.point_out, first.route) == ("Station X", "Station Y", "")
    assert (first.fare, first.full_fare, first.riders, first.card) == (6_000, 6_000, 1, card)
    assert (lines[3].at, first.ended_at) == (from_ms(at(8, 7)), from_ms(at(8, 31)))


def test_what_operators_even_out_between_them_is_not_owed(city: SmallCity) -> None:
    (card,) = cards(1)
    city.send(
        city.tap(card, "X", at(8), direction="entry"),
        city.tap(card, "Z", at(8, 20), direction="exit"),
    )
    city.send(city.tap(card, "A", at(8, 30), route="R1", direction="entry"))
    city.send(city.tap(card, "C", at(9), route="R1", direction="exit"))
    lines = history(card).lines
    rides = [line.ride for line in lines if line.ride]
    assert len(rides) == 2 and {ride.owed for ride in rides} == {0}
    paid = [line.amount for line in lines if line.ride]
    assert sum(paid) == -sum(ride.fare for ride in rides) == city.money(card)[0] - 50_000
    assert paid != [-ride.fare for ride in rides], "the package made the first ride cheaper"


def test_pages_follow_on_without_gap_or_repeat(city: SmallCity) -> None:
    (card,) = cards(1, balance=200_000)
    for day in range(4):
        ride(city, card, day=day)
        ride(city, card, day=day, hour=17)
        pay_in(card, 1_000 + day, from_ms(at(8, 7, day=day)))  # the very moment of a ride
    whole = history(card)
    assert len(whole.lines) == 13 and whole.after == ""
    for limit in (1, 2, 5, 12):
        lines, after = list[Line](), ""
        while True:
            page = history(card, after, limit)
            assert len(page.lines) <= limit
            lines += page.lines
            after = page.after
            if not after:
                break
            assert Mark.read(after).text == after
        assert tuple(lines) == whole.lines, limit
    for text in ("x", "1", "1.", "-1.u", "99999999999999999.u0000010000000003", "1.u\x00"):
        with pytest.raises(NoMark):
            history(card, text)
    found = card_of(card)
    assert found is not None
    tuesday = history_of(found, since=from_ms(at(4, day=1)), until=from_ms(at(8, 8, day=1)))
    assert len(tuesday.lines) == 2


def test_a_card_in_place_of_another_has_its_history_and_purse(city: SmallCity) -> None:
    (card,) = cards(1)
    siti = register()
    own(card, siti)
    ride(city, card)
    report_lost(card=card, owner=siti, actor="t", at=WHEN)
    done = replace_card(card=card, why=Why.LOST, actor="t", at=WHEN)
    assert not isinstance(done, str)
    ride(city, done.successor, day=1, hour=14)
    rides = [line.ride for line in history(done.successor).lines if line.ride]
    assert [one.card for one in rides] == [done.successor, card]
    held = cards_of(siti, WHEN.date())
    assert [(one.serial, one.state, one.is_usable, one.why, one.successor) for one in held] == [
        (card, CardState.CLOSED, False, "replaced", done.successor),
        (done.successor, CardState.ACTIVE, True, "", None),
    ]
    (purse,) = purses_of(done.successor)
    assert purses_of(card)[0].account == purse.account
    assert (purse.bank, purse.asset, purse.balance, purse.available) == (
        "Bank", "IDR", 38_000, 38_000,
    )  # fmt: skip
    assert purse.is_in_use and not purse.is_former
    assert purses_of(99) == []


def test_who_may_see_where_a_card_went(city: SmallCity) -> None:
    prepare()
    siti, budi, tono = register(), register(Profile(name="Budi")), register(Profile(name="Tono"))
    card, nobodys = cards(2)
    own(card, siti)
    ride(city, card)

    def seen(viewer: int, which: int = card) -> int | None:
        page = own_history(viewer=viewer, card=which, since=SINCE, until=UNTIL, at=WHEN)
        day = own_day(viewer=viewer, card=which, day=MONDAY, at=WHEN)
        assert (page is None) is (day is None)
        return len(page.lines) if page else None

    assert seen(siti) == 2
    assert seen(tono) is None and seen(budi) is None
    assert seen(siti, nobodys) is None and seen(siti, 99) is None
    appoint_guardian(
        guardian=budi, ward=siti, kind=GuardianKind.CARER, scopes=[Scope.TRIPS],
        until=WHEN.date(), role=Role.DESK, case=CASE, actor=ACTOR, at=WHEN,
    )  # fmt: skip
    assert seen(budi) is None, "an adult has not said yes"
    yes: dict[str, Any] = {"resident": siti, "purpose": CARERS_TRIPS, "actor": "r", "at": WHEN}
    assert give_consent(version=1, **yes) is None
    assert seen(budi) == 2
    assert withdraw_consent(**yes)
    assert seen(budi) is None, "a withdrawal acts at once"
    trail = audited(city.database.connect(), "trips.seen")
    assert trail == [("trips.seen", f"resident:{budi}", "person", str(siti), {"card": card})] * 2
    later = WHEN + timedelta(minutes=1)
    asked: dict[str, Any] = {"since": SINCE, "until": UNTIL, "actor": STAFF, "at": later}
    page = look_at_history(card=str(card), purpose="T-4711", **asked)
    assert page is not None and len(page.lines) == 2
    assert look_at_history(card="99", purpose="T-4711", **asked) is None
    assert [(one.who.en, one.what.en, one.why.en) for one in who_looked(siti, later)] == [
        ("Staff (Dinas Perhubungan)", "History of a card", "T-4711"),
        ("Your guardian or carer", "Trips", "As guardian or carer"),
        ("Your guardian or carer", "Trips", "As guardian or carer"),
    ]
    assert who_looked(tono, WHEN) == []


def test_rides_that_were_unlinked_are_no_one_s_and_money_stays(city: SmallCity) -> None:
    (card,) = cards(1)
    ride(city, card)
    owner = city.database.owner()
    owner.execute("delete from taps_card_day")
    assert told(history(card).lines) == [("top_up", 50_000, 50_000, "Bank")]


def test_every_line_that_can_be_has_words() -> None:
    found = {kind.name.lower() for kind in PostingKind}
    by_tap = {"fare", "shortfall", "correction", "shortfall_undone", "purchase"}
    assert found - by_tap <= MOVED.keys(), found - by_tap - MOVED.keys()


def test_what_a_purse_gave_and_got_is_found_by_its_indexes(database: Database) -> None:
    conn = database.connect()
    conn.execute("set enable_seqscan = off")
    asked = {
        "purses": [1, 2], "since": SINCE, "until": UNTIL, "at": UNTIL, "name": "", "limit": 9,
        "operators": OF_OPERATORS,
    }  # fmt: skip
    plan = "\n".join(row[0] for row in conn.execute("explain " + BOTH_SIDES, asked))
    assert "ledger_posting_in" in plan and "ledger_posting_out" in plan, plan
    assert "Seq Scan on ledger_posting" not in plan
