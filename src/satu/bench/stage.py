"""What every bench stands on: a city, its readers, its cards. No Django."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import psycopg

from satu.services.rules import Rules
from satu.validator.keys import DeviceKeys

Tell = Callable[[str, int, int], None]  # what is being done, how much of it, of how much


class Stage(NamedTuple):
    """A database that benches can run in: its city, its readers, cards 1 to `cards`."""

    rules: Rules
    readers: Sequence[DeviceKeys]
    cards: int


def next_sequences(conn: psycopg.Connection, readers: Sequence[DeviceKeys]) -> list[int]:
    """For each reader the first sequence that it has not used yet."""
    rows = conn.execute(
        "select (select max(id) & ((1::bigint << 40) - 1) from taps_tap"
        "         where id >= u.device << 40 and id < (u.device + 1) << 40)"
        "  from unnest(%s::bigint[]) with ordinality as u (device, ord) order by ord",
        [[keys.device for keys in readers]],
    )
    return [0 if last is None else last + 1 for (last,) in rows]
