"""Number plates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.plate import AREAS, Plate, read_plate

areas = st.sampled_from(sorted(AREAS))
numbers = st.integers(1, 9_999).map(str)
letters = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=3)


@given(areas, numbers, letters, st.sampled_from(["", " ", "-", ".", "  "]), st.booleans())
def test_every_spelling_is_one_plate(
    area: str, number: str, last: str, between: str, small: bool
) -> None:
    typed = between.join((area, number, last))
    found = read_plate(typed.lower() if small else typed)
    assert found == Plate(f"{area} {number} {last}".strip(), area, number, last)


@given(st.text(max_size=15))
def test_anything_typed_is_read_or_refused(typed: str) -> None:
    assert isinstance(read_plate(typed), Plate | Fault)


@pytest.mark.parametrize(
    ("typed", "text", "masked"),
    [
        ("b1234abc", "B 1234 ABC", "B •••4 ABC"),
        ("RI 1", "RI 1", "RI 1"),
        ("cd 12 34", "CD 12 34", "CD •2 34"),
        ("DK 77", "DK 77", "DK •7"),
    ],
)
def test_known_plates(typed: str, text: str, masked: str) -> None:
    found = read_plate(typed)
    assert isinstance(found, Plate)
    assert (found.text, found.masked, str(found)) == (text, masked, f"Plate({masked})")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault.PLATE_FORM),
        ("B", Fault.PLATE_FORM),
        ("1234 ABC", Fault.PLATE_FORM),
        ("B 0123 ABC", Fault.PLATE_FORM),
        ("B 12345 ABC", Fault.PLATE_FORM),
        ("B 1234 ABCD", Fault.PLATE_FORM),
        ("CD 1234", Fault.PLATE_FORM),  # which country's?
        ("CD 12 A", Fault.PLATE_FORM),
        ("\u0131 12 AB", Fault.PLATE_FORM),
        ("QQ 12 AB", Fault.PLATE_AREA_UNKNOWN),
    ],
)
def test_what_is_no_plate(typed: str, fault: Fault) -> None:
    assert read_plate(typed) is fault
