"""A bundle made ready: which tariff, how many metres."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from satu.fares.legs import Rider
from satu.fares.tariff import Category, FareMedium
from satu.services.rules import Measured, Rules
from tests.unit.services.town import (
    ALPHA,
    CSW,
    GAMMA,
    HARBOUR,
    KOTA,
    LINE,
    MONDAY,
    PEMUDA,
    TOWN,
    bundle,
    tariff,
)


def test_metres_are_those_of_the_way_that_is_travelled() -> None:
    assert TOWN.metres(LINE, PEMUDA, CSW) == Measured(12000, False)
    assert TOWN.metres(LINE, KOTA, CSW) == Measured(8000, False)
    assert TOWN.metres(LINE, CSW, CSW) is None
    assert TOWN.metres(LINE, PEMUDA, HARBOUR) is None
    assert TOWN.metres(99, PEMUDA, CSW) is None


def test_without_a_route_the_shortest_of_the_network_counts() -> None:
    assert TOWN.metres_within("metro", ALPHA, GAMMA) == Measured(8000, False)
    assert TOWN.metres_within("bus", PEMUDA, KOTA) == Measured(20000, False)
    assert TOWN.metres_within("free", PEMUDA, KOTA) == Measured(9000, False)
    assert TOWN.metres_within("metro", PEMUDA, KOTA) is None
    # By a change of lines.
    assert TOWN.metres_within("bus", PEMUDA, HARBOUR) == Measured(24000, False)


def test_the_tariff_in_force_is_the_last_that_began() -> None:
    rules = Rules(bundle(tariff("new", MONDAY), tariff("old", date(2024, 1, 1))))
    assert rules.tariff_on(MONDAY - timedelta(days=1)).version == "old"
    assert rules.tariff_on(MONDAY).version == "new"
    assert rules.prices_on(MONDAY).tariff.version == "new"
    for ask in (rules.tariff_on, rules.prices_on):
        with pytest.raises(LookupError, match="no tariff is in force on 2023-12-31"):
            ask(date(2023, 12, 31))


def test_a_line_whose_metres_are_estimated_says_so() -> None:
    given = bundle()
    routes = tuple(
        msgspec.structs.replace(route, is_estimated=route.id == LINE) for route in given.routes
    )
    rules = Rules(msgspec.structs.replace(given, routes=routes))
    assert rules.metres(LINE, PEMUDA, CSW) == Measured(12000, True)
    assert rules.metres_within("bus", PEMUDA, CSW) == Measured(12000, True)
    assert rules.metres_within("metro", ALPHA, GAMMA) == Measured(8000, False)


def test_a_point_is_its_own_station_unless_it_belongs_to_one() -> None:
    assert (TOWN.stations[ALPHA], TOWN.stations[PEMUDA]) == ("A", str(PEMUDA))
    prices = TOWN.prices_on(MONDAY)
    assert (TOWN.areas(prices, ALPHA), TOWN.areas(prices, PEMUDA)) == (("A",), (str(PEMUDA),))


def test_the_card_is_the_tariffs_transit_card_and_companions_are_usual() -> None:
    assert TOWN.card_medium == ""
    assert TOWN.companion(MONDAY, "") == Rider("adult", is_companion=True)
    media = (FareMedium("paper", 1), FareMedium("card", 2), FareMedium("other", 2))
    categories = (Category("child"), Category("grown", is_default=True))
    given = msgspec.structs.replace(tariff(), media=media, categories=categories)
    rules = Rules(bundle(given))
    assert rules.card_medium == "card"
    assert rules.companion(MONDAY, "card") == Rider("grown", "card", is_companion=True)
