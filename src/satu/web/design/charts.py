"""Charts as plain SVG, in the colours of the house. Pure: no script, no style sheet, no font file.

One idea a panel, labelled directly; what a colour says, a shape and a word say too. Sizes are in
pixels of a picture 960 wide; no text is smaller than 14.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

WIDTH, MARGIN = 960, 32
LABELS, VALUES = 264, 300  # the columns beside the bars
LINE, BAR, GAP = 20, 16, 14
MOST_LETTERS = 29  # of a label, in the widest of the fonts

# BRAND: light tokens. White on nila 10.3, on pandan 6.0, on cabai 6.6; tinta on garis 11.9.
TINTA, KERTAS, ABU, GARIS = "#10212B", "#FBFAF6", "#5B6770", "#D9DDD8"
NILA, PANDAN, CABAI = "#1F3A8A", "#17724A", "#B42318"
FONT = "'Plus Jakarta Sans', system-ui, 'Segoe UI', Roboto, sans-serif"

Say = Callable[[int], str]


class Pair(NamedTuple):
    """A row of paired bars: what it is about, what to say of it, how much before and after."""

    label: str
    said: str
    before: int
    after: int
    changed: str


class Part(NamedTuple):
    """A part of a whole: how much of it, its share in words, its colours, and what it is."""

    amount: int
    share: str
    colour: str
    on_colour: str
    said: str


class Panel(NamedTuple):
    """A drawn panel: its elements from y = 0 on, and its height."""

    body: str
    height: int


def paired_bars(title: str, names: tuple[str, str], rows: Sequence[Pair], say: Say) -> Panel:
    """Two bars a row, before and after, from zero; the one word of each stands at the first row."""
    most = max((max(row.before, row.after) for row in rows), default=0) or 1
    width = WIDTH - 2 * MARGIN - LABELS - VALUES
    drawn, y = [_text(0, 18, title, size=19, weight=700)], 40
    for row in rows:
        drawn.append(_text(0, y + 13, _short(row.label), weight=600))
        drawn.append(_text(0, y + 13 + LINE, row.said, colour=ABU, size=14))
        for place, (name, amount, colour) in enumerate(
            zip(names, (row.before, row.after), (ABU, NILA), strict=True)
        ):
            top = y + place * (BAR + 4)
            long = max(round(width * amount / most), 1)
            drawn.append(_rect(LABELS, top, long, BAR, colour))
            words = f"{name} {say(amount)}" + (f" · {row.changed}" if place and row.changed else "")
            drawn.append(_text(LABELS + long + 8, top + 13, words, size=14))
        y += 2 * (BAR + 4) + GAP
    drawn.append(_line(LABELS, 36, y - GAP + 2))
    return Panel("".join(drawn), y)


def split_bar(title: str, parts: Sequence[Part], notes: Sequence[str]) -> Panel:
    """One bar that is a whole, split; each part's words stand under it with its colour's mark."""
    total = sum(part.amount for part in parts) or 1
    width = WIDTH - 2 * MARGIN
    drawn, x, y = [_text(0, 18, title, size=19, weight=700)], 0.0, 36
    for part in parts:
        long = width * part.amount / total
        if part.amount:
            drawn.append(_rect(round(x), y, max(round(long), 2), 36, part.colour))
        if long > 72:
            middle = round(x + long / 2)
            drawn.append(_text(middle, y + 24, part.share, colour=part.on_colour, anchor="middle"))
        x += long
    y += 36 + 12
    for part in parts:
        drawn.append(_rect(0, y, 16, 16, part.colour))
        drawn.append(_text(26, y + 13, part.said))
        y += LINE + 6
    for note in notes:
        drawn.append(_text(0, y + 13, note, colour=ABU, size=14))
        y += LINE
    return Panel("".join(drawn), y + GAP)


def picture(title: str, about: Sequence[str], panels: Sequence[Panel], language: str) -> str:
    """The whole picture: a title, lines about it, the panels under each other."""
    drawn = [_text(MARGIN, MARGIN + 24, title, size=27, weight=700)]
    y = MARGIN + 24 + 30
    for line in about:
        drawn.append(_text(MARGIN, y, line, colour=ABU))
        y += LINE + 4
    y += 12
    for panel in panels:
        drawn.append(f'<g transform="translate({MARGIN} {y})">{panel.body}</g>')
        y += panel.height + 18
    told = escape(" ".join(about))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 8}" width="{WIDTH}"'
        f' height="{y + 8}" role="img" xml:lang="{language}" lang="{language}"'
        f" font-family={quoteattr(FONT)}>"
        f"<title>{escape(title)}</title><desc>{told}</desc>"
        f'<rect width="{WIDTH}" height="{y + 8}" fill="{KERTAS}"/>{"".join(drawn)}</svg>'
    )


def _short(label: str) -> str:
    return label if len(label) <= MOST_LETTERS else label[: MOST_LETTERS - 1] + "…"


def _text(
    x: int,
    y: int,
    words: str,
    *,
    colour: str = TINTA,
    size: int = 15,
    weight: int = 400,
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x}" y="{y}" fill="{colour}" font-size="{size}" font-weight="{weight}"'
        f' text-anchor="{anchor}" font-variant="tabular-nums">{escape(words)}</text>'
    )


def _rect(x: int, y: int, width: int, height: int, colour: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="2" fill="{colour}"/>'


def _line(x: int, top: int, bottom: int) -> str:
    return f'<line x1="{x}" y1="{top}" x2="{x}" y2="{bottom}" stroke="{ABU}"/>'
