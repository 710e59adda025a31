"""A tariff is data: it travels unchanged, and its steps are those that exist."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from satu.fares import rate, tariff
from satu.fares.tariff import Tariff
from tests.small_city import TARIFF
from tests.unit.services import town


@pytest.mark.parametrize("format", [msgspec.json, msgspec.msgpack])
@pytest.mark.parametrize("used", [town.tariff(), TARIFF])
def test_it_travels_unchanged(format: Any, used: Tariff) -> None:
    assert format.decode(format.encode(used), type=Tariff) == used


def test_the_steps_that_a_tariff_may_name_are_those_that_exist() -> None:
    assert tuple(rate.STEPS) == tariff.STEPS
