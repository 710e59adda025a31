"""Rows of the Transjakarta rides of 2023: a ride a row, with its tap-in and its tap-out. Pure.

The file leaves things out on purpose: stops, tap-outs, routes, amounts. Nothing is guessed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from satu.formats.rides import Fields, Format, Row, Touch, amount, number, wall_clock

COLUMNS = (
    "card_key",
    "issuer",
    "route_id",
    "route_name",
    "in_stop_id",
    "in_stop_name",
    "in_lat",
    "in_lon",
    "in_time",
    "out_stop_id",
    "out_stop_name",
    "out_lat",
    "out_lon",
    "out_time",
    "amount_idr",
)


def read(rows: Iterable[Fields]) -> Iterator[Row]:
    """Rides in the file's order; a row without a readable tap-in time has a `problem`."""
    for line, (card, issuer, route, route_name, *ends, paid) in rows:
        entry = _touch(*ends[:5])
        yield Row(
            line=line,
            card=card,
            issuer=issuer,
            route=route,
            route_name=route_name,
            entry=entry,
            exit=_touch(*ends[5:]),
            amount=amount(paid),
            problem="" if entry else "no readable time of entry",
        )


def _touch(stop: str, name: str, lat: str, lon: str, at: str) -> Touch | None:
    time = wall_clock(at)
    return Touch(time, stop, name, number(lat), number(lon)) if time else None


TRANSJAKARTA = Format("transjakarta", COLUMNS, read)
