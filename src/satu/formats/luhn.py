"""The check digit of printed numbers (ISO/IEC 7812-1, annex B: "Luhn, modulus 10"). Pure."""

from __future__ import annotations

_PLAIN = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED = bytes.maketrans(b"0123456789", bytes(2 * d - 9 * (d > 4) for d in range(10)))


def check_digit(digits: str) -> str:
    """The digit that makes `digits` + digit valid; `digits` holds decimal digits alone."""
    payload = digits.encode()
    assert payload.isdigit(), "only decimal digits have a check digit"
    total = sum(payload[::-2].translate(_DOUBLED)) + sum(payload[-2::-2].translate(_PLAIN))
    return str(-total % 10)


def is_valid(number: str) -> bool:
    """Whether the last of at least two ASCII digits is the check digit of those before it."""
    if len(number) < 2 or not (number.isascii() and number.isdigit()):
        return False
    return check_digit(number[:-1]) == number[-1]
