"""Reads a bank's file of cards and holders, line by line. Pure; docs/guides/load-cards.md.

What is wrong is told by line, column and what is allowed, never by what the cell holds.
"""

from __future__ import annotations

import csv
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from satu.cards import rules
from satu.cards.kinds import Medium
from satu.formats.identifiers.fault import WORDS as IDENTIFIER_WORDS
from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.nik import read_nik
from satu.formats.identifiers.phone import read_phone
from satu.people.kinds import Assurance
from satu.people.profile import NewResident, Profile
from satu.wire.messages import Words

TOKENS = {"bank_chip": Medium.BANK_CHIP, "emv": Medium.EMV, "qr": Medium.QR}
PERSON = ("name", "nik", "phone", "birth_date", "area")
COLUMNS = ("reference", "product", "category", "number", *TOKENS, *PERSON)
REQUIRED = ("reference", "product")
MAX_TOKEN_LENGTH = 64
MARK_BYTES = 4

CELLS = Words("paling banyak sebanyak kolom, dalam UTF-8", "at most as many as columns, in UTF-8")
REFERENCE = Words(
    f"1–{rules.MAX_REFERENCE_LENGTH} huruf atau angka",
    f"1 to {rules.MAX_REFERENCE_LENGTH} printable characters",
)
TOKEN = Words(
    f"1–{MAX_TOKEN_LENGTH} huruf atau angka", f"1 to {MAX_TOKEN_LENGTH} printable characters"
)
DAY = Words(
    "tanggal seperti 1945-08-17, tidak sesudah hari ini", "a day like 1945-08-17, not ahead"
)


class HeaderFault(ValueError):
    """The file does not begin with the columns."""


class Allowed(NamedTuple):
    """What cells may hold: codes of products, rider categories (the first is meant by an empty
    cell), the issuer's six digits. `level` is what the bank has proved of its holders."""

    products: Sequence[str]
    categories: Sequence[str]
    prefix: str
    level: Assurance
    on: date


class Row(NamedTuple):
    """A line that makes a card. `number` empty: Satu's own; `person` None: nobody holds it yet.

    `mark` tells a line from a changed one.
    """

    line: int
    reference: str
    mark: int
    product: str
    category: str
    number: str
    tokens: tuple[tuple[Medium, str], ...]
    person: NewResident | None

    def __repr__(self) -> str:
        return f"Row({self.line})"


class Bad(NamedTuple):
    """A line that makes no card: which column, a code, and what is allowed."""

    line: int
    field: str
    code: str
    allowed: Words


class Import(NamedTuple):
    """A file that is being loaded: its number here, and the bank whose cards they are."""

    id: int
    issuer: int
    prefix: str
    asset: int


class Loaded(NamedTuple):
    """What became of a chunk. `known` made their cards before; `residents` are new people."""

    made: int
    known: int
    residents: int
    bad: list[Bad]


