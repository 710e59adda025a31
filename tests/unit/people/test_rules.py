"""What can be said of a person, and who may look."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.people.errors import Refusal
from satu.people.kinds import STAFF_ROLES, Assurance, Basis, Role
from satu.people.profile import NewResident, Profile
from satu.people.rules import (
    adult_from,
    needs_consent,
    parent_until,
    refuse_case,
    refuse_profile,
    refuse_resident,
    refuse_role,
    same_name,
)
from satu.people.words import REFUSALS

ON = date(2026, 1, 5)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("profile", "refusal"),
    [
        (Profile(name="Siti"), None),
        (Profile(name="Siti", nik="3171015708450001", phone="+6281234567890"), None),
        (Profile(name=" "), Refusal.NAME_INVALID),
        (Profile(name="S" * 121), Refusal.NAME_INVALID),
        (Profile(name="Siti\tA"), Refusal.NAME_INVALID),
        (Profile(name="Siti", nik="3171 0157 0845 0001"), Refusal.NIK_INVALID),
        (Profile(name="Siti", nik="3171013002001234"), Refusal.NIK_INVALID),
        (Profile(name="Siti", phone="0812 3456 7890"), Refusal.PHONE_INVALID),
    ],
)
def test_a_profile_is_written_the_normal_way(profile: Profile, refusal: Refusal | None) -> None:
    assert refuse_profile(profile, ON) is refusal


@pytest.mark.parametrize(
    ("level", "profile", "refusal"),
    [
        (Assurance.ANONYMOUS, None, None),
        (Assurance.PHONE, None, Refusal.EVIDENCE_LACKING),
        (Assurance.PHONE, Profile(name="A", phone="+6281234567890"), None),
        (Assurance.REGISTER, Profile(name="A", nik="3171015708450001"), Refusal.EVIDENCE_LACKING),
        (Assurance.IN_PERSON, Profile(name="A", nik="3171015708450001"), None),
        (Assurance.IN_PERSON, Profile(name="A"), Refusal.EVIDENCE_LACKING),
    ],
)
def test_a_level_rests_on_what_is_given(
    level: Assurance, profile: Profile | None, refusal: Refusal | None
) -> None:
    assert refuse_resident(NewResident(profile=profile, level=level), ON) is refusal


@pytest.mark.parametrize(
    ("case", "fits"),
    [
        ("", True),
        ("T-4711", True),
        ("2026/11/22-17", True),
        ("lost her card", False),
        ("3171015708450001", False),
        ("T-081234567890", False),
        ("T" * 41, False),
        ("-", False),
    ],
)
def test_a_case_is_a_code_without_anybodys_number(case: str, fits: bool) -> None:
    assert (refuse_case(case, Role.SYSTEM) is None) is fits
    assert (refuse_case(case, Role.DESK) is None) is (fits and case != "")


def test_a_role_may_open_what_the_purpose_allows_and_six_roles_nothing() -> None:
    closed = {"technician", "operator", "bank", "treasurer", "auditor", "administrator"}
    for role in Role:
        allowed = refuse_role(role, [role.value])
        assert allowed is (Refusal.ROLE_WITHOUT_ACCESS if role.value in closed else None)
        assert refuse_role(role, []) is Refusal.ROLE_WITHOUT_ACCESS
    assert {role for role in Role if refuse_case("", role)} == STAFF_ROLES


def test_only_others_need_consent_and_only_where_it_is_the_basis() -> None:
    assert needs_consent(Basis.CONSENT, Role.DESK)
    assert not needs_consent(Basis.CONSENT, Role.RESIDENT)
    assert not any(needs_consent(basis, Role.DESK) for basis in set(Basis) - {Basis.CONSENT})


def test_coming_of_age() -> None:
    assert adult_from(date(2008, 1, 5)) == date(2026, 1, 5)
    assert adult_from(date(2008, 2, 29)) == date(2026, 3, 1)
    assert parent_until(date(2008, 3, 31), None) == date(2026, 2, 28)
    assert parent_until(date(2015, 5, 15), date(2027, 1, 1)) == date(2027, 1, 1)


@settings(max_examples=50)
@given(DAYS, st.none() | DAYS)
def test_a_parents_time_is_over_before_the_child_is_of_age(born: date, wanted: date | None) -> None:
    last = parent_until(born, wanted)
    assert last < adult_from(born)
    assert wanted is None or last <= wanted
    if wanted is None:
        assert (last + timedelta(days=1)).day == 1, "tells no birthday"


def test_names_are_compared_as_people_read_them() -> None:
    assert same_name("SITI  NURHALIZA, S.H.", "Siti Nurhaliza, S. H.")
    assert not same_name("Siti Nurhaliza", "Siti Nurhalizah")


def test_every_refusal_has_words() -> None:
    assert set(REFUSALS) == set(Refusal)
    assert all(words.id and words.en for words in REFUSALS.values())


def test_a_person_is_not_printed() -> None:
    siti = Profile(name="Siti", nik="3171015708450001")
    shown = f"{siti} {siti!r} {[siti]} {NewResident(profile=siti)}"
    assert "Siti" not in shown and "3171" not in shown
