"""The check digit: known numbers, and what the digit is there to catch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.formats.luhn import check_digit, is_valid

digits = st.text("0123456789", min_size=1, max_size=30)


def by_the_book(payload: str) -> str:
    """ISO/IEC 7812-1 annex B word by word: double each second digit from the right."""
    total = 0
    for place, digit in enumerate(reversed(payload)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return str((10 - total % 10) % 10)


@pytest.mark.parametrize(
    ("payload", "digit"),
    [
        ("7992739871", "3"),
        ("0", "0"),
        ("5", "9"),
        ("424242424242424", "2"),
        ("37828224631000", "5"),
    ],
)
def test_known_digits(payload: str, digit: str) -> None:
    assert check_digit(payload) == digit
    assert is_valid(payload + digit)


@pytest.mark.parametrize("bad", ["", "0", "79927398710", "7992 7398713", "٣٣", "-12", "12a"])
def test_what_is_not_a_valid_number(bad: str) -> None:
    assert not is_valid(bad)


@given(digits)
def test_agrees_with_the_standard(payload: str) -> None:
    assert check_digit(payload) == by_the_book(payload)


@given(digits, st.data())
def test_any_single_wrong_digit_is_caught(payload: str, data: st.DataObject) -> None:
    number = payload + check_digit(payload)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert not is_valid(number[:place] + other + number[place + 1 :])


@given(digits, st.data())
def test_neighbours_changed_round_are_caught_but_for_09(payload: str, data: st.DataObject) -> None:
    number = payload + check_digit(payload)
    place = data.draw(st.integers(0, len(number) - 2))
    left, right = number[place], number[place + 1]
    swapped = number[:place] + right + left + number[place + 2 :]
    assert is_valid(swapped) == (left == right or {left, right} == {"0", "9"})
