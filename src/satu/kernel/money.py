"""Money in words. Amounts are whole numbers of an asset's smallest unit; IDR has exponent 0."""

from __future__ import annotations


def rupiah(amount: int, language: str = "id") -> str:
    """`Rp 3.500` in Indonesian, `Rp 3,500` in English; minus as −."""
    sign = "−" if amount < 0 else ""
    digits = f"{abs(amount):,}"
    if language == "id":
        digits = digits.replace(",", ".")
    return f"{sign}Rp {digits}"
