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
from satu.formats.holidays import public_holidays
from satu.formats.rows import Fault

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
    try:
        given = msgspec.toml.decode(path.read_bytes(), type=CasesFile)
        hours = _hours(given.hours)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(FILE, 0, "", str(error)))
        return None
    except (LookupError, ValueError) as error:
        faults.append(Fault(FILE, 0, "hours", str(error)))
        return None
    found = list(_faults(given))
    faults += [Fault(FILE, 0, field, problem) for field, problem in found]
    if found:
        return None
    return CityCases(hours, given.teams, given.kinds, given.answers, given.reopen_days)


def _hours(given: WorkingHours) -> Hours:
    if unknown := set(given.days) - set(WEEK):
        raise ValueError(f"days: {', '.join(sorted(unknown))}; allowed: {', '.join(WEEK)}")
    if given.begins >= given.ends:
        raise ValueError("ends: is not after begins")
    closed = set(given.closed)
    if given.country:
        if given.first is None or given.last is None:
            raise ValueError("first, last: say of which days the country's holidays are")
        closed |= set(public_holidays(given.country, given.subdivision, given.first, given.last))
    days = sorted({WEEK.index(day) for day in given.days})
    return Hours(days, given.begins, given.ends, sorted(closed))


def _faults(given: CasesFile) -> Iterator[tuple[str, str]]:
    """(field, problem) of everything that does not fit together."""
    kinds, teams, answers = _codes(given.kinds), _codes(given.teams), _codes(given.answers)
    for name, codes in (("kinds", kinds), ("teams", teams), ("answers", answers)):
        if twice := [code for code, count in Counter(codes).items() if count > 1]:
            yield name, f"{', '.join(twice)} is there twice"
    for name, required, codes in (
        ("kinds", REQUIRED_KINDS, kinds),
        ("answers", REQUIRED_ANSWERS, answers),
    ):
        if missing := required - set(codes):
            yield name, f"{', '.join(sorted(missing))} is missing"
    for kind in given.kinds:
        if unknown := set(kind.teams) - set(teams):
            yield f"kinds.{kind.code}", f"teams: {', '.join(sorted(unknown))} is not defined"
    for answer in given.answers:
        if unknown := set(answer.kinds) - set(kinds):
            yield f"answers.{answer.code}", f"kinds: {', '.join(sorted(unknown))} is not defined"
        yield from _text_faults(answer)


def _text_faults(answer: Answer) -> Iterator[tuple[str, str]]:
    place = f"answers.{answer.code}"
    try:
        fields, others = fields_of(answer.id), fields_of(answer.en)
    except ValueError as error:
        yield place, str(error)
        return
    if fields != others:
        yield place, "id and en have other places to fill in"
    if unknown := fields - FILLED_IN - KNOWN:
        allowed = ", ".join(sorted(FILLED_IN | KNOWN))
        yield place, f"{', '.join(sorted(unknown))} cannot be filled in; allowed: {allowed}"


def _codes(given: Sequence[Team | Kind | Answer]) -> list[str]:
    return [one.code for one in given]
