"""A bank's file becomes cards with holders: once, whatever ends it, and nothing in clear."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from satu.bench import cards_file
from satu.cards import rules
from satu.cards.import_file import COLUMNS
from satu.cards.import_run import CHUNK
from satu.cards.lifecycle import activate_card
from satu.cards.queries import faces, find
from satu.city.load import load_city
from satu.city.pack import read_pack
from satu.formats.luhn import check_digit
from satu.ledger.verify import verify
from satu.people.queries import find_by_nik, standing
from satu.taps.verify import ALL_CHECKS
from tests.commands import satu
from tests.database.cards_support import ACTOR, AT, audited, one
from tests.database.people_support import everything_stored
from tests.support import Database, TestServer

SATU = str(Path(sys.executable).with_name("satu"))
JAKARTA = Path(__file__).resolve().parents[2] / "cities" / "jakarta"
DIGITS = "936008500000001"
NUMBER = DIGITS + check_digit(DIGITS)
SECRETS = ("Contoh", "3171015708459999", "3171011505159998", "81200009999", "Agustus")
PEOPLE = f"""\
{",".join(COLUMNS)}
A-1,resident,,{NUMBER},6013-1,,,Siti Contoh,3171015708459999,081200009999,1945-08-17,31.71.01.1001
A-2,resident,,,6013-2,,,Siti Contoh,3171015708459999,,,
A-3,visitor,,,,,,,,,,
A-4,pupil,,,,,,Budi Contoh,3171011505159998,,,
"""
BAD = """\
A-1,resident,,,,,,Siti Contoh,3171015708459999,081200009999,1945-08-17,31.71.01.1001
A-3,visitor,,,,,,,,,,
A-5,resident,,936008500000001X,,,,,,,,
A-6,resident,,,6013-1,,,,,,,
A-7,gold,,,,,,,,,,
A-8,resident,king,,,,,,,,,
A-9,resident,,,,,,,3171015708459999,,,
A-10,resident,,,,,,Tono Contoh,3171013002001234,,,
A-11,resident,,,,,,Tuti Contoh,,,17 Agustus,
A-12,resident,,,,,,Tuti Contoh,,,,Jl. Melati 3
A-13,resident,,NUMBER,,,,,,,,
""".replace("NUMBER", NUMBER)
FAULTS = [
    (6, "reference", "reference_taken"),
    (7, "reference", "row_repeated"),
    (8, "number", "number_invalid"),
    (9, "bank_chip", "medium_taken"),
    (10, "product", "card_product_unknown"),
    (11, "category", "category_unknown"),
    (12, "name", "name_invalid"),
    (13, "nik", "nik_invalid"),
    (14, "birth_date", "dates_invalid"),
    (15, "area", "area_invalid"),
    (16, "number", "number_taken"),
]


@pytest.fixture
def city(database: Database) -> Iterator[psycopg.Connection[Any]]:
    load_city(pack=read_pack(JAKARTA), actor=ACTOR, at=AT)
    yield database.connect()


@pytest.fixture
def told() -> Any:
    """Runs `satu cards import …`: (exit code, the last line, all that was written)."""

    def ask(file: Path, *words: str) -> tuple[int, dict[str, Any], str]:
        command = ["cards", "import", str(file), "--issuer", "mandiri", "--json"]
        ran = satu(*command, "--processes", "1", *words)
        return ran.returncode, ran.told if ran.stdout else {}, ran.stdout + ran.stderr

    return ask


def count(conn: psycopg.Connection[Any], what: str) -> int:
    (number,) = one(conn, f"select count(*) from {what}")
    assert isinstance(number, int)
    return number


def test_cards_their_holders_and_what_is_wrong(
    city: psycopg.Connection[Any], database: Database, tmp_path: Path, told: Any
) -> None:
    file = tmp_path / "cards.csv"
    file.write_text(PEOPLE + BAD, encoding="utf-8")
    code, answer, said = told(file, "--level", "3")
    assert code == 0
    assert [tuple(fault.values()) for fault in answer["faults"]] == FAULTS
    del answer["faults"], answer["seconds"]
    report = Path(answer.pop("report"))
    assert answer == {"lines": 15, "made": 4, "known": 0, "residents": 2, "bad": 11}
    siti, budi = find_by_nik("3171015708459999"), find_by_nik("3171011505159998")
    assert siti and budi and siti != budi
    rows = city.execute(
        "select id, number, category, product, owner, state, expires_on from cards_card order by id"
    ).fetchall()
    own = [rules.printed_number("936008", serial) for serial in (2, 3, 4)]
    assert [row[:6] for row in rows] == [
        (1, NUMBER, "adult", 1, siti, 0),
        (2, own[0], "adult", 1, siti, 0),
        (3, own[1], "adult", 4, None, 0),
        (4, own[2], "adult", 2, budi, 0),
    ]
    assert all(row[6] is not None for row in rows)
    found = standing(siti)
    assert found is not None and (found.level, found.area) == (3, "31.71.01.1001")
    assert count(city, "cards_medium") == 2 and count(city, "people_resident") == 2
    (entry,) = audited(city, "cards.imported")
    assert entry[1:] == (
        "card_import",
        1,
        {"issuer": 1, "first": 1, "count": 4, "residents": 2, "from_line": 2, "to_line": 5},
    )
    assert verify(city, ALL_CHECKS).ok
    with report.open(encoding="utf-8") as lines:
        listed = list(csv.DictReader(lines))
    assert [(int(row["line"]), row["field"], row["code"]) for row in listed] == FAULTS
    assert "one of: merchant-staff, pupil" in listed[4]["allowed_en"]
    assert listed[1]["allowed_en"] == "once; as line 4"
    seen = said + report.read_text("utf-8")
    stored = everything_stored(database.owner())
    for secret in SECRETS:
        assert secret not in seen and secret.encode() not in stored
    code, answer, _ = told(file, "--level", "3")
    assert (answer["made"], answer["known"], answer["residents"], answer["bad"]) == (0, 4, 0, 11)
    assert count(city, "cards_card") == 4 and len(audited(city, "cards.imported")) == 1


def test_the_same_cards_in_another_file_are_known(
    city: psycopg.Connection[Any], tmp_path: Path, told: Any
) -> None:
    header, *lines = PEOPLE.splitlines(keepends=True)
    for name, content in (("a.csv", PEOPLE), ("b.csv", header + "".join(reversed(lines)))):
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert told(tmp_path / "a.csv")[1]["made"] == 4
    _, answer, _ = told(tmp_path / "b.csv")
    assert (answer["made"], answer["known"], answer["bad"], answer["report"]) == (0, 4, 0, None)
    assert not (tmp_path / "b.csv.bad.csv").exists()
    _, answer, _ = told(tmp_path / "b.csv", "--source", "a.csv")
    assert (answer["made"], answer["known"], answer["bad"]) == (0, 0, 4)


def test_cards_that_come_by_post_are_activated_by_what_is_printed(
    city: psycopg.Connection[Any], tmp_path: Path, told: Any
) -> None:
    file = tmp_path / "cards.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    assert told(file, "--not-active")[1]["made"] == 4
    assert one(city, "select min(state), max(state) from cards_card") == (1, 1)
    assert verify(city, ALL_CHECKS).ok
    card = find(NUMBER)
    assert card is not None
    (face,) = faces([card.id])
    activate_card(number=NUMBER, secret=face.secret, actor=ACTOR, at=AT)
    assert one(city, "select state from cards_card where number = %s", NUMBER) == (0,)
    assert verify(city, ALL_CHECKS).ok


def test_what_is_no_file_of_cards_is_told(
    city: psycopg.Connection[Any], tmp_path: Path, told: Any
) -> None:
    file = tmp_path / "cards.csv"
    code, _, said = told(file)
    assert code == 1 and "No such file" in said
    file.write_text("name,nik\nSiti,1\n", encoding="utf-8")
    code, _, said = told(file)
    assert code == 1 and "the first line names the columns" in said
    file.with_suffix(".csv.gz").write_bytes(b"no gzip")
    code, _, said = told(file.with_suffix(".csv.gz"))
    assert code == 1 and "zip" in said
    file.write_text(PEOPLE, encoding="utf-8")
    code, _, said = told(file, "--issuer", "nobody")
    assert code == 1 and "issuer_unknown" in said
    assert count(city, "cards_card") == 0 == count(city, "cards_import")


def start(file: Path) -> subprocess.Popen[str]:
    command = [SATU, "cards", "import", str(file), "--issuer", "mandiri", "--level", "3", "--json"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def is_whole(conn: psycopg.Connection[Any], cards: int) -> bool:
    """Each line of a made-up file is one card with one holder, one medium and its accounts."""
    owners, references, last = one(
        conn,
        "select count(distinct c.owner), count(distinct r.reference), max(c.id)"
        "  from cards_card c join cards_import_row r on r.card = c.id",
    )
    accounts = count(conn, f"ledger_account where party between 1 and {cards} and kind in (2, 6)")
    return (
        owners == references == last == cards == count(conn, "cards_card")
        and count(conn, "people_resident") == count(conn, "people_data_key") == cards
        and count(conn, "cards_medium") == cards
        and accounts == 2 * cards
        and verify(conn, ALL_CHECKS).ok
    )


def test_a_load_that_is_killed_goes_on_when_it_is_run_again(
    city: psycopg.Connection[Any], database: Database, tmp_path: Path
) -> None:
    file, cards = tmp_path / "cards.csv", 6 * CHUNK
    cards_file.write(file, cards)
    killed = start(file)
    deadline = time.monotonic() + 120
    while not (made := count(city, "cards_card")):
        assert killed.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    ours = "pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    while count(city, f"{ours} and application_name = ''  and state <> 'idle'"):
        time.sleep(0.05)
    made = count(city, "cards_card")
    assert made % CHUNK == 0
    again = start(file)
    said, errors = again.communicate(timeout=200)
    assert again.returncode == 0, errors
    answer = json.loads(said.splitlines()[-1])
    assert answer["made"] + answer["known"] == cards and answer["bad"] == 0
    assert answer["known"] >= made > 0
    assert is_whole(city, cards)
    entries = audited(city, "cards.imported")
    assert len(entries) == cards // CHUNK
    stored = everything_stored(database.owner()) + (said + errors).encode()
    for number in (0, cards - 1):
        cells = cards_file.line(number).split(",")
        name, nik, phone = (cells[COLUMNS.index(column)] for column in ("name", "nik", "phone"))
        assert not any(secret.encode() in stored for secret in (name, nik, phone[1:]))


def test_a_file_that_is_loaded_twice_at_once_makes_its_cards_once(
    city: psycopg.Connection[Any], server: TestServer, tmp_path: Path
) -> None:
    file, cards = tmp_path / "cards.csv", 2 * CHUNK
    cards_file.write(file, cards)
    said = [each.communicate(timeout=200) for each in [start(file), start(file)]]
    answers = [json.loads(out.splitlines()[-1]) for out, _ in said]
    assert sum(answer["made"] for answer in answers) == cards
    assert sum(answer["known"] for answer in answers) == cards
    assert [answer["bad"] for answer in answers] == [0, 0]
    assert is_whole(city, cards)
    # What went wrong on the way, one of them taking what the other took, is in the server's log.
    log = (server.postgres.data / "log").read_bytes()
    for number in range(cards):
        cells = cards_file.line(number).split(",")
        assert cells[COLUMNS.index("name")].encode() not in log
        assert cells[COLUMNS.index("nik")].encode() not in log
