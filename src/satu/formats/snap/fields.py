"""Single values as SNAP BI writes them: times, amounts, masked numbers. Pure."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from satu.kernel import money

TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)", re.ASCII
)
AMOUNT = re.compile(r"[0-9]{1,15}\.[0-9]{2}", re.ASCII)
EXTERNAL_ID = re.compile(r"[0-9A-Za-z._-]{1,36}", re.ASCII)

SHOWN_FIRST, SHOWN_LAST = 6, 4
CARD_DIGITS = 16


def read_timestamp(text: str) -> datetime:
    """The instant of `2024-03-05T10:37:16.196Z` or `2026-11-22T08:24:05+07:00`; else ValueError.

    Signatures take the text as it was sent; only the age of a call is worked out from this.
    """
    found = TIMESTAMP.fullmatch(text)
    if found is None:
        raise ValueError("a timestamp is written 2026-11-22T08:24:05+07:00")
    seconds, fraction, offset = found.groups()
    micro = (fraction or "0")[:6].ljust(6, "0")
    return datetime.fromisoformat(f"{seconds}.{micro}{offset.replace('Z', '+00:00')}")


def write_timestamp(at: datetime, zone: tzinfo) -> str:
    """An instant in whole seconds with the zone's offset: `2026-11-22T08:24:05+07:00`."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def read_amount(value: str, currency: str) -> int:
    """`"10000.00"` in smallest units of the currency (10000 IDR).

    ValueError for another notation: SNAP BI wants two decimals, whatever the currency has.
    What is finer than the currency goes is refused, never rounded.
    """
    if not AMOUNT.fullmatch(value):
        raise ValueError(f"{value!r} is not written like 10000.00")
    return money.parse(value, currency)


def write_amount(amount: int, currency: str) -> str:
    """Smallest units as SNAP BI writes them: 10000 IDR is `10000.00`."""
    assert amount >= 0, amount
    decimals = money.exponent(currency)
    assert decimals in (0, 2), currency
    plain = money.plain(amount, currency)
    return plain if decimals else f"{plain}.00"


def mask(number: str) -> str:
    """A card's number or a phone's for answers: its last four digits, and a card's first six."""
    first = SHOWN_FIRST if len(number) >= CARD_DIGITS else 0
    hidden = max(0, len(number) - first - SHOWN_LAST)
    return number[:first] + "*" * hidden + number[first + hidden :]
