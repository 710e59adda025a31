"""What the public's pages write: a line's mark, kilometres, a day, the domain's own sentences."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from satu.kernel.days import from_ms
from satu.services.rules import Route
from satu.web.design import cells, formats
from satu.web.said import language, say

register = template.Library()
register.filter("said", say)


@register.simple_tag
def line_mark(line: Route) -> SafeString:
    """The square of a line, in its colour."""
    return cells.mark(formats.line_letters(line.code), line.colour)


@register.filter
def kilometres(metres: int) -> str:
    """`9,4 km` or `9.4 km`."""
    told = f"{metres / 1000:.1f}"
    return (told.replace(".", ",") if language() == "id" else told) + f"{formats.NO_BREAK}km"


@register.filter
def date_words(day: date) -> str:
    """`13 Okt 2025`."""
    return formats.day(day, language())


@register.filter
def in_words(summary: str) -> str:
    """A contract's summary in the page's language, where people have written it so."""
    return gettext(summary) if summary else ""


@register.filter
def coded(text: str) -> SafeString:
    """A contract's line: what stands between backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return format_html("{}", text)
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<code>{}</code>", part) if place % 2 else part,)
            for place, part in enumerate(parts)
        ),
    )


@register.filter
def day_and_time(at_ms: int, zone: str) -> str:
    """`13 Okt 2025, 05.12` on the wall clock of a zone."""
    return formats.moment(from_ms(at_ms).astimezone(ZoneInfo(zone)), language())