class Lines:
    """Reads lines under the columns that a header names. `key` hides what marks are made of."""

    def __init__(self, header: bytes, allowed: Allowed, key: bytes) -> None:
        self._columns = read_header(header)
        self._allowed = allowed
        self._key = key
        self._numbers = Words(
            f"16 angka: {allowed.prefix}, lalu 5–9, delapan angka, angka pemeriksa; atau kosong",
            f"16 digits: {allowed.prefix}, then 5 to 9, eight digits, the check digit; or empty",
        )
        self._products = _one_of(allowed.products)
        self._categories = _one_of(allowed.categories)

    def read(self, first: int, lines: Iterable[bytes]) -> list[Row | Bad]:
        """Lines, the first of which has the number `first`. Blank ones are left out."""
        return [
            self._row(line, text) for line, text in enumerate(lines, first) if not text.isspace()
        ]

    def _row(self, line: int, text: bytes) -> Row | Bad:
        try:
            cells = cells_of(text)
        except (UnicodeDecodeError, csv.Error):
            return Bad(line, "", "row_unreadable", CELLS)
        if len(cells) > len(self._columns):
            return Bad(line, "", "row_unreadable", CELLS)
        given = dict.fromkeys(COLUMNS, "")
        given.update(zip(self._columns, cells, strict=False))
        return self._refuse(line, given) or self._person(line, given)

    def _refuse(self, line: int, given: Mapping[str, str]) -> Bad | None:
        """What is wrong with what is told of the card itself."""
        reference, number = given["reference"], given["number"]
        if not (0 < len(reference) <= rules.MAX_REFERENCE_LENGTH and reference.isprintable()):
            return Bad(line, "reference", "reference_invalid", REFERENCE)
        if given["product"] not in self._allowed.products:
            return Bad(line, "product", "card_product_unknown", self._products)
        if given["category"] and given["category"] not in self._allowed.categories:
            return Bad(line, "category", "category_unknown", self._categories)
        if number and not rules.is_banks_own(number, self._allowed.prefix):
            return Bad(line, "number", "number_invalid", self._numbers)
        for name in TOKENS:
            if len(given[name]) > MAX_TOKEN_LENGTH or not given[name].isprintable():
                return Bad(line, name, "token_invalid", TOKEN)
        return None

    def _person(self, line: int, given: dict[str, str]) -> Row | Bad:
        """The line as a row; NIK and phone in their one spelling."""
        person = None
        mark = mark_of(self._key, given.values())
        if any(given[name] for name in PERSON):
            born, allowed = None, self._allowed
            if given["nik"]:
                nik = read_nik(given["nik"], on=allowed.on)
                if isinstance(nik, Fault):
                    return Bad(line, "nik", "nik_invalid", IDENTIFIER_WORDS[nik])
                given["nik"] = nik.text
            if given["phone"]:
                phone = read_phone(given["phone"])
                if isinstance(phone, Fault):
                    return Bad(line, "phone", "phone_invalid", IDENTIFIER_WORDS[phone])
                given["phone"] = phone.text
            if given["birth_date"]:
                born = _day(given["birth_date"])
                if born is None or born > allowed.on:
                    return Bad(line, "birth_date", "dates_invalid", DAY)
            profile = Profile(
                name=given["name"], nik=given["nik"], phone=given["phone"], birth_date=born
            )
            person = NewResident(profile=profile, level=allowed.level, area=given["area"])
        return Row(
            line,
            given["reference"],
            mark,
            given["product"],
            given["category"] or self._allowed.categories[0],
            given["number"],
            tuple((kind, given[name]) for name, kind in TOKENS.items() if given[name]),
            person,
        )


def read_header(line: bytes) -> list[str]:
    """The columns that a file's first line names, in any order. Raises HeaderFault."""
    try:
        columns = cells_of(line.removeprefix(b"\xef\xbb\xbf"))
    except (UnicodeDecodeError, csv.Error):
        columns = []
    fits = set(REQUIRED) <= set(columns) <= set(COLUMNS) and len(set(columns)) == len(columns)
    if not fits:
        raise HeaderFault(
            f"the first line names the columns: {','.join(COLUMNS)};"
            f" all but {' and '.join(REQUIRED)} may be left out"
        )
    return columns


def cells_of(line: bytes) -> list[str]:
    """The cells of a line. A quoted cell ends on its line."""
    text = line.decode("utf-8").strip()
    cells = next(csv.reader([text], strict=True)) if '"' in text else text.split(",")
    return [cell.strip() for cell in cells]


def mark_of(key: bytes, cells: Iterable[str]) -> int:
    """Tells a line from a changed one: four bytes, too few to prove who a person is."""
    digest = hmac.digest(key, "\x1f".join(cells).encode(), sha256)
    return int.from_bytes(digest[:MARK_BYTES], "big", signed=True)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _one_of(codes: Sequence[str]) -> Words:
    listed = ", ".join(codes)
    return Words(f"salah satu: {listed}", f"one of: {listed}")
