"""A draft tariff on recorded taps: before is what is posted, after is exact, nothing is written."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
import typer

from satu.cli.main import build
from satu.fares.tariff import Cap, Category, Concession, Tariff
from satu.taps.rehearsal import (
    Change,
    Rehearsed,
    Side,
    missing_networks,
    quantiles,
    rehearse,
)
from satu.taps.rerate import Period
from tests.database.fares_support import (
    activate,
    cards,
    loaded_city,
    postings,
    stored_days,
    with_price,
)
from tests.small_city import BUNDLE, BUS, METRO, MONDAY, TARIFF, ZOO, SmallCity, at

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


@pytest.fixture
def city(database: Any) -> SmallCity:
    return loaded_city(database)


def rehearsed(
    city: SmallCity, draft: Tariff, period: Period = Period(MONDAY, MONDAY), processes: int = 1
) -> Rehearsed:
    return rehearse(
        url=city.database.app_url,
        bundle=city.rules.bundle,
        draft=draft,
        period=period,
        processes=processes,
    )


def three_riders(city: SmallCity) -> tuple[int, int, int]:
    """Two bus rides of one card, a metro ride and a visit of another, a bus and the metro."""
    bus, metro, both = cards(3)
    city.send(
        city.tap(bus, "A", at(9), route="R1", direction="entry"),
        city.tap(bus, "C", at(9, 30), route="R1", direction="exit"),
        city.tap(bus, "C", at(15), route="R1", direction="entry"),
        city.tap(metro, "X", at(9), direction="entry"),
        city.tap(metro, "Y", at(9, 30), direction="exit"),
        city.tap(metro, "GATE", at(10), direction="entry"),
        city.tap(both, "A", at(7), route="R1", direction="entry"),
        city.tap(both, "C", at(7, 30), route="R1", direction="exit"),
        city.tap(both, "X", at(7, 40), direction="entry"),
        city.tap(both, "Z", at(8), direction="exit"),
    )
    return bus, metro, both


def test_a_raise_on_the_bus_is_paid_by_those_who_pay_the_bus(city: SmallCity) -> None:
    three_riders(city)
    was = postings(city), stored_days(city)
    done = rehearsed(city, with_price("bus", 4_000))
    assert (done.cards, done.taps) == (3, 10)
    # The combined journey costs 7,500 by its metres, whatever a bus alone costs.
    assert done.total == Change(Side(6, 6, 24_500), Side(6, 6, 25_500))
    assert done.by_operator[BUS].before == Side(3, 3, city.owed_to(BUS))
    assert done.by_operator[BUS].after == Side(3, 3, city.owed_to(BUS) + 1_000)
    assert done.by_operator[METRO] == Change(Side(2, 2, 8_000), Side(2, 2, 8_000))
    assert done.by_operator[ZOO] == Change(Side(1, 1, 4_000), Side(1, 1, 4_000))
    assert done.by_category == {"adult": done.total}
    assert done.differences == {1_000: 1, 0: 2}
    assert (postings(city), stored_days(city)) == was
    assert rehearsed(city, with_price("bus", 4_000), processes=2) == done


def test_before_is_what_the_books_hold_and_the_same_tariff_changes_nothing(
    city: SmallCity,
) -> None:
    three_riders(city)
    done = rehearsed(city, msgspec.structs.replace(TARIFF, version="draft"))
    assert done.total.before == done.total.after and done.differences == {0: 3}
    paid = sum(50_000 - city.money(card)[0] for card in (1, 2, 3))
    assert done.total.before.revenue == paid == 24_500


def test_a_cap_of_the_draft_is_carried_from_day_to_day(city: SmallCity) -> None:
    (rider,) = cards(1, balance=100_000)
    for day in range(3):
        city.send(
            city.tap(rider, "A", at(9, day=day), route="R1", direction="entry"),
            city.tap(rider, "A", at(18, day=day), route="R1", direction="entry"),
        )
    weekly = msgspec.structs.replace(
        TARIFF, version="weekly", caps=(Cap("week", "week", limit=10_000),)
    )
    done = rehearsed(city, weekly, Period(MONDAY, WEDNESDAY))
    assert done.total == Change(Side(6, 6, 21_000), Side(6, 6, 10_000))
    assert done.differences == {-11_000: 1}
    # Rehearsed from Tuesday on, Monday's rides are not counted by a cap that did not exist then.
    later = rehearsed(city, weekly, Period(TUESDAY, WEDNESDAY))
    assert later.total == Change(Side(4, 4, 14_000), Side(4, 4, 10_000))


def test_riders_are_told_by_category(database: Any) -> None:
    replace = msgspec.structs.replace
    both = replace(
        TARIFF, categories=(Category("adult", is_default=True), Category("pupil", "Pelajar"))
    )
    city = loaded_city(database, both)
    (adult,), (pupil,) = cards(1), cards(1, category="pupil")
    city.send(
        city.tap(adult, "A", at(9), route="R1", direction="entry"),
        city.tap(pupil, "A", at(9), route="R1", direction="entry", riders=1),
    )
    half = replace(both, version="half", concessions=(Concession("pupil", percent=50),))
    done = rehearsed(city, half)
    assert done.by_category == {
        "adult": Change(Side(1, 1, 3_500), Side(1, 1, 3_500)),
        "pupil": Change(Side(1, 1, 3_500), Side(1, 1, 1_750)),
    }
    assert done.differences == {0: 1, -1_750: 1}


def test_a_draft_that_lacks_networks_is_named(city: SmallCity) -> None:
    draft = msgspec.structs.replace(TARIFF, networks=TARIFF.networks[:1])
    assert missing_networks(BUNDLE, draft) == ["metro", "zoo"]


def test_quantiles_are_those_of_the_cards() -> None:
    assert quantiles({0: 90, 500: 10}, (0.05, 0.5, 0.95)) == {0.05: 0, 0.5: 0, 0.95: 500}
    assert quantiles({-500: 1}, (0.5,)) == {0.5: -500}
    assert quantiles({}, (0.5,)) == {}
