"""Rows of SUBE, Buenos Aires: a tap a row, cards masked, the hour only. Pure.

Source: the Inter-American Development Bank's published sample of 27 November 2019
(github.com/EL-BID/Matriz-Origen-Destino-Transporte-Publico). Trains tell check-in and check-out;
buses (COL) and the underground (SUB) are tapped once, and so are trains without gates (USO).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby, permutations
from typing import NamedTuple

from satu.formats.rides import Fields, Format, Row, Touch, number

COLUMNS = (
    "id_tarjeta",
    "modo",
    "lat",
    "lon",
    "tipo_trx_tren",
    "etapa_red_sube",
    "id_linea",
    "id_ramal",
    "id_tarifa",
    "hora",
    "fecha",
)
IN, OUT, OUT_ALONE, USE = "CHECK IN", "CHECK OUT", "CHECK OUT SIN CHECKIN", "USO"
MOST_TRIED = 6  # taps of a card in an hour whose every order is looked at


class _Tap(NamedTuple):
    """A row of the file; `at` is the hour's start, None if it cannot be read."""

    line: int
    card: str
    mode: str
    lat: str
    lon: str
    kind: str
    stage: int
    route: str
    fare_class: str
    at: datetime | None


class _Before(NamedTuple):
    """What a card has done so far, as far as it tells what it can do next."""

    inside: _Tap | None = None
    last: _Tap | None = None


def read(rows: Iterable[Fields]) -> Iterator[Row]:
    """Taps, card by card, each card's in the order in which they were most likely made.

    The file tells a card's taps by the hour, within an hour in no order. Their order is the one
    that agrees best with itself: who checked in checks out before anything else, and a stage of a
    multi-leg ride follows the stage before it (`_doubts`). A card's n-th tap of the day is put at
    the n-th minute of its hour, so what lies two hours apart in the file is just over two hours.
    The stop is the place told by latitude and longitude (about 100 m); the route is the line.
    """
    for _, taps in groupby(map(_tap, rows), key=lambda tap: tap.card):
        hours: dict[datetime | None, list[_Tap]] = {}
        for tap in taps:
            hours.setdefault(tap.at, []).append(tap)
        yield from map(_unreadable, hours.pop(None, []))
        ordered = _in_order([hours[at] for at in sorted(at for at in hours if at)])
        yield from (_row(tap, minute) for minute, tap in enumerate(ordered))


def _tap(fields: Fields) -> _Tap:
    line, (card, mode, lat, lon, kind, stage, of_line, branch, fare_class, hour, day) = fields
    group = USE if kind == USE else mode
    branch_or_line = branch if mode == "SUB" else of_line
    return _Tap(
        line=line,
        card=card.removesuffix(".0"),
        mode=mode,
        lat=lat,
        lon=lon,
        kind=kind,
        stage=int(stage) if stage.isdigit() else 0,
        route=f"sube-{group}-{branch_or_line}" if branch_or_line else "",
        fare_class=fare_class,
        at=_hour(day, hour),
    )


def _unreadable(tap: _Tap) -> Row:
    return Row(tap.line, mode=tap.mode, kind=tap.kind, problem="no readable day and hour")


def _row(tap: _Tap, minute: int) -> Row:
    assert tap.at is not None
    stop = f"sube:{tap.lat}:{tap.lon}" if tap.lat and tap.lon else ""
    at = tap.at + timedelta(minutes=min(minute, 59))
    touch = Touch(at, stop, stop, number(tap.lat), number(tap.lon))
    is_exit = tap.kind in (OUT, OUT_ALONE)
    return Row(
        line=tap.line,
        card=tap.card,
        route=tap.route,
        route_name=tap.route.removeprefix("sube-").replace("-", " "),
        entry=None if is_exit else touch,
        exit=touch if is_exit else None,
        mode=tap.mode,
        kind=tap.kind,
        fare_class=tap.fare_class,
        stage=tap.stage,
    )


def _in_order(hours: list[list[_Tap]]) -> Iterator[_Tap]:
    """A card's taps, hour after hour; of equally likely orders the file's own."""
    before = _Before()
    for taps in hours:
        if len(taps) > MOST_TRIED:
            best = tuple(sorted(taps, key=lambda tap: (tap.stage, tap.kind == OUT_ALONE)))
        else:
            best = min(permutations(taps), key=lambda order: _doubts_of(before, order))
        for tap in best:
            before, _ = _after(before, tap)
        yield from best


def _doubts_of(before: _Before, order: Iterable[_Tap]) -> int:
    """How unlikely an order is; riding on into the next hour is a little less likely than not."""
    doubts = 0
    for tap in order:
        before, more = _after(before, tap)
        doubts += more
    return doubts + (before.inside is not None)


def _after(before: _Before, tap: _Tap) -> tuple[_Before, int]:
    """What a tap leads to, and how unlikely it is after what was before."""
    inside, last = before
    if tap.kind == OUT_ALONE:
        return before, 10 * (inside is not None and inside.route == tap.route)
    if tap.kind == OUT:
        if inside is None or inside.route != tap.route:
            return _Before(None, last), 20
        return _Before(None, last), 4 * (inside.stage != tap.stage)
    doubts = 20 * (inside is not None)
    follows = last is not None and last.stage == tap.stage - 1
    if tap.stage and not follows:
        doubts += 6
    elif last is not None and (last.route == tap.route) == bool(tap.stage):
        doubts += 2  # a ride on the same line again is no stage, one on another line is
    return _Before(tap if tap.kind == IN else None, tap), doubts


def _hour(day: str, hour: str) -> datetime | None:
    try:
        return datetime.strptime(day, "%d/%m/%Y") + timedelta(hours=int(hour))
    except ValueError:
        return None


SUBE = Format(
    "sube",
    COLUMNS,
    read,
    (
        "Berkas ini hanya menyebut jam: urutan dalam satu jam disimpulkan, tap ke-n kartu pada "
        "hari itu jatuh di menit ke-n.",
        "The file tells the hour only: the order within an hour is worked out, and a card's n-th "
        "tap of the day is put at its hour's n-th minute.",
    ),
)
