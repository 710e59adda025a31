"""A journey drawn on the city's own stops, as SVG in the page's colours. Pure.

The picture's colours come from css/show.css, so it follows the light of the page. Coordinates are
(latitude, longitude); the picture is 360 wide and as high as the journey asks for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import itemgetter
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
RING = 6  # a circle and its rim, from its middle
DOTTED = 4  # a line counts under a name at each so many pixels
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

    def has(self, pixel: tuple[int, int]) -> bool:
        return self.left <= pixel[0] <= self.right and self.top <= pixel[1] <= self.bottom


def journey(legs: Sequence[Leg], ground: Iterable[tuple[At, At]], label: str) -> SafeString:
    """The picture of a journey; `ground` are the city's edges, drawn quietly where they show."""
    frame = _frame([at for leg in legs for at in leg.way])
    drawn = [
        f'<svg viewBox="0 0 {WIDTH} {frame.height}" role="img" aria-label={quoteattr(label)}>',
        f'<path class="peta-dasar" d="{_ground(frame, ground)}"/>',
    ]
    ways = [[frame.pixel(at) for at in leg.way] for leg in legs]
    for leg, pixels in zip(legs, ways, strict=True):
        way = _line(pixels)
        drawn.append(f'<path class="peta-alas" d="{way}"/>')
        drawn.append(f'<path class="peta-laju" stroke={quoteattr(leg.colour)} d="{way}"/>')
    drawn += _stops(frame, _named_once(legs), [dot for pixels in ways for dot in _dots(pixels)])
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


def _dots(pixels: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """A line as dots that lie close together."""
    found = []
    for (x, y), (to_x, to_y) in pairwise(pixels):
        steps = max(round(math.hypot(to_x - x, to_y - y) / DOTTED), 1)
        found += [
            (round(x + (to_x - x) * step / steps), round(y + (to_y - y) * step / steps))
            for step in range(steps)
        ]
    return found


def _stops(frame: _Frame, stops: Sequence[Stop], dots: Sequence[tuple[int, int]]) -> list[str]:
    """A circle each, and its name where it leaves neither the map nor another its place.

    Where a journey begins is named first, then where it ends, then where one changes. A name
    hides no circle; of the places left it takes the one with the least of the line under it.
    """
    circles, names, taken = [], [], list[_Box]()
    pixels = {stop: frame.pixel(stop.at) for stop in (*stops[:1], *stops[:0:-1])}
    rings = [_Box(x - RING, y - RING, x + RING, y + RING) for x, y in pixels.values()]
    for stop, (x, y) in pixels.items():
        circles.append(f'<circle class="peta-henti" cx="{x}" cy="{y}" r="5"/>')
        lines = _lines(stop.name)
        free = [
            (sum(box.has(dot) for dot in dots), box, is_right)
            for box, is_right in _boxes(x, y, lines)
            if box.left >= 0 and box.right <= WIDTH and box.top >= 0 and box.bottom <= frame.height
            if not any(box.meets(other) for other in (*rings, *taken))
        ]
        if free:
            _, box, is_right = min(free, key=itemgetter(0))
            taken.append(box)
            names.append(_name(box, is_right, lines))
    return circles + names


def _boxes(x: int, y: int, lines: Sequence[str]) -> list[tuple[_Box, bool]]:
    """Where a name may stand, and whether it ends there: first on the side with more room."""
    wide, high = LETTER_WIDE * max(len(line) for line in lines), LINE * len(lines)
    is_right = x > WIDTH / 2
    found = []
    for ends in (is_right, not is_right):
        left = x - BESIDE - wide if ends else x + BESIDE
        for top in (y - ABOVE - high, y + BELOW):
            found.append((_Box(left, top, left + wide, top + high), ends))
    return found


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
