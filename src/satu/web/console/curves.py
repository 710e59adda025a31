"""The control room's curves as points of an SVG path. Pure; templates give them their colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from satu.insight.history import Quarter
from satu.insight.normal import QUARTERS, Compared
from satu.kernel.days import QUARTER_MS

WIDTH, HEIGHT = 384, 96
SLOT = WIDTH / QUARTERS
BARS_MIDDLE = 56  # of a chart 96 high: who goes in stands above, who goes out below


class Curves(NamedTuple):
    """Today's line and a normal day's, each an SVG path ("": nothing to draw)."""

    today: str
    normal: str


class Bar(NamedTuple):
    """A quarter of an hour of a place: its bars as SVG writes them, who went in and out."""

    x: str
    top: str
    up: str
    down: str
    begins_ms: int
    riders_in: int
    riders_out: int


class Hour(NamedTuple):
    """A row of the table behind a chart."""

    begins_ms: int
    today: int
    normal: int


def curves(told: Compared) -> Curves:
    """Both days at one height, from zero; today ends where the city's time stands."""
    most = max((*told.today[: told.upto], *told.normal, 1))
    return Curves(_path(told.today[: told.upto], most), _path(told.normal, most) * bool(told.weeks))


def hours(told: Compared, start_ms: int) -> list[Hour]:
    """The same by hours, as far as today has come."""
    return [
        Hour(start_ms + place * QUARTER_MS, sum(told.today[place:end]), sum(told.normal[place:end]))
        for place in range(0, told.upto, 4)
        for end in [min(place + 4, told.upto)]
    ]


def bars(quarters: Iterable[Quarter], start_ms: int) -> list[Bar]:
    """A place's quarters of a service day as bars; the most reach the top."""
    shown = [quarter for quarter in quarters if quarter.riders_in or quarter.riders_out]
    most = max((max(one.riders_in, one.riders_out) for one in shown), default=1)
    return [
        Bar(
            f"{(quarter.begins_ms - start_ms) / QUARTER_MS * SLOT:.1f}",
            f"{BARS_MIDDLE * (1 - quarter.riders_in / most):.1f}",
            f"{BARS_MIDDLE * quarter.riders_in / most:.1f}",
            f"{(HEIGHT - BARS_MIDDLE) * quarter.riders_out / most:.1f}",
            quarter.begins_ms,
            quarter.riders_in,
            quarter.riders_out,
        )
        for quarter in shown
    ]


def _path(values: Sequence[int], most: int) -> str:
    points = [
        f"{(place + 0.5) * SLOT:.1f} {HEIGHT - 2 - value * (HEIGHT - 6) / most:.1f}"
        for place, value in enumerate(values)
    ]
    return "M" + "L".join(points) if len(points) > 1 else ""
