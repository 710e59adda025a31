"""Numbers, money and times as people read them (BRAND: Money). Pure."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from satu.kernel.days import from_ms
from satu.kernel.money import show

NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
MARK_LETTERS = 4
MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def line_letters(code: str) -> str:
    """What fits into a line's mark: `6V`; of `JAK.10A` `10A`, of `KRL-B` `KRL`."""
    if len(code) <= MARK_LETTERS:
        return code
    return code.rpartition(".")[2].replace("_", "-").partition("-")[0][:MARK_LETTERS]


def money(amount: int, asset: str, language: str) -> str:
    """`Rp 3.500` in Indonesian, `Rp 3,500` in English, never broken over two lines."""
    return show(amount, asset, language).replace(" ", NO_BREAK)


def count(number: int, language: str) -> str:
    """`18.342` or `18,342`."""
    digits = f"{abs(number):,}"
    sign = MINUS if number < 0 else ""
    return sign + (digits.replace(",", ".") if language == "id" else digits)


def percent(share: float, language: str) -> str:
    """`99,2 %` or `99.2%`, of a share in per cent."""
    digits = f"{share:.1f}"
    return f"{digits.replace('.', ',')}{NO_BREAK}%" if language == "id" else f"{digits}%"


def clock_time(at_ms: int, zone: str, language: str) -> str:
    """`05.12` or `05:12` on the wall clock of a zone."""
    local = _local(at_ms, zone)
    return f"{local:%H.%M}" if language == "id" else f"{local:%H:%M}"


def zone_name(at_ms: int, zone: str) -> str:
    """What people call a zone's time: `WIB` in Jakarta, `-03` where it has no name."""
    return f"{_local(at_ms, zone):%Z}"


def day(local: date, language: str) -> str:
    """`7 Jul 2026`; May is `Mei` and August `Agu` in Indonesian."""
    return f"{local.day} {MONTHS[language][local.month - 1]} {local.year}"


def moment(local: datetime, language: str) -> str:
    """`7 Jul 2026, 05.12` of a time that is already in its zone."""
    clock = f"{local:%H.%M}" if language == "id" else f"{local:%H:%M}"
    return f"{day(local, language)}, {clock}".replace(" ", NO_BREAK, 2)


def _local(at_ms: int, zone: str) -> datetime:
    return from_ms(at_ms).astimezone(ZoneInfo(zone))
