"""What readers tell of themselves, and when they were last heard of. psycopg alone.

Reports come through a gateway, which writes what gathered in a while in one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

KEEP = """
insert into taps_device_health as h
       (device, seen_at, clock_drift_ms, queued, tariff, deny_list, deny_list_age_s, program)
select * from unnest(%s::int[], %s::timestamptz[], %s::int[], %s::int[], %s::text[],
                     %s::bigint[], %s::int[], %s::text[])
    on conflict (device) do update
   set seen_at = excluded.seen_at, clock_drift_ms = excluded.clock_drift_ms,
       queued = excluded.queued, tariff = excluded.tariff, deny_list = excluded.deny_list,
       deny_list_age_s = excluded.deny_list_age_s, program = excluded.program
 where h.seen_at <= excluded.seen_at
"""

# A reader that taps all the time is written down once a minute of the city's time.
SEEN = """
update taps_device d set last_seen = s.last_at
  from (select (id >> 40)::integer as device, max(received_at) as last_at from taps_tap
         where received_at > %(after)s and received_at <= %(upto)s group by 1) s
 where d.id = s.device
   and (d.last_seen is null or d.last_seen < s.last_at - interval '1 minute')
"""


class HealthSeen(NamedTuple):
    """A reader's report as a gateway took it.

    `seen_at` is the city's time, `clock_drift_ms` how far the reader's clock is ahead of the
    gateway's; `queued` taps wait in the reader; `tariff` is the digest it rides by ("": none);
    `deny_list_age_s` is how long ago its deny list was sealed (None: it has none).
    """

    device: int
    seen_at: datetime
    clock_drift_ms: int
    queued: int
    tariff: str
    deny_list: int
    deny_list_age_s: int | None
    program: str


def keep_health(connection: psycopg.Connection[Any], reports: Sequence[HealthSeen]) -> None:
    """Keep the newest report of each reader; one report a reader, of readers that are known."""
    if reports:
        connection.execute(KEEP, [list(column) for column in zip(*reports, strict=True)])


def note_seen(connection: psycopg.Connection[Any], *, after: datetime, upto: datetime) -> None:
    """Note when readers were last heard of, from the taps received in (after, upto]."""
    connection.execute(SEEN, {"after": after, "upto": upto})
