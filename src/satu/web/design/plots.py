"""Columns over time as SVG in the page's colours. Pure: a table of the same stands behind it.

One idea a picture, from zero, labelled directly; css/show.css gives the colours. A picture is as
wide as its place (x is in per cent) and always as high, so that its words keep their size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from django.utils.safestring import SafeString, mark_safe

HEIGHT = 190
TOP, BOTTOM = 26, 24  # for the words above the highest column, and under all
MOST_LABELS = 4  # so many days stand beside each other on a phone
GAP_SHARE = 0.25
EDGE = 9  # per cent: words whose middle is nearer to an edge begin or end there

Say = Callable[[int], str]


class Bar(NamedTuple):
    """A row: its name, how much, the colour of its bar ("": the house's), where it leads."""

    name: str
    value: int
    colour: str = ""
    href: str = ""


class Column(NamedTuple):
    """What stands under a column, its height, and how high it usually is (None: not known)."""

    label: str
    value: int
    usual: int | None = None


def columns(found: Sequence[Column], say: Say, label: str) -> SafeString:
    """Columns side by side; the highest says its value, a thin line shows what is usual."""
    most = max((max(one.value, one.usual or 0) for one in found), default=0) or 1
    slot = 100 / max(len(found), 1)
    drawn = [f'<svg width="100%" height="{HEIGHT}" role="img" aria-label={quoteattr(label)}>']
    drawn += [_column(place, one, most, slot, say) for place, one in enumerate(found)]
    drawn += _usual(found, most, slot)
    drawn.append(_line("gambar-nol", 0, 100, HEIGHT - BOTTOM))
    drawn += _labels(found, slot)
    if found:
        drawn.append(_highest(found, most, slot, say))
    return mark_safe("".join([*drawn, "</svg>"]))


def _column(place: int, one: Column, most: int, slot: float, say: Say) -> str:
    top = _y(one.value, most)
    told = escape(f"{one.label}: {say(one.value)}")
    return (
        f'<rect class="gambar-kolom" x="{place * slot + slot * GAP_SHARE / 2:.2f}%" y="{top:.1f}"'
        f' width="{slot * (1 - GAP_SHARE):.2f}%" height="{HEIGHT - BOTTOM - top:.1f}">'
        f"<title>{told}</title></rect>"
    )


def _usual(found: Sequence[Column], most: int, slot: float) -> list[str]:
    return [
        _line("gambar-biasa", place * slot, (place + 1) * slot, _y(one.usual, most))
        for place, one in enumerate(found)
        if one.usual is not None
    ]


def _line(kind: str, start: float, end: float, y: float) -> str:
    where = f'x1="{start:.2f}%" x2="{end:.2f}%" y1="{y:.1f}" y2="{y:.1f}"'
    return f'<line class="{kind}" {where}/>'


def _labels(found: Sequence[Column], slot: float) -> list[str]:
    """A few labels under the columns, evenly spread from the first on."""
    step = max(-(-len(found) // MOST_LABELS), 1)
    return [
        _text(place * slot + slot / 2, HEIGHT - 7, found[place].label)
        for place in range(0, len(found), step)
    ]


def _highest(found: Sequence[Column], most: int, slot: float, say: Say) -> str:
    place = max(range(len(found)), key=lambda place: found[place].value)
    one = found[place]
    return _text(place * slot + slot / 2, _y(one.value, most) - 7, say(one.value), "gambar-tinggi")


def _text(x: float, y: float, words: str, kind: str = "gambar-kata") -> str:
    """Words in the middle of x, or at the picture's edge where they would stick out."""
    anchor = "start" if x < EDGE else "end" if x > 100 - EDGE else "middle"
    at = {"start": 0.0, "end": 100.0, "middle": x}[anchor]
    where = f'x="{at:.2f}%" y="{y:.0f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {where}>{escape(words)}</text>'


def _y(value: int, most: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * max(value, 0) / most
