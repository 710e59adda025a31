"""A bundle made ready: which tariff, how many metres."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from satu.services.rules import Rules
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
    assert TOWN.metres(LINE, PEMUDA, CSW) == 12000
    assert TOWN.metres(LINE, KOTA, CSW) == 8000
    assert TOWN.metres(LINE, CSW, CSW) is None
    assert TOWN.metres(LINE, PEMUDA, HARBOUR) is None
    assert TOWN.metres(99, PEMUDA, CSW) is None


def test_without_a_route_the_shortest_of_the_network_counts() -> None:
    assert TOWN.metres_within("metro", ALPHA, GAMMA) == 8000
    assert TOWN.metres_within("bus", PEMUDA, KOTA) == 20000
    assert TOWN.metres_within("free", PEMUDA, KOTA) == 9000
    assert TOWN.metres_within("metro", PEMUDA, KOTA) is None
    assert TOWN.metres_within("bus", PEMUDA, HARBOUR) is None


def test_the_tariff_in_force_is_the_last_that_began() -> None:
    rules = Rules(bundle(tariff("new", MONDAY), tariff("old", date(2024, 1, 1))))
    assert rules.tariff_on(MONDAY - timedelta(days=1)).version == "old"
    assert rules.tariff_on(MONDAY).version == "new"
    assert rules.prices_on(MONDAY).tariff.version == "new"
    for ask in (rules.tariff_on, rules.prices_on):
        with pytest.raises(LookupError, match="no tariff is in force on 2023-12-31"):
            ask(date(2023, 12, 31))
