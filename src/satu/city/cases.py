"""What a city says of cases: a pack's `cases.toml`, which it may do without. No database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, time
from pathlib import Path
from typing import Annotated

import msgspec

from satu.cases.kinds import (
    FILLED_IN,
    KNOWN,
    REQUIRED_ANSWERS,
    REQUIRED_KINDS,
    Answer,
    CityCases,
    Hours,
    Kind,
    Team,
    fields_of,
)
from satu.formats.faults.fault import Fault, Value, fault_at
from satu.formats.holidays import public_holidays
from satu.formats.toml import read_toml

FILE = "cases.toml"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class WorkingHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the city works. Holidays are a country's between two days, and the days in `closed`."""

    days: Annotated[list[str], msgspec.Meta(min_length=1)]
    begins: time
    ends: time
    country: Annotated[str, msgspec.Meta(pattern="^([A-Z]{2})?$")] = ""
    subdivision: str = ""
    first: date | None = None
    last: date | None = None
    closed: list[date] = []


class CasesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file."""

    hours: WorkingHours
    teams: Annotated[list[Team], msgspec.Meta(min_length=1)]
    kinds: list[Kind]
    answers: list[Answer]
    reopen_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 14


def read_cases(folder: Path, faults: list[Fault]) -> CityCases | None:
    """What a folder says of cases; None if there is no such file, or it is faulty."""
    path = folder / FILE
    if not path.is_file():
        return None
    given = read_toml(path.read_bytes(), FILE, CasesFile)
    if isinstance(given, Fault):
        faults.append(given)
        return None
    hours = _hours(given.hours)
    if isinstance(hours, Fault):
        faults.append(hours)
        return None
    found = list(_faults(given))
    faults += found
    if found:
        return None
    return CityCases(hours, given.teams, given.kinds, given.answers, given.reopen_days)


def _wrong(field: str, code: str, /, **values: Value) -> Fault:
    return fault_at(FILE, 0, field, code, **values)


def _hours(given: WorkingHours) -> Hours | Fault:
    if unknown := set(given.days) - set(WEEK):
        names, allowed = ", ".join(sorted(unknown)), ", ".join(WEEK)
        return _wrong("hours.days", "days_unknown", names=names, allowed=allowed)
    if given.begins >= given.ends:
        return _wrong("hours.ends", "hours_backwards")
    closed = set(given.closed)
    if given.country:
        if given.first is None or given.last is None:
            return _wrong("hours", "holidays_undated")
        try:
            closed |= set(
                public_holidays(given.country, given.subdivision, given.first, given.last)
            )
        except LookupError:
            place = "-".join(part for part in (given.country, given.subdivision) if part)
            return _wrong("hours.country", "holidays_unknown", place=place)
    days = sorted({WEEK.index(day) for day in given.days})
    return Hours(days, given.begins, given.ends, sorted(closed))


def _faults(given: CasesFile) -> Iterator[Fault]:
    """Everything that does not fit together."""
    kinds, teams, answers = _codes(given.kinds), _codes(given.teams), _codes(given.answers)
    for name, codes in (("kinds", kinds), ("teams", teams), ("answers", answers)):
        if twice := [code for code, count in Counter(codes).items() if count > 1]:
            yield _wrong(name, "codes_repeated", names=tuple(twice))
    for name, required, codes in (
        ("kinds", REQUIRED_KINDS, kinds),
        ("answers", REQUIRED_ANSWERS, answers),
    ):
        if missing := required - set(codes):
            yield _wrong(name, "codes_missing", names=tuple(sorted(missing)))
    for kind in given.kinds:
        if unknown := set(kind.teams) - set(teams):
            yield _wrong(
                f"kinds.{kind.code}.teams", "codes_undefined", names=tuple(sorted(unknown))
            )
    for answer in given.answers:
        if unknown := set(answer.kinds) - set(kinds):
            yield _wrong(
                f"answers.{answer.code}.kinds", "codes_undefined", names=tuple(sorted(unknown))
            )
        yield from _text_faults(answer)


def _text_faults(answer: Answer) -> Iterator[Fault]:
    place = f"answers.{answer.code}"
    try:
        fields, others = fields_of(answer.id), fields_of(answer.en)
    except ValueError as error:
        yield _wrong(place, "answer_unreadable", detail=str(error))
        return
    if fields != others:
        yield _wrong(place, "answer_places_differ")
    if unknown := fields - FILLED_IN - KNOWN:
        allowed = ", ".join(sorted(FILLED_IN | KNOWN))
        yield _wrong(place, "answer_places_unknown", names=tuple(sorted(unknown)), allowed=allowed)


def _codes(given: Sequence[Team | Kind | Answer]) -> list[str]:
    return [one.code for one in given]
