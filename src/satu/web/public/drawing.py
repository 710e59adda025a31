"""The city's lines as one quiet picture for the first page: SVG in the page's own colours. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from satu.insight.places import Places

WIDTH, HEIGHT = 640, 460
MARGIN = 14
EDGE_SHARE = 0.02  # so many far-off places may lie outside the picture
GRAIN = 5  # stops closer than so many pixels are one dot

At = tuple[float, float]


class _Drawn(msgspec.Struct):
    colour: str
    ways: list[list[int]]


class _City(msgspec.Struct):
    """What is needed of a drawing that satu.insight.places made for browsers."""

    points: list[At]
    lines: list[_Drawn]


def city_picture(places: Places) -> SafeString:
    """Lines in their operators' colours on the dots of all stops."""
    label = _("The lines of %(city)s, drawn from their own stops") % {"city": places.city}
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        mark_safe(_drawn(places)),
    )


@lru_cache(maxsize=2)
def _drawn(places: Places) -> str:
    city = msgspec.json.decode(places.drawing, type=_City)
    if not city.points:
        return ""
    pixels = _pixels(city.points)
    dots = {(x // GRAIN, y // GRAIN): (x, y) for x, y in pixels if _is_inside(x, y)}
    drawn = ["".join(f"M{x} {y}h0" for x, y in sorted(dots.values()))]
    drawn[0] = f'<path class="kota-henti" d="{drawn[0]}"/>'
    for line in city.lines:
        way = "".join(_way([pixels[place] for place in way]) for way in line.ways)
        drawn.append(f'<path class="kota-lin" stroke="{_colour(line.colour)}" d="{way}"/>')
    return "".join(drawn)


def _pixels(points: Sequence[At]) -> list[tuple[int, int]]:
    south, north = _span(lat for lat, _lon in points)
    west, east = _span(lon for _lat, lon in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    size = min(
        (WIDTH - 2 * MARGIN) / max((east - west) * squeeze, 1e-6),
        (HEIGHT - 2 * MARGIN) / max(north - south, 1e-6),
    )
    left = (WIDTH - (east - west) * squeeze * size) / 2
    top = (HEIGHT - (north - south) * size) / 2
    return [
        (round(left + (lon - west) * squeeze * size), round(top + (north - lat) * size))
        for lat, lon in points
    ]


def _span(values: Iterable[float]) -> tuple[float, float]:
    """From where to where nearly all of them lie."""
    ordered = sorted(values)
    off = int(len(ordered) * EDGE_SHARE)
    return ordered[off], ordered[len(ordered) - 1 - off]


def _is_inside(x: int, y: int) -> bool:
    return 0 <= x <= WIDTH and 0 <= y <= HEIGHT


def _way(pixels: Sequence[tuple[int, int]]) -> str:
    """A way without the points that fall on the one before."""
    kept = [pixels[place] for place in range(len(pixels)) if pixels[place] != pixels[place - 1]]
    kept = kept or list(pixels[:1])
    return "M" + "L".join(f"{x} {y}" for x, y in kept)


def _colour(colour: str) -> str:
    """`#rrggbb` as a pack may write it; anything else is no colour."""
    is_hex = len(colour) == 7 and colour[0] == "#" and colour[1:].isalnum()
    return colour if is_hex else "currentColor"
