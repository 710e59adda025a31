"""Names in addresses: the same for the same resident, nothing for another, nothing to read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.web.portal.names import Named, mark_named_by, name_of, name_of_mark, named_by

NUMBERS = st.integers(0, 2**63 - 1)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@settings(max_examples=50)
@given(st.builds(Named, NUMBERS, NUMBERS, DAYS), NUMBERS, NUMBERS)
def test_a_name_is_its_residents_alone(named: Named, resident: int, other: int) -> None:
    name = name_of(named, resident)
    assert name == name_of(named, resident) and named_by(name, resident) == named
    assert (named_by(name, other) == named) is (other == resident)
    assert mark_named_by(name, resident) is None, "a journey is no page's end"


def test_a_mark_comes_back_and_none_stays_none() -> None:
    name = name_of_mark("1764000000000000.u0000010000000003", 7)
    assert "176400" not in name
    assert mark_named_by(name, 7) == "1764000000000000.u0000010000000003"
    assert mark_named_by(name, 8) is None
    assert name_of_mark("", 7) == "" and mark_named_by("", 7) == ""


@pytest.mark.parametrize("wrong", ["x", "=" * 54, "é" * 54, "A" * 54, "A" * 2_000, "\x00"])
def test_what_is_no_name_names_nothing(wrong: str) -> None:
    assert named_by(wrong, 7) is None and mark_named_by(wrong, 7) is None
