"""Money in figures and words. Amounts are whole numbers of an asset's smallest unit. Pure.

Decimal notation ("3.50", as in GTFS Fares v2 and in files of banks) is read and written here.
"""

from __future__ import annotations

import re

# ISO 4217 (list one, 2024): how many decimals a currency has, where that is not two. The rupiah
# has two there and none in use: no coin, bank or tariff knows a sen, so its unit is one rupiah.
EXPONENTS = {
    **dict.fromkeys(
        (
            *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"),
            *("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
    "IDR": 0,
}
CURRENCY = re.compile("[A-Z]{3}")
DECIMAL = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,9}))?", re.ASCII)
MARKS = {"IDR": "Rp"}


def mark(asset: str) -> str:
    """What stands before an amount, in a sentence or a field: `Rp`, or the asset's name."""
    return MARKS.get(asset, asset)


def exponent(asset: str) -> int:
    """How many decimals of an asset its smallest unit stands for: 2 for USD, 0 for IDR.

    What is no currency (RIDE, BEEF_GRAM) is counted in whole units.
    """
    return EXPONENTS.get(asset, 2) if CURRENCY.fullmatch(asset) else 0


def parse(amount: str, asset: str) -> int:
    """Decimal notation as smallest units: "2.90" USD is 290, "3500.00" IDR is 3500.

    ValueError says what is allowed: what is finer than the smallest unit is never rounded away.
    """
    decimals = exponent(asset)
    found = DECIMAL.fullmatch(amount.strip())
    if found is None:
        raise ValueError(f"{amount!r} is no amount; write digits and a point: {example(asset)}")
    sign, whole, fraction = found.group(1), found.group(2), found.group(3) or ""
    if fraction[decimals:].strip("0"):
        raise ValueError(f"{amount!r} is finer than {asset} goes; write it as {example(asset)}")
    units = int(whole + fraction[:decimals].ljust(decimals, "0"))
    return -units if sign else units


def example(asset: str) -> str:
    """An amount as decimal notation writes it: `12.55` USD; `12.00` IDR, which has no sen."""
    return f"12.{'5' * exponent(asset) or '00'}"


def plain(amount: int, asset: str) -> str:
    """Decimal notation of smallest units, for files: 290 USD is "2.90", 3500 IDR is "3500"."""
    decimals = exponent(asset)
    whole, fraction = divmod(abs(amount), 10**decimals)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{fraction:0{decimals}}" if decimals else f"{sign}{whole}"


def show(amount: int, asset: str, language: str = "id") -> str:
    """`Rp 3.500` or `USD 2,90` in Indonesian, `Rp 3,500` or `USD 2.90` in English; minus as −."""
    whole, point, fraction = plain(abs(amount), asset).partition(".")
    figures = f"{int(whole):,}{point}{fraction}"
    if language == "id":
        figures = figures.translate({ord(","): ".", ord("."): ","})
    sign = "−" if amount < 0 else ""
    return f"{sign}{mark(asset)} {figures}"
