"""A journey drawn on the city's own stops, as SVG in the page's colours. Pure.

The picture's colours come from css/show.css, so it follows the light of the page. Coordinates are
(latitude, longitude); the picture is 360 wide and as high as the journey asks for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from django.utils.safestring import SafeString, mark_safe

WIDTH, LEAST_HEIGHT, MOST_HEIGHT = 360, 180, 320
MARGIN = 36
EDGE = 20  # what is so far outside still reaches in
LEAST_SPAN_DEGREES = 0.012  # about 1.3 km: a short ride is not drawn larger than a quarter
MOST_LETTERS, LINE = 17, 17  # of a name's line: half the picture holds so many, however small
BESIDE, ABOVE, BELOW = 10, 5, 9  # from a circle's middle to its name
LETTER_WIDE, BASE = 9, 13  # about so wide is a letter; so far under a line's top it stands

At = tuple[float, float]


class Stop(NamedTuple):
    """A place with its name, as it stands beside its circle."""

    name: str
    at: At


class Leg(NamedTuple):
    """A ride: its line's colour (`#rrggbb`), the way it went, and the stops to name."""

    colour: str
    way: Sequence[At]
    stops: Sequence[Stop]


class _Frame(NamedTuple):
    """How places become pixels: the middle of the picture, its scale, and its height."""

    middle: At
    squeeze: float
    scale: float
    height: int

    def pixel(self, at: At) -> tuple[int, int]:
        x = WIDTH / 2 + (at[1] - self.middle[1]) * self.squeeze * self.scale
        y = self.height / 2 - (at[0] - self.middle[0]) * self.scale
        return round(x), round(y)

    def holds(self, pixel: tuple[int, int]) -> bool:
        return -EDGE <= pixel[0] <= WIDTH + EDGE and -EDGE <= pixel[1] <= self.height + EDGE

    def reach(self) -> At:
        """How far from the middle, in degrees north and east, something can still show."""
        high = (self.height / 2 + EDGE + 1) / self.scale
        return high, (WIDTH / 2 + EDGE + 1) / (self.scale * self.squeeze)


class _Box(NamedTuple):
    """A part of the picture."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: _Box) -> bool:
        is_beside = self.right <= other.left or other.right <= self.left
        return not is_beside and self.top < other.bottom and other.top < self.bottom


def journey(legs: Sequence[Leg], ground: Iterable[tuple[At, At]], label: str) -> SafeString:
    """The picture of a journey; `ground` are the city's edges, drawn quietly where they show."""
    frame = _frame([at for leg in legs for at in leg.way])
    drawn = [
        f'<svg viewBox="0 0 {WIDTH} {frame.height}" role="img" aria-label={quoteattr(label)}>',
        f'<path class="peta-dasar" d="{_ground(frame, ground)}"/>',
    ]
    for leg in legs:
        way = _line([frame.pixel(at) for at in leg.way])
        drawn.append(f'<path class="peta-alas" d="{way}"/>')
        drawn.append(f'<path class="peta-laju" stroke={quoteattr(leg.colour)} d="{way}"/>')
    drawn += _stops(frame, _named_once(legs))
    return mark_safe("".join([*drawn, "</svg>"]))


def _frame(ways: Sequence[At]) -> _Frame:
    assert ways, "a journey has a place at least"
    south, north = min(at[0] for at in ways), max(at[0] for at in ways)
    west, east = min(at[1] for at in ways), max(at[1] for at in ways)
    squeeze = math.cos(math.radians((south + north) / 2))
    wide = max((east - west) * squeeze, LEAST_SPAN_DEGREES)
    high = max(north - south, LEAST_SPAN_DEGREES / 2)
    room = WIDTH - 2 * MARGIN
    wanted = high * room / wide + 2 * MARGIN
    height = round(min(max(wanted, LEAST_HEIGHT), MOST_HEIGHT))
    scale = min(room / wide, (height - 2 * MARGIN) / high)
    return _Frame(((south + north) / 2, (west + east) / 2), squeeze, scale, height)


def _ground(frame: _Frame, edges: Iterable[tuple[At, At]]) -> str:
    drawn = []
    north, east = frame.middle
    high, wide = frame.reach()
    for one, other in edges:
        # Nearly all of a city's edges are elsewhere: they are passed over before any arithmetic.
        if abs(one[0] - north) > high and abs(other[0] - north) > high:
            continue
        if abs(one[1] - east) > wide and abs(other[1] - east) > wide:
            continue
        a, b = frame.pixel(one), frame.pixel(other)
        if a != b and (frame.holds(a) or frame.holds(b)):
            drawn.append(f"M{a[0]} {a[1]}l{b[0] - a[0]} {b[1] - a[1]}")
    return "".join(drawn)


def _line(pixels: Sequence[tuple[int, int]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in pixels)


def _named_once(legs: Sequence[Leg]) -> list[Stop]:
    """Stops in their order; where one changes, a place is named once."""
    return list(dict.fromkeys(stop for leg in legs for stop in leg.stops))


def _stops(frame: _Frame, stops: Sequence[Stop]) -> list[str]:
    """A circle each, and its name where it leaves neither the map nor another name its place.

    Where a journey begins is named first, then where it ends, then where one changes.
    """
    circles, names, taken = [], [], list[_Box]()
    for stop in (*stops[:1], *stops[:0:-1]):
        x, y = frame.pixel(stop.at)
        circles.append(f'<circle class="peta-henti" cx="{x}" cy="{y}" r="5"/>')
        lines = _lines(stop.name)
        for box in _boxes(x, y, lines):
            is_inside = box.top >= 0 and box.bottom <= frame.height
            if is_inside and not any(box.meets(other) for other in taken):
                taken.append(box)
                names.append(_name(box, x > WIDTH / 2, lines))
                break
    return circles + names


def _boxes(x: int, y: int, lines: Sequence[str]) -> list[_Box]:
    """Where a name may stand: on the side with more room, above its circle or under it."""
    wide = LETTER_WIDE * max(len(line) for line in lines)
    left = x - BESIDE - wide if x > WIDTH / 2 else x + BESIDE
    high = LINE * len(lines)
    return [_Box(left, top, left + wide, top + high) for top in (y - ABOVE - high, y + BELOW)]


def _name(box: _Box, is_right: bool, lines: Sequence[str]) -> str:
    x, anchor = (box.right, "end") if is_right else (box.left, "start")
    words = "".join(
        f'<tspan x="{x}" dy="{LINE if place else 0}">{escape(line)}</tspan>'
        for place, line in enumerate(lines)
    )
    return f'<text class="peta-nama" y="{box.top + BASE}" text-anchor="{anchor}">{words}</text>'


def _lines(name: str) -> list[str]:
    """A name in at most two lines; what is longer ends in three dots."""
    first, *rest = wrap(name, MOST_LETTERS)
    if not rest:
        return [first]
    second = rest[0] if len(rest) == 1 else rest[0][: MOST_LETTERS - 1] + "…"
    return [first, second]
