"""What stands in a table's cell or beside a row: one value, written for eyes and for a file.

`shown` writes a value as HTML, `plain` as a field of a CSV file. Views put values together and
never write HTML by hand.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from satu.kernel.money import exponent
from satu.web.design import formats
from satu.web.design.colours import on_colour
from satu.web.said import language

SIGNS = {"good": "✓", "bad": "✕", "wait": "◷", "info": "i", "none": "•"}


class Money(NamedTuple):
    """An amount in its asset's smallest unit; `signed` shows + before what came in."""

    amount: int
    asset: str = "IDR"
    signed: bool = False


class Badge(NamedTuple):
    """A state (a key of SIGNS) with its word."""

    state: str
    word: str


class Link(NamedTuple):
    """Words that lead to an address of our own, with a quiet note under them."""

    words: str
    href: str
    note: str = ""


class Noted(NamedTuple):
    """Words with a quiet note under them."""

    words: str
    note: str


class Coded(NamedTuple):
    """Words, with the code that programs and the help desk know them by small under them; without
    words the code alone. No other value shows a code."""

    words: str
    code: str
    href: str = ""


Cell = str | int | date | datetime | Money | Badge | Link | Noted | Coded | None


def shown(cell: Cell) -> SafeString:
    """A value as HTML, in the page's language and the city's time."""
    if isinstance(cell, Money):
        return money(cell)
    if isinstance(cell, Badge):
        return badge(cell)
    if isinstance(cell, Link):
        return format_html('<span><a href="{}">{}</a>{}</span>', cell.href, cell.words, _note(cell))
    if isinstance(cell, Noted):
        return format_html("<span>{}{}</span>", cell.words, _note(cell))
    if isinstance(cell, Coded):
        return _coded(cell)
    if isinstance(cell, datetime):
        return moment(cell)
    if isinstance(cell, date):
        return format_html(
            '<time datetime="{}">{}</time>', cell.isoformat(), formats.day(cell, language())
        )
    if isinstance(cell, int):
        return format_html("{}", formats.count(cell, language()))
    return format_html("{}", cell or "")


def plain(cell: Cell) -> str:
    """A value for a file: whole amounts without marks, times in ISO 8601, words without notes.

    A spreadsheet would run words that begin like a formula; they are kept words by an apostrophe.
    """
    if isinstance(cell, Money):
        return decimal(cell)
    if isinstance(cell, datetime):
        return localtime(cell).isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Badge):
        return _tame(cell.word)
    if isinstance(cell, Link | Noted):
        return _tame(cell.words)
    if isinstance(cell, Coded):
        return _tame(cell.words or cell.code)
    if isinstance(cell, int):
        return str(cell)
    return _tame(cell or "")


def money(value: Money) -> SafeString:
    """`Rp 3.500`; signed: `+Rp 50.000` in green, `−Rp 3.500` in the words' own colour."""
    is_income = value.signed and value.amount > 0
    return format_html(
        '<span class="uang"{}>{}{}</span>',
        attributes({"data_arah": "masuk" if is_income else None}),
        "+" if is_income else "",
        formats.money(value.amount, value.asset, language()),
    )


def badge(value: Badge) -> SafeString:
    """A state by colour, shape and word."""
    return format_html(
        '<span class="lencana" data-keadaan="{}"><span aria-hidden="true">{}</span>{}</span>',
        value.state,
        SIGNS[value.state],
        value.word,
    )


def moment(at: datetime) -> SafeString:
    """`7 Jul 2026, 05.12`, readable for programs too."""
    local = localtime(at)
    return format_html(
        '<time datetime="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        formats.moment(local, language()),
    )


def mark(letters: str, colour: str) -> SafeString:
    """A square in a line's or an operator's colour with up to four letters, as SVG."""
    size = {1: 17, 2: 16}.get(len(letters), 14)
    narrow = {"textLength": "35", "lengthAdjust": "spacingAndGlyphs"} if len(letters) > 3 else {}
    return format_html(
        '<svg class="tanda" viewBox="0 0 40 40" aria-hidden="true" focusable="false">'
        '<rect width="40" height="40" rx="8" fill="{}"/><text x="20" y="20.5" fill="{}"'
        ' font-size="{}" text-anchor="middle" dominant-baseline="central"{}>{}</text></svg>',
        colour,
        on_colour(colour),
        size,
        attributes(dict(narrow)),
        letters[:4],
    )


def bar(part: int, whole: int, label: str, state: str = "good") -> SafeString:
    """How much of a whole there is, as a bar of its width; `label` says it in words."""
    share = 0 if whole <= 0 else min(max(round(100 * part / whole), 0), 100)
    return format_html(
        '<svg class="palang-isi" data-keadaan="{}" role="img" aria-label="{}">'
        '<rect width="{}%" height="6" rx="3" fill="currentColor"/></svg>',
        state,
        label,
        share,
    )


def attributes(given: dict[str, object]) -> SafeString:
    """`hx_get="/x"` as ` hx-get="/x"`; True stands alone, False and None are left out."""
    said = [
        (name.rstrip("_").replace("_", "-"), value)
        for name, value in given.items()
        if value is not None and value is not False
    ]
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in said
        ),
    )


def decimal(value: Money) -> str:
    """`3500` or `2.90`: an amount as a spreadsheet adds it up."""
    digits = exponent(value.asset)
    if not digits:
        return str(value.amount)
    sign = "-" if value.amount < 0 else ""
    units, rest = divmod(abs(value.amount), 10**digits)
    return f"{sign}{units}.{rest:0{digits}}"


def _note(cell: Link | Noted) -> SafeString:
    return format_html('<span class="catatan">{}</span>', cell.note) if cell.note else SafeString()


def _coded(cell: Coded) -> SafeString:
    if not cell.words:
        return format_html("<code>{}</code>", cell.code)
    words = format_html('<a href="{}">{}</a>', cell.href, cell.words) if cell.href else cell.words
    return format_html('<span>{}<code class="catatan">{}</code></span>', words, cell.code)


def _tame(words: str) -> str:
    return "'" + words if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words
