"""Reads of points and their readers: when each was last heard of, and how it is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, LiteralString, NamedTuple

from satu.insight.queries import Connection
from satu.taps.places import DeviceState

PAGE = 50
DRIFT_MS = 30_000  # a reader's clock that is so far off makes wrong fares at the edges of bands
QUEUE = 500
LIST_AGE_S = 24 * 3600
SILENT_S = 24 * 3600

SEEN = "greatest(d.last_seen, h.seen_at)"
LIST_AGE = "h.deny_list_age_s + greatest(0, extract(epoch from %(now)s - h.seen_at))::bigint"
TARIFF_OLD = "(h.tariff <> '' and h.tariff <> %(tariff)s)"

COLUMNS: LiteralString = f"""
d.id, d.code, d.operator, o.name, coalesce(d.point, 0), coalesce(p.name, ''), d.state,
d.key_version, {SEEN}, h.seen_at, h.clock_drift_ms, h.queued, h.tariff, {TARIFF_OLD},
h.deny_list, {LIST_AGE}, coalesce(h.program, '')
"""
TABLES: LiteralString = """
  from taps_device d
  join taps_operator o on o.id = d.operator
  left join taps_point p on p.id = d.point
  left join taps_device_health h on h.device = d.id
"""


class Trouble(StrEnum):
    """What a list of readers can be narrowed to."""

    SILENT = "silent"  # not heard of for a day, or never
    CLOCK = "clock"
    QUEUE = "queue"
    LISTS = "lists"  # an old tariff, or a deny list older than a day


TROUBLES: dict[str, LiteralString] = {
    Trouble.SILENT: f"({SEEN} is null or {SEEN} < %(now)s - make_interval(secs => {SILENT_S}))",
    Trouble.CLOCK: f"abs(h.clock_drift_ms) > {DRIFT_MS}",
    Trouble.QUEUE: f"h.queued > {QUEUE}",
    Trouble.LISTS: f"({TARIFF_OLD} or {LIST_AGE} > {LIST_AGE_S})",
}
SORTS: dict[str, LiteralString] = {
    "code": "d.code",
    "place": "coalesce(p.name, '')",
    "seen": SEEN,
    "drift": "abs(h.clock_drift_ms)",
    "queue": "h.queued",
    "lists": LIST_AGE,
}


class DeviceRow(NamedTuple):
    """A reader with what it told last. What it never told is None; `point` 0 stands nowhere."""

    id: int
    code: str
    operator: int
    operator_name: str
    point: int
    point_name: str
    state: DeviceState
    key_version: int
    seen_at: datetime | None
    told_at: datetime | None
    clock_drift_ms: int | None
    queued: int | None
    tariff: str | None
    is_tariff_old: bool | None
    deny_list: int | None
    deny_list_age_s: int | None
    program: str

    @property
    def has_wrong_clock(self) -> bool:
        return self.clock_drift_ms is not None and abs(self.clock_drift_ms) > DRIFT_MS

    @property
    def has_queue(self) -> bool:
        return self.queued is not None and self.queued > QUEUE

    @property
    def has_old_deny_list(self) -> bool:
        return self.deny_list_age_s is not None and self.deny_list_age_s > LIST_AGE_S


class Wanted(NamedTuple):
    """Which readers: words in code or place, an operator's number, a state, a trouble."""

    words: str = ""
    operator: int | None = None
    state: int | None = None
    trouble: str = ""


class Counts(NamedTuple):
    """How many readers there are in all, and with each trouble."""

    all: int
    silent: int
    clock: int
    queue: int
    lists: int


def devices(
    connection: Connection,
    wanted: Wanted,
    *,
    tariff: str,
    now: datetime,
    sort: str = "code",
    is_down: bool = False,
    page: int = 1,
    limit: int = PAGE,
) -> tuple[list[DeviceRow], int]:
    """A page of readers, and how many there are. `tariff` is the digest in force, `now` the
    city's time; `sort` is one of SORTS, what was never told comes last."""
    values, where = _where(wanted, tariff, now)
    way: LiteralString = "desc" if is_down else "asc"
    values |= {"limit": limit, "offset": (page - 1) * PAGE}
    rows = connection.execute(
        f"select {COLUMNS} {TABLES} where {where}"
        f" order by {SORTS[sort]} {way} nulls last, d.code limit %(limit)s offset %(offset)s",
        values,
    ).fetchall()
    ((count,),) = connection.execute(f"select count(*) {TABLES} where {where}", values)
    return [_row(row) for row in rows], count


def device(connection: Connection, number: int, *, tariff: str, now: datetime) -> DeviceRow | None:
    """One reader; None: there is no such."""
    values = {"tariff": tariff, "now": now, "device": number}
    row = connection.execute(
        f"select {COLUMNS} {TABLES} where d.id = %(device)s", values
    ).fetchone()
    return _row(row) if row else None


def devices_at(
    connection: Connection, points: list[int], *, tariff: str, now: datetime
) -> list[DeviceRow]:
    """The readers of a place, by code; those that were retired are left out."""
    values = {"tariff": tariff, "now": now, "points": points, "retired": int(DeviceState.RETIRED)}
    rows = connection.execute(
        f"select {COLUMNS} {TABLES}"
        " where d.point = any(%(points)s) and d.state <> %(retired)s order by d.code limit 50",
        values,
    )
    return [_row(row) for row in rows]


def counts(
    connection: Connection, *, tariff: str, now: datetime, operator: int | None = None
) -> Counts:
    """How many active readers, of an operator or of all, have which trouble."""
    values = {"tariff": tariff, "now": now, "active": int(DeviceState.ACTIVE)}
    told = ", ".join(f"count(*) filter (where {TROUBLES[one]})" for one in Trouble)
    row = connection.execute(
        f"select count(*), {told} {TABLES} where d.state = %(active)s"
        " and (%(operator)s::int is null or d.operator = %(operator)s)",
        values | {"operator": operator},
    ).fetchone()
    assert row is not None
    return Counts(*row)


def _where(wanted: Wanted, tariff: str, now: datetime) -> tuple[dict[str, Any], LiteralString]:
    values: dict[str, Any] = {"tariff": tariff, "now": now}
    where: list[LiteralString] = ["true"]
    for place, word in enumerate(wanted.words.split()[:5]):
        escaped = word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        values[f"word{place}"] = f"%{escaped}%"
        where.append(_HAS_WORD[place])
    if wanted.operator is not None:
        values["operator"] = wanted.operator
        where.append("d.operator = %(operator)s")
    if wanted.state is not None:
        values["state"] = wanted.state
        where.append("d.state = %(state)s")
    if wanted.trouble in TROUBLES:
        where.append(TROUBLES[wanted.trouble])
    return values, " and ".join(where)


_HAS_WORD: tuple[LiteralString, ...] = (
    "(d.code ilike %(word0)s or p.name ilike %(word0)s)",
    "(d.code ilike %(word1)s or p.name ilike %(word1)s)",
    "(d.code ilike %(word2)s or p.name ilike %(word2)s)",
    "(d.code ilike %(word3)s or p.name ilike %(word3)s)",
    "(d.code ilike %(word4)s or p.name ilike %(word4)s)",
)


def _row(row: tuple[Any, ...]) -> DeviceRow:
    return DeviceRow(*row)._replace(state=DeviceState(row[6]))
