"""`satu people`: what a person and a program see of it."""

from __future__ import annotations

import getpass
import io
from pathlib import Path
from typing import Any

import pytest

from satu.cards.actions import link_card
from satu.cards.queries import faces
from satu.people.codes import use_code
from satu.people.queries import find_by_nik, find_by_phone
from tests.commands import satu
from tests.database.cards_support import AT, issue, open_banks
from tests.database.people_support import REGISTER, SITI, audited
from tests.support import Database

FILE = f"""\ufeffname,nik,phone,birth_date,area
{SITI.name},3171 0157 0845 9999,0812-0000-9999,1945-08-17,31.71.01.1001
Budi Teladan Contoh,3171011505159998,,2015-05-15,31.71.01.1001
Siti Lagi,3171015708459999,,,
,,,,
Tono,3171013002001234,,,
Tini,,12,,
Toni,,,17 Agustus,
Tuti,,,,Jl. Melati 3
"""


@pytest.fixture
def told() -> Any:
    """Runs a command with --json: (exit code, its last line)."""

    def ask(*words: str) -> tuple[int, dict[str, Any]]:
        ran = satu("people", *words, "--json")
        return ran.returncode, ran.told

    return ask


@pytest.fixture
def people(database: Database, tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_text(FILE, encoding="utf-8")
    return file


def test_a_file_of_people_is_registered_once(database: Database, people: Path, told: Any) -> None:
    refusals = [
        [5, "name_invalid"],
        [6, "nik_invalid"],
        [7, "phone_invalid"],
        [8, "dates_invalid"],
        [9, "area_invalid"],
    ]
    expected = {"registered": 2, "known": 1, "refused": 5, "refusals": refusals}
    assert told("register", str(people), "--source", "counter-3") == (0, expected)
    assert find_by_nik(SITI.nik) == 1 and find_by_phone(SITI.phone) == [1]
    expected |= {"registered": 0, "known": 3}
    assert told("register", str(people), "--source", "counter-3") == (0, expected)
    ran = satu("people", "register", str(people), "--source", "counter-3", "--numbers")
    assert ran.returncode == 0
    shown = ran.stdout.splitlines()
    assert shown[:3] == ["2 1", "3 2", "4 1"] and shown[-1].startswith("0 baru / new, 3 ")
    assert not any(secret in "".join(shown) for secret in ("Siti", "Tono", "Agustus", "3171013"))
    assert len(audited(database.connect(), "people.registered")) == 3


def test_a_file_of_something_else_is_told(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people.write_text("Siti,3171015708459999\n", encoding="utf-8")
    ran = satu("people", "register", str(people), "--source", "x")
    assert ran.returncode == 1
    assert "the first line names the columns" in ran.stderr
    ran = satu("people", "register", str(people.parent / "none.csv"), "--source", "x")
    assert ran.returncode == 1
    assert "none.csv: No such file" in ran.stderr
    monkeypatch.setattr("sys.stdin", io.StringIO("name\nSiti\n"))
    ran = satu("people", "register", "-", "--source", "x", "--numbers")
    assert ran.returncode == 0
    assert "2 1" in ran.stdout


def test_looking_needs_a_register_a_job_and_a_reason(
    database: Database, people: Path, told: Any
) -> None:
    told("register", str(people), "--source", "counter-3", "--level", "3")
    ask = ("look", "1", "--case", "T-4711", "--purpose", "customer_service")
    code, answer = told(*ask)
    assert (code, answer["refused"]) == (1, "purpose_unknown")
    code, answer = told("purposes", "--load", str(REGISTER))
    assert code == 0 and "customer_service" in answer["changed"]
    assert told("purposes")[1] == {"changed": [], "purposes": answer["purposes"]}
    assert told(*ask)[1]["refused"] == "staff_unknown"
    me = getpass.getuser()
    hire = ("staff", me, "--organisation", "dishub", "--role", "desk")
    assert told(*hire)[1]["refused"] == "organisation_unknown"
    assert told(*hire, "--name", "Dinas Perhubungan")[0] == 0
    code, answer = told(*ask)
    assert code == 0 and answer == {
        "resident": 1,
        "name": SITI.name,
        "nik": SITI.nik,
        "phone": SITI.phone,
        "birth_date": "1945-08-17",
    }
    ran = satu("people", *ask)
    assert ran.returncode == 0 and SITI.name in ran.stdout
    looks = told("looks", "1")[1]["looks"]
    assert [(one["actor"], one["role"], one["case"]) for one in looks] == [
        (f"staff:{me}", "desk", "T-4711")
    ] * 2
    assert told(*hire, "--contractor", "--until", "2099-12-31")[0] == 0
    assert told(*ask)[1]["refused"] == "contractor"
    assert told(*hire, "--until", "2020-12-31")[0] == 0
    assert told(*ask)[1]["refused"] == "staff_expired"
    assert told("looks", "2")[1] == {"resident": 2, "looks": []}


def test_keys_are_rotated_and_a_person_without_cards_is_erased(
    database: Database, people: Path, told: Any
) -> None:
    told("register", str(people), "--source", "counter-3")
    open_banks()
    issue(count=1)
    (face,) = faces([1])
    assert link_card(number=face.number, secret=face.secret, owner=1, actor="resident:1", at=AT)
    kelurahan = {"area": "31.71.01.1001", "name": "", "within": ""}
    shown = {**kelurahan, "residents": 2, "with_card": 1, "without": 1}
    assert told("coverage")[1] == {"areas": [shown], "residents": 2}
    few = {**kelurahan, "residents": None, "with_card": None, "without": None}
    assert told("coverage", "--public")[1]["areas"] == [few]
    assert told("rotate-keys")[1] == {"master": 2, "moved": 2, "retired": [1]}
    code, answer = told("erase", "1")
    assert (code, answer["refused"]) == (1, "has_open_cards")
    assert told("erase", "2") == (0, {"resident": 2, "erased": True})
    assert told("erase", "2")[1]["refused"] == "resident_erased"
    assert told("erase", "99")[1]["refused"] == "resident_unknown"
    shown |= {"residents": 1, "without": 0}
    assert told("coverage")[1] == {"areas": [shown], "residents": 1}
    assert told("rotate-keys")[1] == {"master": 3, "moved": 1, "retired": [2]}


def test_a_demo_register_is_asked_and_a_code_is_printed_for_who_was_seen(
    people: Path, told: Any
) -> None:
    told("register", str(people), "--source", "counter-3")
    told("purposes", "--load", str(REGISTER))
    register = people.parent / "register.csv"
    register.write_text(f"nik,name,birth_date\n{SITI.nik},{SITI.name.upper()},1945-08-17\n")
    ask = ("check", "1", "--register", str(register))
    verdict = {"is_known": True, "name_matches": True, "birth_date_matches": True}
    assert told(*ask) == (0, {"resident": 1, **verdict, "is_match": True})
    assert told("check", "2", "--register", str(register))[1]["is_known"] is False
    assert told("print-code", "1", "--until", "2099-12-31")[1]["refused"] == "evidence_lacking"
    register.write_text("nik,name\n,Siti\n")
    ran = satu("people", *ask)
    assert ran.returncode == 1
    assert "line 2: a register has name, nik and birth_date" in ran.stderr
    seen = people.parent / "seen.csv"
    seen.write_text("name,nik\nTono Contoh,3171011505109997\n")
    told("register", str(seen), "--source", "counter-3", "--level", "3")
    code, answer = told("print-code", "3", "--until", "2099-12-31")
    assert code == 0 and use_code(code=answer["code"], actor="counter:3", at=AT) == 3


def test_consents_and_guardians_are_kept_at_the_desk(people: Path, told: Any) -> None:
    told("register", str(people), "--source", "counter-3")
    told("purposes", "--load", str(REGISTER))
    ask = ("consent", "1", "--purpose", "surveys")
    assert told(*ask)[1]["refused"] == "consent_text_outdated"
    given = {"resident": 1, "purpose": "surveys", "consents": True}
    assert told(*ask, "--version", "1") == (0, given)
    assert told(*ask, "--withdraw") == (0, given | {"consents": False})
    parent = ("guardian", "1", "2", "--kind", "parent", "--scope", "card", "--case", "T-1")
    assert told(*parent)[1]["refused"] == "staff_unknown"
    told("staff", "ani", "--organisation", "dishub", "--name", "Dishub", "--role", "desk")
    code, answer = told(*parent, "--login", "ani", "--until", "2030-01-31")
    assert (code, answer) == (0, {"guardian": 1, "ward": 2, "until": "2030-01-31"})
    assert told("looks", "2")[1]["looks"][0]["purpose"] == "guardianship"


def test_who_is_found_has_their_data_and_leaves(
    database: Database, people: Path, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told("register", str(people), "--source", "counter-3")
    told("purposes", "--load", str(REGISTER))
    open_banks()
    issue(count=1)
    (face,) = faces([1])
    assert link_card(number=face.number, secret=face.secret, owner=1, actor="resident:1", at=AT)
    me = getpass.getuser()
    roles = ("--role", "desk", "--role", "privacy")
    assert told("staff", me, "--organisation", "dishub", "--name", "Dishub", *roles)[0] == 0
    why = ("--purpose", "customer_service", "--case", "T-1")
    assert told("find", "--card", face.number, *why) == (0, {"residents": [1]})
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "0812-0000-9999")
    assert told("find", *why) == (0, {"residents": [1]})
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "3171 0157 0845 9999")
    assert told("find", *why) == (0, {"residents": [1]})
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "Siti")
    assert satu("people", "find", *why).returncode == 1
    assert told("find", "--card", "1", "--purpose", "x", "--case", "T-1")[1]["refused"] == (
        "purpose_unknown"
    )
    assert told("limit", "1", "2", "--monthly", "9000")[1]["refused"] == "not_guardian"
    shared = ("guardian", "1", "2", "--kind", "parent", "--scope", "money", "--case", "T-1")
    assert told(*shared)[0] == 0
    set_to = {"guardian": 1, "ward": 2, "monthly": 9_000}
    assert told("limit", "1", "2", "--monthly", "9000") == (0, set_to)
    assert told("limit", "1", "2", "--monthly", "0") == (0, set_to | {"monthly": None})
    file = people.parent / "1.json"
    asked = ("export", "1", "--to", str(file), "--case", "T-1")
    assert told(*asked) == (0, {"resident": 1, "file": str(file), "cards": 1})
    assert SITI.nik in file.read_text("utf-8") and file.stat().st_mode & 0o777 == 0o600
    again = satu("people", *asked)
    assert again.returncode == 1 and "nothing was written over" in again.stderr
    code, done = told("leave", "1")
    assert (code, done["cards"], done["is_erased"]) == (0, [1], False)
    assert told("leave", "2")[1] == {"resident": 2, "cards": [], "due_on": None, "is_erased": True}
    assert told("leave", "2")[1]["refused"] == "resident_erased"
