"""Reads files of people for `satu people`. Faults name a line, never what is in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.nik import read_nik
from satu.formats.identifiers.phone import read_phone
from satu.people.errors import Refusal
from satu.people.kinds import Assurance
from satu.people.profile import NewResident, Profile

COLUMNS = ("name", "nik", "phone", "birth_date", "area")


class FileFault(ValueError):
    """The file is not one of people."""


class Line(NamedTuple):
    """A line of the file: who is to be registered, or why not."""

    number: int
    new: NewResident | Refusal


def read_people(lines: Iterable[str], *, level: Assurance, on: date) -> Iterator[Line]:
    """People from CSV with the header `name,nik,phone,birth_date,area`, in any order.

    Only the name must be there. NIK and phone may have blanks and dots, dates are ISO 8601.
    """
    rows = csv.DictReader(lines)
    header = set(rows.fieldnames or ())
    if "name" not in header or header - set(COLUMNS):
        raise FileFault(f"the first line names the columns: {','.join(COLUMNS)}")
    for row in rows:
        yield Line(rows.line_num, _read(row, level, on))


def read_records(lines: Iterable[str], *, on: date) -> dict[str, tuple[str, date]]:
    """A civil register for demos, from such a file: names and birth dates by NIK."""
    records = {}
    for line in read_people(lines, level=Assurance.ANONYMOUS, on=on):
        known = None if isinstance(line.new, Refusal) else line.new.profile
        if known is None or not known.nik or known.birth_date is None:
            raise FileFault(f"line {line.number}: a register has name, nik and birth_date")
        records[known.nik] = (known.name, known.birth_date)
    return records


def _read(row: dict[str, str | None], level: Assurance, on: date) -> NewResident | Refusal:
    given = {name: (row.get(name) or "").strip() for name in COLUMNS}
    nik = read_nik(given["nik"], on=on) if given["nik"] else None
    if isinstance(nik, Fault):
        return Refusal.NIK_INVALID
    phone = read_phone(given["phone"]) if given["phone"] else None
    if isinstance(phone, Fault):
        return Refusal.PHONE_INVALID
    try:
        born = date.fromisoformat(given["birth_date"]) if given["birth_date"] else None
    except ValueError:
        return Refusal.DATES_INVALID
    profile = Profile(
        name=given["name"],
        nik=nik.text if nik else "",
        phone=phone.text if phone else "",
        birth_date=born,
    )
    return NewResident(profile=profile, level=level, area=given["area"])
