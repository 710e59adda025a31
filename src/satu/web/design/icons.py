"""The house's own pictograms: lines of two pixels in a square of 24, in the colour of the words.

`mark` is the figure 1 of Satu itself. A pictogram never stands alone: words tell the same.
"""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SHAPES: dict[str, str] = {
    "plus": "M12 5v14M5 12h14",
    "minus": "M5 12h14",
    "check": "M5 12.5 10 17.5 19 7",
    "cross": "M6 6l12 12M18 6 6 18",
    "pause": "M9 5v14M15 5v14",
    "play": "M8 5v14l11-7z",
    "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5",
    "home": "M4 11.5 12 4.5l8 7M6.5 10v9.5h11V10",
    "clock": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
    "purse": "M4 8.5A2.5 2.5 0 0 1 6.5 6H18v3M4 8.5V17a2.5 2.5 0 0 0 2.5 2.5H20V9H5M16 14.2h.5",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
    "people": "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19.5c.6-3.2 3.2-5 6.5-5s5.9 1.8 "
    "6.5 5M15.5 5.5a3.3 3.3 0 0 1 0 6.2M17.5 14.9c2.2.5 3.6 2.1 4 4.6",
    "card": "M3.5 8a2.5 2.5 0 0 1 2.5-2.5h12A2.5 2.5 0 0 1 20.5 8v8a2.5 2.5 0 0 1-2.5 2.5"
    "H6A2.5 2.5 0 0 1 3.5 16zM3.5 10h17M7 15h4",
    "code": "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM20 14v2M14 20h2M19 19h1v1",
    "eye": "M2.5 12c2.3-4 5.5-6 9.5-6s7.2 2 9.5 6c-2.3 4-5.5 6-9.5 6s-7.2-2-9.5-6z"
    "M12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z",
    "shield": "M12 3.5 5 6v5.5c0 4.3 2.8 7.3 7 9 4.2-1.7 7-4.7 7-9V6z",
    "download": "M12 4v11M7.5 11 12 15.5 16.5 11M5 19.5h14",
    "back": "M19 12H5M11 6l-6 6 6 6",
    "next": "M5 12h14M13 6l6 6-6 6",
    "up": "M12 19V5M6 11l6-6 6 6",
    "down": "M12 5v14M6 13l6 6 6-6",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "map": "M4 6.5 9.5 4.5v13L4 19.5zM9.5 4.5l5 2v13l-5-2M14.5 6.5l5.5-2v13l-5.5 2",
    "place": "M12 3.5c-3.6 0-6.5 2.8-6.5 6.3 0 4.2 4 7.6 6.5 10.7 2.5-3.1 6.5-6.5 "
    "6.5-10.7 0-3.5-2.9-6.3-6.5-6.3zM12 7.7a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
    "bus": "M5 6.5A2.5 2.5 0 0 1 7.5 4h9A2.5 2.5 0 0 1 19 6.5V17H5zM5 11.5h14M7 17v2.5"
    "M17 17v2.5M8.5 14.3h.5M15 14.3h.5",
    "back-money": "M4 9h11a4.5 4.5 0 0 1 0 9H8M8 5 4 9l4 4",
    "letter": "M3.5 6h17v12h-17zM3.5 7l8.5 6.5L20.5 7",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "gear": "M5 7h9M18 7h1M5 17h1M10 17h9M16 5v4M8 15v4",
    "leave": "M10 4.5H5v15h5M10 12h10M16 8l4 4-4 4",
    "chart": "M4.5 4v15.5H20M8.5 16v-4M12.5 16V8M16.5 16v-6",
    "list": "M8 6h12M8 12h12M8 18h12M4 6h.5M4 12h.5M4 18h.5",
    "box": "M4 9l8-4 8 4v8l-8 4-8-4zM4 9l8 4 8-4M12 13v8",
}
MARK = "M6.5 11.5 14 6v20 M19.8 11.2a7 7 0 0 1 0 9.6 M24.6 6.8a13.2 13.2 0 0 1 0 18.4"


def icon(name: str) -> SafeString:
    """The pictogram of a name in `SHAPES`, hidden from who listens. An unknown name: KeyError."""
    return format_html(
        '<svg class="ikon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        SHAPES[name],
    )


def one() -> SafeString:
    """Satu's mark, hidden from who listens."""
    return mark_safe(
        '<svg viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="3.6"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f'<path d="{MARK}"/></svg>'
    )
