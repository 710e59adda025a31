"""Why a day cost what it cost: every leg and rule, sums as they were posted, who looked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.fares.tariff import Cap
from satu.kernel.days import from_ms
from satu.taps.explain import DayTold, Looked, Place
from satu.taps.looking import look_at_day
from tests.commands import satu
from tests.database.fares_support import activate, cards, loaded_city, postings, with_price
from tests.small_city import MONDAY, TARIFF, SmallCity, at

TUESDAY = MONDAY + timedelta(days=1)
WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def city(database: Any) -> SmallCity:
    return loaded_city(database)


def look(card: int | str, day: date = MONDAY) -> Looked:
    found = look_at_day(
        card=str(card), day=day, purpose="a test", actor="staff:ani", at=from_ms(at(12, day=1))
    )
    assert found is not None
    return found


def sums_agree(looked: Looked) -> None:
    """Rules sum to each rider's fare, riders to the leg's, legs to the day's, as was posted."""
    told = looked.told
    for journey in told.journeys:
        for leg in journey.legs:
            for rider in leg.paid_by:
                assert sum(rule.amount for rule in rider.rules) == rider.fare
                assert all(rule.words.id and rule.words.en for rule in rider.rules)
            assert sum(rider.fare for rider in leg.paid_by) == leg.fare
            assert sum(share.amount for share in leg.shares) == leg.fare
        assert sum(leg.fare for leg in journey.legs) == journey.fare
    assert sum(journey.fare for journey in told.journeys) == told.fare
    assert sum(one.amount for one in looked.posted) == told.charged


def rules_of(told: DayTold) -> list[list[tuple[str, str, int]]]:
    return [
        [(rule.step, rule.rule, rule.amount) for rule in leg.paid_by[0].rules]
        for journey in told.journeys
        for leg in journey.legs
    ]


def test_a_combined_journey_and_a_visit_are_told_rule_by_rule(city: SmallCity) -> None:
    (rider,) = cards(1)
    city.send(
        city.tap(rider, "A", at(7), route="R1", direction="entry"),
        city.tap(rider, "C", at(7, 30), route="R1", direction="exit"),
        city.tap(rider, "X", at(7, 40), direction="entry"),
        city.tap(rider, "Z", at(8), direction="exit"),
        city.tap(rider, "GATE", at(12), direction="entry"),
        together=False,
    )
    looked = look(rider)
    told = looked.told
    assert (looked.card, told.day, told.tariff, told.asset) == (rider, MONDAY, "small-1", "IDR")
    assert (told.fare, told.charged) == (11_500, 11_500)
    assert [len(journey.legs) for journey in told.journeys] == [2, 1]
    bus, metro = told.journeys[0].legs
    assert (bus.start, bus.end) == (Place("A", "Stop A"), Place("C", "Stop C"))
    assert bus.started_at == datetime(2026, 11, 23, 7, 0, tzinfo=WIB)
    assert (bus.operator, bus.route, bus.use_class, bus.riders) == ("Bus", "R1", "complete", 1)
    assert (bus.full_fare, bus.fare, metro.full_fare, metro.fare) == (3_500, 5_500, 9_000, 2_000)
    assert rules_of(told) == [
        [("leg", "product:bus", 3_500), ("package", "integrated", 2_000)],
        [("leg", "product:metro", 9_000), ("package", "integrated", -7_000)],
        [("leg", "product:zoo", 4_000)],
    ]
    (leg_words, package_words) = (rule.words for rule in metro.paid_by[0].rules)
    assert leg_words.id == "Tarif metro, menurut asal dan tujuan"
    assert package_words.en == "Combined fare integrated"
    sums_agree(looked)
    kinds = [(one.kind, one.operator, one.amount) for one in looked.posted]
    assert kinds == [
        ("fare", "Bus", 3_500),
        ("fare", "Metro", 2_000),
        ("fare", "Bus", 2_000),
        ("fare", "Zoo", 4_000),
    ]


def test_missing_taps_late_taps_and_what_is_owed_are_told(city: SmallCity) -> None:
    (rider,) = cards(1, balance=5_000)
    city.send(city.tap(rider, "X", at(9), direction="entry"))
    city.close(TUESDAY, at(4, 30, day=1))
    city.send(city.tap(rider, "GATE", at(8), direction="entry"), now_ms=at(6, day=1))
    looked = look(rider)
    assert looked.told.fare == 13_000
    # A visit and a ride at the same hours are two journeys.
    assert rules_of(looked.told) == [
        [("leg", "product:zoo", 4_000)],
        [("leg", "missing_exit", 9_000)],
    ]
    metro = looked.told.journeys[1].legs[0]
    assert (metro.end, metro.ended_at, metro.use_class) == (None, None, "missing_exit")
    words = metro.paid_by[0].rules[0].words
    assert words.id == "Tidak ada tap keluar: tarif tertinggi yang mungkin"
    assert {one.kind for one in looked.posted} == {"fare", "shortfall"}
    sums_agree(looked)


