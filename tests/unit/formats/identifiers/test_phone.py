"""Phone numbers as Indonesians write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.phone import Phone, read_phone

national = st.from_regex(r"8[1-9][0-9]{7,10}", fullmatch=True)


@given(national, st.sampled_from(["0", "+62", "62", "0062", "", "+62 (0)", "+620"]), st.data())
def test_every_spelling_is_one_number(number: str, prefix: str, data: st.DataObject) -> None:
    gap = data.draw(st.integers(0, len(number)))
    between = data.draw(st.sampled_from([" ", "-", ".", "", "\u00a0", "–"]))
    found = read_phone(f"{prefix}{between}{number[:gap]}{between}{number[gap:]}")
    assert found == Phone(f"+62{number}")
    assert isinstance(found, Phone) and found.is_mobile and found.is_indonesian
    assert read_phone(found.shown) == found == read_phone(found.text)


@given(st.text("0123456789+-() ", max_size=20))
def test_what_is_read_is_e164_and_stays_the_same(typed: str) -> None:
    found = read_phone(typed)
    if isinstance(found, Phone):
        assert found.text[0] == "+" and found.text[1:].isdigit() and found.text[1] != "0"
        assert 8 <= len(found.text) <= 16
        assert read_phone(found.text) == found == read_phone(found.shown)


@given(st.text(max_size=20))
def test_anything_typed_is_read_or_refused(typed: str) -> None:
    assert isinstance(read_phone(typed), Phone | Fault)


@pytest.mark.parametrize(
    ("typed", "text", "shown"),
    [
        ("0812-3456-7890", "+6281234567890", "0812-3456-7890"),
        ("(021) 555 1234", "+62215551234", "0215551234"),
        ("0800 1 401 401", "+628001401401", "08001401401"),
        ("+62 21 555 1234", "+62215551234", "0215551234"),
        ("+1 415 555 2671", "+14155552671", "+14155552671"),
        ("0065 6123 4567", "+6561234567", "+6561234567"),
    ],
)
def test_known_numbers(typed: str, text: str, shown: str) -> None:
    found = read_phone(typed)
    assert isinstance(found, Phone)
    assert (found.text, found.shown) == (text, shown)
    assert found.is_mobile is shown.startswith("081")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault.PHONE_LENGTH),
        ("()", Fault.PHONE_LENGTH),
        ("0812", Fault.PHONE_LENGTH),
        ("0812345678901234", Fault.PHONE_LENGTH),
        ("+1234567890123456", Fault.PHONE_LENGTH),
        ("112", Fault.PHONE_PREFIX),
        ("5551234", Fault.PHONE_PREFIX),
        ("+0812345678", Fault.PHONE_PREFIX),
        ("0008123456789", Fault.PHONE_PREFIX),
        ("0812 E456 7890", Fault.PHONE_CHARACTERS),
        ("٠٨١٢٣٤٥٦٧٨٩٠", Fault.PHONE_CHARACTERS),
        ("++6281234567890", Fault.PHONE_CHARACTERS),
    ],
)
def test_what_is_no_number(typed: str, fault: Fault) -> None:
    assert read_phone(typed) is fault


def test_only_the_last_digits_are_seen_by_others() -> None:
    assert Phone("+6281234567890").masked == "••••••••••7890"
    assert "1234" not in repr(Phone("+6281234567890"))
