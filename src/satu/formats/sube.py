"""Rows of SUBE, Buenos Aires: a tap a row, cards masked, the hour only. Pure.

Source: the Inter-American Development Bank's published sample. Trains tell check-in and
check-out; buses (COL) and the underground (SUB) are tapped once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from satu.formats.rides import Fields, Format, Row, Touch, number

COLUMNS = (
    "id_tarjeta",
    "modo",
    "lat",
    "lon",
    "tipo_trx_tren",
    "id_linea",
    "hora",
    "fecha",
)
EXITS = ("CHECK OUT", "CHECK OUT SIN CHECKIN")


def read(rows: Iterable[Fields]) -> Iterator[Row]:
    """Taps in the file's order. A card's n-th tap of an hour is put at the hour's n-th minute.

    The stop is the place told by latitude and longitude (about 100 m); the route is the line.
    """
    seen: dict[tuple[str, str, str], int] = {}
    for line, (card, mode, lat, lon, kind, number_of_line, hour, day) in rows:
        start = _hour(day, hour)
        if start is None:
            yield Row(line, problem="no readable day and hour")
            continue
        minute = seen.get((card, day, hour), 0)
        seen[card, day, hour] = minute + 1
        stop = f"sube:{lat}:{lon}" if lat and lon else ""
        touch = Touch(
            start + timedelta(minutes=min(minute, 59)),
            stop,
            stop,
            number(lat),
            number(lon),
        )
        is_exit = kind in EXITS
        yield Row(
            line=line,
            card=card.removesuffix(".0"),
            route=f"sube-{mode}-{number_of_line}" if number_of_line else "",
            route_name=f"{mode} {number_of_line}",
            entry=None if is_exit else touch,
            exit=touch if is_exit else None,
        )


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
        "Berkas ini hanya menyebut jam: tap ke-n kartu dalam satu jam jatuh di menit ke-n.",
        "The file tells the hour only: a card's n-th tap of an hour is put at its n-th minute.",
    ),
)
