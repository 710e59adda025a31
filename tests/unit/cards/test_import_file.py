"""Reading a bank's file: what lines mean, and which column is at fault, never with its content."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.cards import rules
from satu.cards.import_file import (
    COLUMNS,
    Allowed,
    Bad,
    HeaderFault,
    Lines,
    Row,
    cells_of,
    mark_of,
    read_header,
)
from satu.cards.import_run import CHUNK, MAX_LINE_BYTES, File
from satu.cards.kinds import Medium
from satu.formats.luhn import check_digit
from satu.people.kinds import Assurance
from satu.people.profile import NewResident, Profile

PREFIX = "936008"
KEY = bytes(32)
ALLOWED = Allowed(
    ("resident", "pupil"), ("adult", "child"), PREFIX, Assurance.ANONYMOUS, date(2026, 1, 5)
)
HEADER = ",".join(COLUMNS).encode()
DIGITS = PREFIX + "500000001"
NUMBER = DIGITS + check_digit(DIGITS)
GOOD = {
    "reference": "A-1",
    "product": "resident",
    "category": "child",
    "number": NUMBER,
    "bank_chip": "6013000000000001",
    "qr": "Q1",
    "name": '"Contoh, Siti"',
    "nik": "3171 0157 0845 9999",
    "phone": "0812-0000-9999",
    "birth_date": "1945-08-17",
    "area": "31.71.01.1001",
}


def line(**changed: str) -> bytes:
    cells = GOOD | changed
    return ",".join(cells.get(name, "") for name in COLUMNS).encode() + b"\n"


def read(text: bytes, header: bytes = HEADER) -> Row | Bad:
    (row,) = Lines(header, ALLOWED, KEY).read(7, [text])
    return row


def test_a_line_is_a_card_and_its_holder() -> None:
    row = read(line())
    assert isinstance(row, Row)
    assert (row.line, row.reference, row.product, row.category) == (7, "A-1", "resident", "child")
    assert row.number == NUMBER
    assert row.tokens == ((Medium.BANK_CHIP, "6013000000000001"), (Medium.QR, "Q1"))
    assert row.person == NewResident(
        profile=Profile(
            name="Contoh, Siti",
            nik="3171015708459999",
            phone="+6281200009999",
            birth_date=date(1945, 8, 17),
        ),
        area="31.71.01.1001",
    )
    assert "Siti" not in repr(row) and "3171" not in repr(row)


def test_columns_come_in_any_order_and_most_may_lack() -> None:
    row = read(b"pupil,B-2\r\n", b"\xef\xbb\xbfproduct,reference\r\n")
    assert isinstance(row, Row)
    assert (row.reference, row.product, row.category) == ("B-2", "pupil", "adult")
    assert (row.number, row.tokens, row.person) == ("", (), None)


@pytest.mark.parametrize(
    "header", [b"", b"name,nik", b"reference", b"reference,product,salary", b"\xff\xfe",
               b"reference,product,reference", b'reference,"product']
)  # fmt: skip
def test_a_header_that_is_none(header: bytes) -> None:
    with pytest.raises(HeaderFault, match="the first line names the columns"):
        read_header(header)


@pytest.mark.parametrize(
    ("changed", "field", "code", "allowed"),
    [
        ({"reference": ""}, "reference", "reference_invalid", "1 to 64 printable"),
        ({"reference": "r" * 65}, "reference", "reference_invalid", "1 to 64 printable"),
        ({"product": "gold"}, "product", "card_product_unknown", "one of: resident, pupil"),
        ({"category": "king"}, "category", "category_unknown", "one of: adult, child"),
        ({"number": NUMBER[:-1]}, "number", "number_invalid", "16 digits: 936008"),
        (
            {"number": rules.printed_number(PREFIX, 17)},
            "number",
            "number_invalid",
            "then 5 to 9",
        ),
        ({"emv": "x" * 65}, "emv", "token_invalid", "1 to 64 printable"),
        ({"nik": "9971015708459999"}, "nik", "nik_invalid", "province"),
        ({"phone": "12"}, "phone", "phone_invalid", "phone number"),
        ({"birth_date": "17 Agustus"}, "birth_date", "dates_invalid", "1945-08-17"),
        ({"birth_date": "2026-01-06"}, "birth_date", "dates_invalid", "not ahead"),
        ({"area": "a,b"}, "", "row_unreadable", "as many as columns"),
        ({"name": '"open'}, "", "row_unreadable", "as many as columns"),
    ],
)
def test_what_is_wrong_is_told_by_column(
    changed: dict[str, str], field: str, code: str, allowed: str
) -> None:
    bad = read(line(**changed))
    assert isinstance(bad, Bad)
    assert bad[:3] == (7, field, code)
    assert allowed in bad.allowed.en and bad.allowed.id
    told = bad.allowed.id + bad.allowed.en
    assert not any(len(value) > 3 and value in told for value in changed.values())


def test_bytes_that_are_no_text_are_a_bad_line() -> None:
    bad = read(line(name="x").replace(b"x", b"\xff"))
    assert isinstance(bad, Bad) and bad.code == "row_unreadable"


def test_blank_lines_count_and_make_nothing() -> None:
    rows = Lines(HEADER, ALLOWED, KEY).read(2, [b"\n", line(), b"  \r\n", line(product="gold")])
    assert [row.line for row in rows] == [3, 5]


def test_a_mark_tells_a_changed_line_and_needs_the_key() -> None:
    one, other = read(line()), read(line(phone="081200009998"))
    assert isinstance(one, Row) and isinstance(other, Row)
    assert one.mark == read(line()).mark != other.mark
    assert mark_of(KEY, ["a"]) != mark_of(bytes(31) + b"1", ["a"])
    assert -(1 << 31) <= one.mark < 1 << 31


@given(st.binary(max_size=200))
@settings(max_examples=50)
def test_any_line_is_a_row_or_bad(text: bytes) -> None:
    for row in Lines(HEADER, ALLOWED, KEY).read(2, [text]):
        assert isinstance(row, Row | Bad) and row.line == 2


def test_cells_may_be_quoted() -> None:
    assert cells_of(b' a ,"b, ""c""",\n') == ["a", 'b, "c"', ""]


@pytest.mark.parametrize("name", ["cards.csv", "cards.csv.gz"])
def test_a_file_is_read_in_chunks(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = HEADER + b"\n" + line() * (CHUNK + 1)
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    with File(path) as file:
        assert file.header == HEADER + b"\n"
        chunks = list(file.chunks())
        assert [(chunk.first, len(chunk.lines)) for chunk in chunks] == [(2, CHUNK), (CHUNK + 2, 1)]
        assert file.done == file.size == path.stat().st_size


def test_a_line_without_end_is_no_csv(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    path.write_bytes(HEADER + b"\n" + b"x" * MAX_LINE_BYTES)
    with File(path) as file, pytest.raises(HeaderFault, match="longer than"):
        list(file.chunks())


def test_numbers_of_banks_and_of_satu_never_meet() -> None:
    assert rules.is_banks_own(NUMBER, PREFIX) and not rules.is_banks_own(NUMBER, "936014")
    last = rules.printed_number(PREFIX, rules.MAX_SERIAL)
    assert not rules.is_banks_own(last, PREFIX)
    assert not rules.is_banks_own(f"{NUMBER[:4]} {NUMBER[4:]}", PREFIX)
