"""Amounts: decimal notation in and out, in the smallest unit of every currency."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.kernel.money import EXPONENTS, exponent, parse, plain, show
from satu.ledger.kinds import Asset

ASSETS = st.sampled_from([*(asset.name for asset in Asset), "JPY", "KWD", "CLF"])


@pytest.mark.parametrize(
    ("asset", "decimals"),
    [
        *(("IDR", 0), ("JPY", 0), ("RIDE", 0), ("BEEF_GRAM", 0)),
        *(("USD", 2), ("ARS", 2), ("EUR", 2), ("KWD", 3), ("CLF", 4)),
    ],
)
def test_how_many_decimals_an_asset_has(asset: str, decimals: int) -> None:
    assert exponent(asset) == decimals


def test_exponents_name_currencies_only() -> None:
    assert all(len(code) == 3 and code.isupper() for code in EXPONENTS)
    assert 2 not in EXPONENTS.values()


@pytest.mark.parametrize(
    ("written", "asset", "units"),
    [
        ("2.90", "USD", 290),
        ("2.9", "USD", 290),
        ("2", "USD", 200),
        ("2.900", "USD", 290),
        ("-0.05", "CAD", -5),
        ("3500", "IDR", 3500),
        ("3500.00", "IDR", 3500),
        (" 19.00 ", "ARS", 1900),
        ("0.125", "KWD", 125),
        ("0", "EUR", 0),
    ],
)
def test_decimal_notation_is_read(written: str, asset: str, units: int) -> None:
    assert parse(written, asset) == units


@pytest.mark.parametrize(
    ("written", "asset", "told"),
    [
        ("3500.50", "IDR", "finer than IDR goes; write it as 12.00"),
        ("2.905", "USD", "finer than USD goes; write it as 12.55"),
        ("2,90", "USD", "is no amount; write digits and a point: 12.55"),
        ("1e3", "USD", "is no amount"),
        (".50", "USD", "is no amount"),
        ("5.", "USD", "is no amount"),
        ("+5", "USD", "is no amount"),
        ("", "IDR", "is no amount"),
        ("٣", "IDR", "is no amount"),
        ("9" * 16, "IDR", "is no amount"),
    ],
)
def test_what_is_no_amount_is_told(written: str, asset: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse(written, asset)


@given(st.integers(-(10**12), 10**12), ASSETS)
def test_what_is_written_is_read_again(units: int, asset: str) -> None:
    assert parse(plain(units, asset), asset) == units


@pytest.mark.parametrize(
    ("units", "asset", "indonesian", "english"),
    [
        (3500, "IDR", "Rp 3.500", "Rp 3,500"),
        (-1_250_000, "IDR", "−Rp 1.250.000", "−Rp 1,250,000"),
        (290, "USD", "USD 2,90", "USD 2.90"),
        (123_405, "CAD", "CAD 1.234,05", "CAD 1,234.05"),
        (-5, "EUR", "−EUR 0,05", "−EUR 0.05"),
        (1200, "JPY", "JPY 1.200", "JPY 1,200"),
    ],
)
def test_amounts_as_people_read_them(units: int, asset: str, indonesian: str, english: str) -> None:
    assert show(units, asset, "id") == indonesian
    assert show(units, asset, "en") == english
