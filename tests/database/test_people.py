"""Residents: registered once for each NIK, proved, corrected, erased; many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import psycopg
import pytest
from django.db import connections

from satu.people.actions import (
    Registered,
    correct_profile,
    erase_resident,
    make_household,
    move,
    register_resident,
    register_residents,
)
from satu.people.errors import Refusal
from satu.people.identity import LocalRegister, Verdict, check_with_register, confirm
from satu.people.kinds import Assurance
from satu.people.profile import NewResident, Profile
from satu.people.queries import (
    Standing,
    find_by_nik,
    find_by_phone,
    standing,
    who_looked,
)
from tests.database.people_support import (
    ACTOR,
    AT,
    BUDI,
    SITI,
    audited,
    everything_stored,
    look,
    prepare,
    register,
)
from tests.support import Database

JOB = "job:check"


def counted(conn: psycopg.Connection, table: str) -> int:
    row = conn.execute(f"select count(*) from people_{table}").fetchone()
    assert row is not None
    return int(row[0])


def test_a_nik_is_one_person(database: Database) -> None:
    new = NewResident(profile=SITI, level=Assurance.PHONE, area="31.71.01.1001")
    assert register_resident(new=new, actor=ACTOR, at=AT) == Registered(1, True)
    again = NewResident(profile=Profile(name="Somebody else", nik=SITI.nik))
    assert register_resident(new=again, actor=ACTOR, at=AT) == Registered(1, False)
    assert standing(1) == Standing(Assurance.PHONE, "31.71.01.1001", None, False)
    assert find_by_nik(SITI.nik) == 1 and find_by_nik(BUDI.nik) is None
    assert find_by_phone(SITI.phone) == [1] and find_by_phone("+628999") == []
    assert find_by_nik("") is None and find_by_phone("") == []
    assert audited(database.connect(), "person.registered") == [
        ("person.registered", ACTOR, "person", "1", {"level": 1})
    ]


def test_a_family_shares_a_phone_and_nobody_needs_one(database: Database) -> None:
    child = Profile(name="Budi", phone=SITI.phone)
    assert [register(), register(child), register(None), register(None)] == [1, 2, 3, 4]
    assert find_by_phone(SITI.phone) == [1, 2]
    assert standing(4) == Standing(Assurance.ANONYMOUS, "", None, False)
    prepare()
    assert look(4) == Profile(name="")


def test_a_batch_answers_each_and_is_written_down_once(database: Database) -> None:
    known = register()
    people = [
        NewResident(profile=BUDI),
        NewResident(profile=SITI),
        NewResident(profile=BUDI),
        NewResident(profile=Profile(name="")),
        NewResident(profile=Profile(name="A\nB")),
        NewResident(profile=Profile(name="A", nik="3171013002001234")),
        NewResident(profile=Profile(name="A", phone="081200009999")),
        NewResident(profile=Profile(name="A"), area="jl. melati 3"),
        NewResident(profile=Profile(name="A"), level=Assurance.PHONE),
        NewResident(profile=SITI, level=Assurance.REGISTER),
        NewResident(profile=None, level=Assurance.IN_PERSON),
        NewResident(profile=None),
    ]
    answers = register_residents(people=people, source="bank-7", actor=ACTOR, at=AT)
    budi = find_by_nik(BUDI.nik)
    assert budi is not None
    last = answers[-1]
    assert answers[:-1] == [
        Registered(budi, True),
        Registered(known, False),
        Registered(budi, False),
        Refusal.NAME_INVALID,
        Refusal.NAME_INVALID,
        Refusal.NIK_INVALID,
        Refusal.PHONE_INVALID,
        Refusal.AREA_INVALID,
        Refusal.EVIDENCE_LACKING,
        Refusal.EVIDENCE_LACKING,
        Refusal.EVIDENCE_LACKING,
    ]
    assert isinstance(last, Registered) and last.is_new
    conn = database.connect()
    assert counted(conn, "resident") == 3 and counted(conn, "data_key") == 2
    detail = {"count": 2, "known": 2, "refused": 8, "first": budi, "last": last.resident}
    assert audited(conn, "people.registered") == [
        ("people.registered", ACTOR, "people_source", "bank-7", detail)
    ]
    assert register_residents(people=[], source="bank-7", actor=ACTOR, at=AT) == []


def test_the_same_people_registered_at_once_are_registered_once(database: Database) -> None:
    people = [
        NewResident(profile=Profile(name=f"Orang {n}", nik=f"317101010101{n:04}"))
        for n in range(60)
    ]

    def go(turn: int) -> list[Registered | Refusal]:
        shuffled = people[turn * 7 :] + people[: turn * 7]
        try:
            return register_residents(people=shuffled, source=f"b-{turn}", actor=ACTOR, at=AT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(go, range(8)))
    numbers = [{one.resident for one in batch if isinstance(one, Registered)} for batch in made]
    assert all(len(batch) == 60 for batch in made)
    assert all(found == numbers[0] for found in numbers) and len(numbers[0]) == 60
    assert sum(one.is_new for batch in made for one in batch if isinstance(one, Registered)) == 60
    conn = database.connect()
    assert counted(conn, "resident") == counted(conn, "data_key") == 60
    assert counted(conn, "master_key") == 1


CIVIL = LocalRegister({SITI.nik: ("SITI  PURNAMASARI CONTOH", date(1945, 8, 17))})


@pytest.mark.parametrize(
    ("profile", "verdict", "level"),
    [
        (SITI, Verdict(True, True, True), Assurance.REGISTER),
        (
            Profile(name="Siti P.", nik=SITI.nik, birth_date=date(1945, 8, 18)),
            Verdict(True, False, False),
            Assurance.ANONYMOUS,
        ),
        (BUDI, Verdict(False, False, False), Assurance.ANONYMOUS),
    ],
)
def test_the_register_only_says_whether_it_matches(
    database: Database, profile: Profile, verdict: Verdict, level: Assurance
) -> None:
    prepare()
    resident = register(profile)
    asked = check_with_register(resident=resident, register=CIVIL, actor=JOB, at=AT)
    assert asked == verdict
    found = standing(resident)
    assert found is not None and found.level is level
    rows = database.connect().execute(
        "select register, is_known, name_matches, birth_date_matches from people_check"
    )
    assert rows.fetchall() == [("local", *verdict)]
    assert [entry.purpose for entry in who_looked(resident)] == ["identity_check"]
    stored = everything_stored(database.owner())
    assert b"PURNAMASARI" not in stored and b"1945-08" not in stored


def test_what_cannot_be_checked_is_not_asked(database: Database) -> None:
    prepare()
    unknown, nameless = register(Profile(name="Siti", nik=SITI.nik)), register(None)
    for resident in (unknown, nameless):
        assert (
            check_with_register(resident=resident, register=CIVIL, actor=JOB, at=AT)
            is Refusal.EVIDENCE_LACKING
        )
    asked = check_with_register(resident=unknown, register=CIVIL, actor=ACTOR, at=AT)
    assert asked is Refusal.ROLE_NOT_HELD
    assert counted(database.connect(), "check") == 0


def test_a_verdict_on_a_profile_that_was_corrected_meanwhile_is_not_kept(
    database: Database,
) -> None:
    prepare()
    siti = register()

    class Slow(LocalRegister):
        def match(self, *, nik: str, name: str, birth_date: date) -> Verdict:
            correct_profile(resident=siti, profile=BUDI, actor=ACTOR, at=AT)
            return super().match(nik=nik, name=name, birth_date=birth_date)

    slow = Slow({SITI.nik: (SITI.name, date(1945, 8, 17))})
    asked = check_with_register(resident=siti, register=slow, actor=JOB, at=AT)
    assert asked is Refusal.PROFILE_CHANGED
    assert counted(database.connect(), "check") == 0
    assert standing(siti) == Standing(Assurance.ANONYMOUS, "", None, False)


def test_levels_rise_by_proof_and_fall_with_a_correction(database: Database) -> None:
    prepare()
    siti, budi = register(), register(BUDI)

    def prove(resident: int, level: Assurance) -> Assurance | Refusal:
        return confirm(resident=resident, level=level, actor=ACTOR, at=AT)

    assert prove(siti, Assurance.PHONE) is Assurance.PHONE
    assert prove(siti, Assurance.IN_PERSON) is Assurance.IN_PERSON
    assert prove(siti, Assurance.PHONE) is Assurance.IN_PERSON, "a lesser proof takes nothing away"
    assert prove(budi, Assurance.PHONE) is Refusal.EVIDENCE_LACKING
    assert prove(99, Assurance.PHONE) is Refusal.RESIDENT_UNKNOWN
    fixed = Profile(name="Siti Purnamasari", nik=SITI.nik, phone=SITI.phone)

    def correct(profile: Profile, resident: int = siti) -> Assurance | Refusal:
        return correct_profile(resident=resident, profile=profile, actor=ACTOR, at=AT)

    assert correct(fixed) is Assurance.PHONE
    assert look(siti) == fixed
    assert correct(Profile(name="Siti", nik=BUDI.nik)) is Refusal.NIK_TAKEN
    assert correct(Profile(name="Siti", nik="1")) is Refusal.NIK_INVALID
    assert correct(fixed, 99) is Refusal.RESIDENT_UNKNOWN
    assert look(siti) == fixed
    assert correct(Profile(name="Siti", phone="+6281300009999")) is Assurance.ANONYMOUS
    assert find_by_nik(SITI.nik) is None and find_by_phone(SITI.phone) == []
    assert counted(database.connect(), "data_key") == 2


def test_of_two_corrections_to_one_nik_at_once_one_is_made(database: Database) -> None:
    people = [register(Profile(name=f"Orang {n}")) for n in range(6)]

    def go(resident: int) -> Assurance | Refusal:
        try:
            return correct_profile(resident=resident, profile=SITI, actor=ACTOR, at=AT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(go, people))
    assert sorted(done, key=str) == [Assurance.ANONYMOUS] + [Refusal.NIK_TAKEN] * 5
    assert find_by_nik(SITI.nik) == people[done.index(Assurance.ANONYMOUS)]


def test_of_two_that_erase_one_person_one_did_and_looks_before_or_after(
    database: Database,
) -> None:
    prepare()
    siti = register()

    def go(turn: int) -> Profile | Refusal | None:
        try:
            if turn % 2:
                return look(siti)
            return erase_resident(resident=siti, reason="asked", open_cards=0, actor=ACTOR, at=AT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(go, range(16)))
    assert sorted(map(str, done[::2])) == ["None"] + ["resident_erased"] * 7
    seen = [one for one in done[1::2] if one != Refusal.RESIDENT_ERASED]
    assert all(one == SITI for one in seen) and len(who_looked(siti)) == len(seen)
    assert counted(database.connect(), "data_key") == 0


def test_an_erased_person_is_unreadable_for_ever_and_keeps_the_number(database: Database) -> None:
    prepare()
    siti, budi = register(area="31.71.01.1001"), register(BUDI)
    make_household(members=[siti, budi], actor=ACTOR, at=AT)
    look(siti)
    owner = database.owner()
    (profile,) = owner.execute("select profile from people_resident where id = 1").fetchone() or ()

    def erase(cards: int = 0) -> Refusal | None:
        return erase_resident(
            resident=siti, reason="asked", open_cards=cards, actor="staff:dpo", at=AT
        )

    assert erase(cards=1) is Refusal.HAS_OPEN_CARDS
    assert look(siti) == SITI
    assert erase() is None
    assert erase() is Refusal.RESIDENT_ERASED
    assert standing(siti) == Standing(Assurance.ANONYMOUS, "", None, True)
    assert look(siti) is Refusal.RESIDENT_ERASED
    assert find_by_nik(SITI.nik) is None
    with pytest.raises(psycopg.errors.CheckViolation):  # the row cannot be filled again
        owner.execute("update people_resident set profile = %s where id = 1", [profile])
    for refused in (
        confirm(resident=siti, level=Assurance.PHONE, actor=ACTOR, at=AT),
        correct_profile(resident=siti, profile=SITI, actor=ACTOR, at=AT),
        move(resident=siti, area="", actor=ACTOR, at=AT),
        make_household(members=[siti], actor=ACTOR, at=AT),
        erase_resident(resident=99, reason="asked", open_cards=0, actor=ACTOR, at=AT),
    ):
        assert refused in (Refusal.RESIDENT_ERASED, Refusal.RESIDENT_UNKNOWN)
    assert len(who_looked(siti)) == 2 and look(budi) == BUDI
    erased = audited(database.connect(), "person.erased")
    assert erased == [("person.erased", "staff:dpo", "person", str(siti), {"reason": "asked"})]
    assert register() == 3, "who comes back is somebody new"


def test_programs_cannot_remove_a_person_or_change_what_was_told(database: Database) -> None:
    prepare()
    register()
    app = database.connect()
    for statement in (
        "delete from people_resident",
        "update people_purpose_text set text_en = 'x'",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)


def test_households_and_areas_are_codes_and_numbers(database: Database) -> None:
    gambir, menteng = "31.71.01.1001", "31.71.06.1001"
    people = [register(None, area=area) for area in (gambir, gambir, menteng, "")]
    household = make_household(members=people[:2], actor=ACTOR, at=AT)
    assert standing(people[1]) == Standing(Assurance.ANONYMOUS, gambir, household, False)
    assert make_household(members=[people[0], 99], actor=ACTOR, at=AT) is Refusal.RESIDENT_UNKNOWN
    assert move(resident=people[2], area=gambir, actor=ACTOR, at=AT) is None
    assert move(resident=people[2], area="Jl. Melati 3", actor=ACTOR, at=AT) is Refusal.AREA_INVALID
    assert move(resident=99, area=gambir, actor=ACTOR, at=AT) is Refusal.RESIDENT_UNKNOWN
    assert standing(people[2]) == Standing(Assurance.ANONYMOUS, gambir, None, False)
