"""What stands in the mark of a line: few letters that tell it from the others."""

from __future__ import annotations

import pytest

from satu.web.portal.lines import letters_of


@pytest.mark.parametrize(
    ("route", "operator", "letters"),
    [
        ("6V", "Transjakarta", "6V"),
        ("JAK.10A", "Transjakarta", "10A"),
        ("MRTJ-NS", "MRT Jakarta", "MRTJ"),
        ("", "MRT Jakarta", "M"),
        ("", "", "?"),
    ],
)
def test_letters_of_a_line(route: str, operator: str, letters: str) -> None:
    assert letters_of(route, operator) == letters
