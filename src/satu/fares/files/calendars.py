"""Services, timeframes and public holidays of a tariff's files. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from satu.fares.files.rows import CalendarDateRow, CalendarRow, TimeframeRow
from satu.fares.files.satu_rows import HolidayRow
from satu.fares.files.tables import Tables
from satu.fares.tariff import Service, Timeframe
from satu.formats.rows import Line

# (country, subdivision or "", first day, last day) → the public holidays within, both included.
Holidays = Callable[[str, str, date, date], Iterable[date]]

NO_WEEKDAY = (False, False, False, False, False, False, False)
ADDED, REMOVED = 1, 2


def read_calendars(
    tables: Tables, holidays: Holidays | None
) -> tuple[tuple[Service, ...], tuple[Timeframe, ...]]:
    """The timeframes, and those services that they need: trips have many more."""
    services = _services(tables)
    timeframes = []
    for line in tables.rows(TimeframeRow):
        row = line.value
        if row.service_id and row.service_id not in services:
            timeframe = row.timeframe_group_id
            tables.note(
                line, "service_id", "service_dateless", name=row.service_id, timeframe=timeframe
            )
            continue
        if not row.service_id:
            tables.note(line, "service_id", "service_empty")
        start, end = (_minute(tables, line, field) for field in ("start_time", "end_time"))
        if start < end:
            timeframes.append(Timeframe(row.timeframe_group_id, start, end, row.service_id))
        else:
            tables.fault(line, "end_time", "timeframe_ends_first")
    needed = dict.fromkeys(band.service for band in timeframes if band.service)
    found = {name: services[name] for name in needed}
    _add_holidays(tables, found, services, holidays)
    return tuple(found.values()), tuple(timeframes)


def _services(tables: Tables) -> dict[str, Service]:
    added: dict[str, list[date]] = defaultdict(list)
    removed: dict[str, list[date]] = defaultdict(list)
    for line in tables.rows(CalendarDateRow):
        days = added if line.value.exception_type == ADDED else removed
        days[line.value.service_id].append(tables.day(line, "date"))
    services: dict[str, Service] = {}
    for row in tables.rows(CalendarRow):
        of = row.value
        if of.service_id in services:
            tables.fault(row, "service_id", "name_repeated", name=of.service_id)
        services[of.service_id] = Service(
            of.service_id,
            weekdays=(
                bool(of.monday),
                bool(of.tuesday),
                bool(of.wednesday),
                bool(of.thursday),
                bool(of.friday),
                bool(of.saturday),
                bool(of.sunday),
            ),
            first=tables.day(row, "start_date"),
            last=tables.day(row, "end_date"),
            added=tuple(sorted(added[of.service_id])),
            removed=tuple(sorted(removed[of.service_id])),
        )
    for name in added.keys() - services.keys():
        dates = tuple(sorted(added[name]))
        services[name] = Service(name, NO_WEEKDAY, dates[0], dates[-1], dates)
    return services


def _add_holidays(
    tables: Tables,
    found: dict[str, Service],
    services: dict[str, Service],
    holidays: Holidays | None,
) -> None:
    """Write public holidays into the services' dates, so that the engine knows dates only."""
    for line in tables.rows(HolidayRow):
        row = line.value
        if not tables.known(line, "service_id", row.service_id, services):
            continue
        if row.service_id not in found:
            tables.note(line, "service_id", "holidays_unneeded", name=row.service_id)
            continue
        service = found[row.service_id]
        if holidays is None:
            tables.fault(line, "country", "holidays_unhandled")
            continue
        try:
            days = set(holidays(row.country, row.subdivision, service.first, service.last))
        except LookupError:
            place = "-".join(part for part in (row.country, row.subdivision) if part)
            tables.fault(line, "country", "holidays_unknown", place=place)
            continue
        found[row.service_id] = _with(service, days, row.exception_type)


def _with(service: Service, days: set[date], exception: int) -> Service:
    """A service that also runs on days, or does not; dates of calendar_dates.txt go first."""
    own = {*service.added, *service.removed}
    added, removed = set(service.added), set(service.removed)
    (added if exception == ADDED else removed).update(days - own)
    return Service(
        service.id,
        service.weekdays,
        service.first,
        service.last,
        tuple(sorted(added)),
        tuple(sorted(removed)),
    )


def _minute(tables: Tables, line: Line[TimeframeRow], field: str) -> int:
    """A time of the local clock in minutes; seconds count as the next whole minute."""
    hours, minutes, seconds = (int(part) for part in getattr(line.value, field).split(":"))
    if seconds:
        tables.note(line, field, "seconds_rounded")
    minute: int = hours * 60 + minutes + (seconds > 0)
    if minute > 24 * 60:
        tables.fault(line, field, "clock_too_late")
    return minute
