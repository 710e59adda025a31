"""A tap's road from arrival to the books: exact money, exact uses, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from satu.cards.actions import block_card, ensure_issuers, issue_cards, top_up
from satu.cards.kinds import Issuer
from satu.cards.rights_actions import RightsSet, set_entitlements
from satu.fares.legs import Entitlement
from satu.fares.tariff import Category, Concession
from satu.kernel.refusal import Meaning, Outcome, UseClass
from satu.ledger.verify import verify
from satu.services.rules import Rules
from satu.taps.tap import Answer
from satu.taps.verify import ALL_CHECKS
from tests.small_city import BANK, BUNDLE, BUS, METRO, MONDAY, TARIFF, ZOO, SmallCity, at

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
COMPLETE, OPEN, MISSING_EXIT = UseClass.COMPLETE, UseClass.OPEN, UseClass.MISSING_EXIT


@pytest.fixture
def city(database) -> SmallCity:
    made = SmallCity(database)
    issuers = [Issuer(BANK, "bank", "Bank", "100001", True)]
    ensure_issuers(issuers=issuers, actor="test", at=NOW)
    return made


def card(balance: int, category: str = "adult") -> int:
    made = issue_cards(
        issuer=BANK, count=1, balance=balance, category=category, actor="test", at=NOW
    )
    return made[0]


def outcomes(answers: list[Answer]) -> list[tuple[Outcome, int, int | None]]:
    return [(answer.outcome, answer.charge, answer.balance) for answer in answers]


def test_a_bus_ride_is_charged_at_entry_and_ended_at_exit(city):
    rider = card(20_000)
    answers = city.send(
        city.tap(rider, "A", at(7), route="R1", direction="entry", decided="ask"),
        city.tap(rider, "C", at(7, 40), route="R1", direction="exit", decided="ask"),
    )
    assert answers == [
        Answer(Outcome.ACCEPTED, Meaning.ENTRY, 3_500, 3_500, 16_500),
        Answer(Outcome.ACCEPTED, Meaning.EXIT, 0, 3_500, 16_500),
    ]
    assert city.money(rider) == (16_500, 0, 0) and city.owed_to(BUS) == 3_500
    assert city.uses(rider) == [("journey", COMPLETE, 3_500, 3_500)]


def test_riders_are_kept_with_tap_and_use_and_counted_again_when_the_day_is(city):
    rider = card(20_000)
    (entered,) = city.send(city.tap(rider, "A", at(7), route="R1", direction="entry", riders=3))
    assert (entered.charge, entered.full_fare) == (10_500, 10_500)
    # A late tap folds the day again, from the taps as they are stored.
    city.send(city.tap(rider, "GATE", at(6), direction="entry"))
    stored = city.conn.execute(
        "select t.riders, u.riders, u.fare from taps_tap t join taps_use u using (id)"
        " where t.card = %s order by t.at",
        [rider],
    ).fetchall()
    assert stored == [(1, 1, 4_000), (3, 3, 10_500)]
    assert city.money(rider) == (5_500, 0, 0)
    assert (city.owed_to(BUS), city.owed_to(ZOO)) == (10_500, 4_000)


def test_a_cards_entitlement_prices_its_rides_from_its_first_day_on(city):
    metro = Concession("staff", ("metro",), amount=0)
    tariff = msgspec.structs.replace(
        TARIFF, categories=(*TARIFF.categories, Category("staff")), concessions=(metro,)
    )
    city.rules = Rules(msgspec.structs.replace(BUNDLE, tariffs=(tariff,)))
    rider = card(20_000)
    city.send(city.tap(rider, "X", at(8), direction="entry"))
    city.send(city.tap(rider, "Z", at(9), direction="exit"))
    given = set_entitlements(
        card=rider,
        entitlements=[Entitlement("staff", TUESDAY, TUESDAY)],
        categories={"adult", "staff"},
        actor="test",
        at=NOW,
    )
    assert isinstance(given, RightsSet)
    # A free ride asks for no balance and holds nothing.
    (entered,) = city.send(
        city.tap(rider, "X", at(8, day=1), direction="entry", decided="ask"), now_ms=at(8, day=1)
    )
    assert (entered.outcome, city.money(rider)) == (Outcome.ACCEPTED, (11_000, 0, 0))
    city.send(city.tap(rider, "Z", at(9, day=1), direction="exit"))
    assert city.uses(rider) == [
        ("journey", COMPLETE, 9_000, 9_000),
        ("journey", COMPLETE, 0, 9_000),
    ]


def test_a_gated_ride_holds_the_dearest_fare_and_captures_what_it_cost(city):
    rider = card(20_000)
    (entered,) = city.send(city.tap(rider, "X", at(8), direction="entry", decided="ask"))
    assert entered == Answer(Outcome.ACCEPTED, Meaning.ENTRY, 0, entered.full_fare, 20_000)
    assert city.money(rider) == (20_000, 9_000, 0)
    (left,) = city.send(city.tap(rider, "Y", at(8, 20), direction="exit", decided="ask"))
    assert left == Answer(Outcome.ACCEPTED, Meaning.EXIT, 6_000, 6_000, 14_000)
    assert city.money(rider) == (14_000, 0, 0) and city.owed_to(METRO) == 6_000
    holds = city.conn.execute("select state, remaining, amount from ledger_hold").fetchall()
    assert holds == [(1, 0, 9_000)]


def test_operators_share_a_package_and_the_differences_are_posted(city):
    rider = card(20_000)
    taps = [
        city.tap(rider, "A", at(7), route="R1", direction="entry"),
        city.tap(rider, "C", at(7, 30), route="R1", direction="exit"),
        city.tap(rider, "X", at(7, 40), direction="entry"),
        city.tap(rider, "Z", at(8), direction="exit"),
    ]
    answers = city.send(*taps, together=False)
    # 12 km by bus and 8 km by metro: 2,500 + 20 x 250 = 7,500, instead of 3,500 + 9,000.
    assert sum(answer.charge for answer in answers) == 7_500
    assert city.money(rider) == (12_500, 0, 0)
    assert (city.owed_to(BUS), city.owed_to(METRO)) == (5_500, 2_000)


def test_refusals_are_stored_and_a_repeat_gets_the_decision_it_got(city):
    poor = card(4_000)
    asked = city.tap(poor, "A", at(9), route="R1", direction="entry", decided="ask")
    (refused,) = city.send(asked)
    assert refused == Answer(Outcome.BALANCE_INSUFFICIENT, balance=4_000)
    top_up(card=poor, amount=50_000, reference="r1", actor="test", at=NOW)
    (again,) = city.send(asked)
    assert again == replace(refused, repeat=True)
    (later,) = city.send(city.tap(poor, "A", at(9, 5), route="R1", decided="ask"))
    assert later.outcome is Outcome.ACCEPTED and later.balance == 50_500
    assert city.uses(poor) == [("journey", OPEN, 3_500, 3_500)]


def test_the_same_name_with_another_body_is_kept_aside(city):
    rider = card(20_000)
    first = city.tap(rider, "A", at(9), route="R1")
    other = city.tap(rider, "B", at(9), route="R1", sequence=first.sequence)
    answers = city.send(first, other)
    assert [answer.outcome for answer in answers] == [
        Outcome.ACCEPTED,
        Outcome.QUARANTINED_NAME_REUSED,
    ]
    assert answers[1].conflict and not answers[1].repeat
    assert city.money(rider) == (16_500, 0, 0)
    (again,) = city.send(other)
    assert again.conflict and again.repeat


def test_a_ride_taken_is_posted_even_when_the_purse_is_short_and_collected_by_a_top_up(city):
    rider = card(2_000)
    (ride,) = city.send(city.tap(rider, "A", at(9), route="R1"))
    assert ride == Answer(Outcome.ACCEPTED, Meaning.ENTRY, 3_500, 3_500, 0)
    assert city.money(rider) == (0, 0, -1_500) and city.owed_to(BUS) == 3_500
    taken = top_up(card=rider, amount=10_000, reference="r1", actor="test", at=NOW)
    assert (taken.collected, taken.balance) == (1_500, 8_500)
    assert city.money(rider) == (8_500, 0, 0) and city.owed_to(BUS) == 3_500


def test_a_reader_that_gave_up_waiting_replaces_the_decision_it_asked_for(city):
    rider = card(20_000)
    asked = city.tap(rider, "A", at(9), route="R1", direction="entry", decided="ask")
    city.send(asked)
    refused = city.tap(
        rider, "A", at(9), route="R1", direction="entry", decided="refused",
        sequence=asked.sequence,
    )  # fmt: skip
    (answer,) = city.send(refused)
    assert answer == Answer(Outcome.READER_REFUSED, charge=-3_500, balance=20_000)
    assert city.money(rider) == (20_000, 0, 0)
    assert (city.owed_to(BUS), city.uses(rider)) == (0, [])
    (again,) = city.send(refused)
    assert again.outcome is Outcome.READER_REFUSED and again.repeat


def test_a_late_exit_corrects_a_closed_day(city):
    rider = card(20_000)
    city.send(city.tap(rider, "X", at(22), direction="entry"))
    assert city.close(TUESDAY, at(4, day=1)) == 1
    assert city.money(rider) == (11_000, 0, 0)  # the dearest: 9,000
    late = city.tap(rider, "Y", at(22, 30), direction="exit")
    (answer,) = city.send(late, now_ms=at(9, day=1))
    assert answer == Answer(Outcome.ACCEPTED, Meaning.EXIT, -3_000, 6_000, 14_000)
    assert city.money(rider) == (14_000, 0, 0) and city.owed_to(METRO) == 6_000
    assert city.close(TUESDAY, at(10, day=1)) == 0


def test_a_journey_over_the_end_of_the_day_is_paid_once(city):
    rider = card(20_000)
    city.send(city.tap(rider, "X", at(27, 50), direction="entry"))
    assert city.close(TUESDAY, at(4, day=1)) == 1
    assert city.money(rider) == (20_000, 9_000, 0)
    (left,) = city.send(city.tap(rider, "Z", at(4, 10, day=1), direction="exit"))
    assert (left.meaning, left.charge) == (Meaning.EXIT, 9_000)
    assert city.money(rider) == (11_000, 0, 0)
    assert city.uses(rider) == [("journey", COMPLETE, 9_000, 9_000)]


def test_a_blocked_card_enters_nowhere_but_may_leave(city):
    rider = card(20_000)
    city.send(city.tap(rider, "X", at(8), direction="entry", decided="ask"))
    block_card(card=rider, reason="lost", actor="test", at=NOW)
    (left,) = city.send(city.tap(rider, "Y", at(8, 30), direction="exit", decided="ask"))
    (entered,) = city.send(city.tap(rider, "X", at(9), direction="entry", decided="ask"))
    assert (left.outcome, entered.outcome) == (Outcome.ACCEPTED, Outcome.CARD_BLOCKED)
    assert city.money(rider) == (14_000, 0, 0)


def test_what_cannot_be_folded_is_refused_or_kept_aside_and_posts_nothing(city):
    rider = card(20_000)
    now = at(12)
    answers = city.send(
        city.tap(999, "A", at(9), decided="ask"),
        city.tap(999, "A", at(9), decided="open"),
        city.tap(rider, "NOWHERE", at(9), decided="ask"),
        city.tap(rider, "NOWHERE", at(9), decided="open"),
        city.tap(rider, "A", at(9), route="NO", decided="open"),
        city.tap(rider, "A", at(12, 6), decided="open"),
        city.tap(rider, "A", at(9, day=-5), decided="open"),
        city.tap(rider, "A", at(9), decided="refused"),
        city.tap("mallory", "A", at(9), decided="ask"),
        now_ms=now,
    )
    assert [answer.outcome for answer in answers] == [
        Outcome.CARD_UNKNOWN,
        Outcome.QUARANTINED_CARD_UNKNOWN,
        Outcome.POINT_UNKNOWN,
        Outcome.QUARANTINED_POINT_UNKNOWN,
        Outcome.QUARANTINED_ROUTE_UNKNOWN,
        Outcome.QUARANTINED_TIME_FUTURE,
        Outcome.QUARANTINED_TIME_PAST,
        Outcome.READER_REFUSED,
        Outcome.CARD_UNKNOWN,
    ]
    assert city.money(rider) == (20_000, 0, 0) and city.uses(rider) == []
    stored = city.conn.execute("select count(*) from taps_tap").fetchone()
    aside = city.conn.execute("select count(*) from taps_quarantine").fetchone()
    assert (stored, aside) == ((4,), (5,))


def test_a_visit_to_the_zoo_beside_a_ride(city):
    rider = card(20_000)
    answers = city.send(
        city.tap(rider, "A", at(9), route="R1"),
        city.tap(rider, "GATE", at(10), direction="entry"),
        city.tap(rider, "GATE", at(12), direction="exit"),
        together=False,
    )
    assert [answer.charge for answer in answers] == [3_500, 4_000, 0]
    assert [answer.meaning for answer in answers[1:]] == [Meaning.VISIT_BEGUN, Meaning.VISIT_ENDED]
    assert city.owed_to(ZOO) == 4_000 and city.money(rider) == (12_500, 0, 0)


def test_many_late_taps_of_a_card_are_folded_in_together(city):
    rider = card(2_000_000)
    city.send(city.tap(rider, "A", at(22), route="R1", direction="entry"))
    late = [
        city.tap(rider, "A", at(5) + number * 60_000, route="R1", direction="entry")
        for number in range(300)
    ]
    answers = city.send(*late, now_ms=at(23))
    outcomes = [answer.outcome for answer in answers]
    assert outcomes.count(Outcome.ACCEPTED) == 255
    assert outcomes.count(Outcome.QUARANTINED_TAPS_TOO_MANY) == 45
    # Two chains of free changes: from 05:00 at the early price, and from 08:01.
    assert [answer.charge for answer in answers if answer.charge] == [5_500]
    assert city.owed_to(BUS) == 9_000 and city.money(rider) == (1_991_000, 0, 0)
    asked = city.tap(rider, "A", at(22, 30), route="R1", decided="ask")
    assert city.send(asked)[0].outcome is Outcome.TAPS_TOO_MANY
    assert verify(city.conn, ALL_CHECKS).ok
