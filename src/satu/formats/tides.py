"""Rows of TIDES `fare_transactions` (tides-transit.org, v1.0): a transaction a row. Pure.

Entries and exits become taps; purchases, top-ups and adjustments are no touch of a reader.
TIDES names trips, not routes, so the stop alone tells where a tap was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from satu.formats.rides import Fields, Format, Row, Touch, amount, wall_clock

COLUMNS = (
    "transaction_id",
    "event_timestamp",
    "amount",
    "fare_action",
    "stop_id",
    "token_id",
)
ENTRIES = ("Enter", "Transfer entrance")
EXITS = ("Exit", "Transfer exit")


def read(rows: Iterable[Fields]) -> Iterator[Row]:
    """Taps in the file's order; what is no tap has a `problem`."""
    for line, (_, at, paid, action, stop, card) in rows:
        time = wall_clock(at)
        if action not in ENTRIES + EXITS:
            yield Row(line, problem=f"not a tap: {action or 'no fare_action'}")
        elif time is None:
            yield Row(line, problem="no readable event_timestamp")
        else:
            touch = Touch(time, stop, stop)
            is_exit = action in EXITS
            yield Row(
                line=line,
                card=card,
                entry=None if is_exit else touch,
                exit=touch if is_exit else None,
                amount=amount(paid),
            )


TIDES = Format("tides", COLUMNS, read)
