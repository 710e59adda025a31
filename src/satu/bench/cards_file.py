"""A made-up bank's file of cards with their holders: for benches and tests. Nobody's data."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from satu.cards.import_file import COLUMNS
from satu.formats.identifiers.nik import Sex, make_nik

DISTRICTS = ("31.71.01", "31.72.02", "31.73.03", "31.74.04", "31.75.05")
NAMES = ("Siti", "Budi", "Dewi", "Agus", "Rina", "Joko", "Maya", "Eko")
SERIALS = 9_999
OLDEST = date(1940, 1, 1)
DAYS = 24_000
LINES_AT_ONCE = 10_000


def write(path: Path, cards: int, *, first: int = 0) -> bytes:
    """Write a file of so many cards, each of another person, with a bank's chip; its header.

    The persons are those of the numbers from `first` on.
    """
    header = ",".join(COLUMNS) + "\n"
    lines = map(line, range(first, first + cards))
    with path.open("w", encoding="utf-8") as file:
        file.write(header)
        while some := list(islice(lines, LINES_AT_ONCE)):
            file.writelines(some)
    return header.encode()


def line(number: int) -> str:
    """The line of the card and the person of a number from 0 on."""
    turn, serial = divmod(number, SERIALS)
    born = OLDEST + timedelta(days=turn * 7919 % DAYS)
    district = DISTRICTS[turn // DAYS % len(DISTRICTS)]
    nik = make_nik(district_code=district, born=born, sex=tuple(Sex)[number % 2], serial=serial + 1)
    name = f"{NAMES[number % len(NAMES)]} Contoh {number:08}"
    cells = {
        "reference": f"B{number:09}",
        "product": "resident",
        "category": "",
        "number": "",
        "bank_chip": f"6013{number:012}",
        "name": name,
        "nik": nik,
        "phone": f"0812{number:08}",
        "birth_date": born.isoformat(),
        "area": f"{district}.1001",
    }
    return ",".join(cells.get(column, "") for column in COLUMNS) + "\n"