def test_what_the_next_days_tap_charged_is_of_the_day_it_closed(city: SmallCity) -> None:
    (rider,) = cards(1)
    city.send(
        city.tap(rider, "X", at(9), direction="entry"),
        city.tap(rider, "GATE", at(9, day=2), direction="entry"),
        together=False,
    )
    looked = look(rider)
    assert [(one.kind, one.amount) for one in looked.posted] == [("fare", 9_000)]
    sums_agree(looked)
    sums_agree(look(rider, TUESDAY + timedelta(days=1)))


def test_companions_pay_as_themselves(city: SmallCity) -> None:
    replace = msgspec.structs.replace
    groups = replace(
        TARIFF,
        networks=tuple(
            replace(one, max_riders=5) if one.id == "bus" else one for one in TARIFF.networks
        ),
        caps=(Cap("day", "day", limit=2_000),),
    )
    city.rules = type(city.rules)(activate(groups))
    (rider,) = cards(1)
    city.send(city.tap(rider, "A", at(9), route="R1", direction="entry", riders=3))
    looked = look(rider)
    (leg,) = looked.told.journeys[0].legs
    assert (leg.riders, leg.fare, [one.fare for one in leg.paid_by]) == (
        3,
        9_000,
        [2_000, 3_500, 3_500],
    )
    assert [rule.step for rule in leg.paid_by[0].rules] == ["leg", "cap"]
    assert leg.paid_by[0].rules[1].words.id == (
        "Batas harian tercapai (day): paling banyak Rp 2.000"
    )
    sums_agree(looked)


def test_rules_that_changed_since_are_admitted(city: SmallCity) -> None:
    (rider,) = cards(1)
    city.send(city.tap(rider, "A", at(9), route="R1", direction="entry"))
    activate(with_price("bus", 4_000))
    told = look(rider).told
    assert (told.fare, told.charged) == (4_000, 3_500)


def test_who_looked_and_why_is_kept_whatever_was_found(city: SmallCity) -> None:
    rider, other = cards(2)
    city.send(city.tap(rider, "A", at(9), route="R1", direction="entry"))
    looked = look(rider)
    assert look(looked.number) == looked
    before = postings(city)
    asked = {"purpose": "complaint 17", "actor": "staff:ani", "at": from_ms(at(12))}
    assert look_at_day(card=str(other), day=MONDAY, **asked) is None
    assert look_at_day(card="999", day=MONDAY, **asked) is None
    assert look_at_day(card="nobody", day=MONDAY, **asked) is None
    looks = [
        (entry.action, entry.actor, entry.detail)
        for card in (rider, other)
        for entry in entries_on(Subject("card", card))
        if entry.action == "card.day_looked_at"
    ]
    day = MONDAY.isoformat()
    assert looks == [
        ("card.day_looked_at", "staff:ani", {"day": day, "purpose": "a test"}),
        ("card.day_looked_at", "staff:ani", {"day": day, "purpose": "a test"}),
        ("card.day_looked_at", "staff:ani", {"day": day, "purpose": "complaint 17"}),
    ]
    assert postings(city) == before


def test_the_command_tells_it_in_both_languages_and_as_json(city: SmallCity) -> None:
    (rider,) = cards(1)
    city.send(
        city.tap(rider, "A", at(7), route="R1", direction="entry"),
        city.tap(rider, "C", at(7, 30), route="R1", direction="exit"),
    )
    asked = ("explain", "--card", str(rider), "--day", MONDAY.isoformat())
    ran = satu("fare", *asked)
    assert ran.returncode == 0
    shown = ran.stdout
    assert "07.00–07.30 Stop A → Stop C (Bus · R1)" in shown and "Tarif bus" in shown
    assert "Rp 3.500" in shown
    ran = satu("fare", *asked, "--language", "en", "--purpose", "complaint")
    assert ran.returncode == 0
    shown = ran.stdout
    assert "07:00–07:30 Stop A → Stop C (Bus · R1)" in shown and "Rp 3,500" in shown
    ran = satu("fare", *asked, "--json")
    assert ran.returncode == 0
    told = ran.told
    assert told["told"]["fare"] == 3_500 and told["posted"][0]["amount"] == 3_500
    leg = told["told"]["journeys"][0]["legs"][0]
    assert leg["started_at"] == "2026-11-23T07:00:00+07:00"
    purposes = [entry.detail["purpose"] for entry in entries_on(Subject("card", rider))]
    usual = "layanan pelanggan / help desk"
    assert purposes == [usual, "complaint", usual]
    ran = satu("fare", "explain", "--card", "77", "--day", MONDAY.isoformat())
    assert ran.returncode == 1
    assert "77" in ran.stderr
