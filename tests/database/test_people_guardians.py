"""Guardians act within scope and time; a carer sees an adult's trips by consent alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime

import pytest

from satu.people.actions import correct_profile, erase_resident
from satu.people.consents import give_consent, withdraw_consent
from satu.people.errors import Refusal
from satu.people.guardians import Appointed, appoint_guardian, end_guardian
from satu.people.kinds import CARERS_TRIPS, GuardianKind, Role, Scope
from satu.people.profile import Profile
from satu.people.queries import may_act_for, wards_of, who_looked
from tests.database.people_support import (
    ACTOR,
    AT,
    BUDI,
    CASE,
    audited,
    everything_stored,
    look,
    prepare,
    register,
)
from tests.support import Database


def appoint(
    guardian: int,
    ward: int,
    kind: GuardianKind = GuardianKind.PARENT,
    *,
    scopes: Collection[Scope] = (Scope.CARD, Scope.TRIPS),
    until: date | None = None,
    role: Role = Role.DESK,
    at: datetime = AT,
) -> Appointed | Refusal:
    return appoint_guardian(
        guardian=guardian,
        ward=ward,
        kind=kind,
        scopes=scopes,
        until=until,
        role=role,
        case=CASE,
        actor=ACTOR,
        at=at,
    )


def may(guardian: int, ward: int, scope: Scope, at: datetime = AT) -> bool:
    return may_act_for(guardian=guardian, ward=ward, scope=scope, at=at)


def test_a_parent_acts_for_a_child_until_the_month_it_comes_of_age(database: Database) -> None:
    prepare()
    siti, budi = register(), register(BUDI)
    # Born on 15 May 2015: 18 on 15 May 2033.
    last = date(2033, 4, 30)
    assert appoint(siti, budi) == Appointed(siti, budi, last)
    assert may(siti, budi, Scope.CARD) and may(siti, budi, Scope.TRIPS)
    assert not may(siti, budi, Scope.MONEY) and not may(budi, siti, Scope.CARD)
    assert wards_of(siti, AT) == [budi] and wards_of(budi, AT) == []
    assert may(siti, budi, Scope.TRIPS, datetime(2033, 4, 30, 16, tzinfo=UTC))
    assert not may(siti, budi, Scope.TRIPS, datetime(2033, 4, 30, 17, tzinfo=UTC))
    assert [entry.purpose for entry in who_looked(budi)] == ["guardianship"]
    stored = everything_stored(database.owner())
    assert b"2015-05" not in stored, "no birthday in clear"
    assert BUDI.nik[:12].encode() not in stored, "nor in a number"
    assert appoint(siti, budi, until=date(2027, 7, 1)) == Appointed(siti, budi, date(2027, 7, 1))
    assert audited(database.connect(), "guardian.appointed")[1][3:] == (
        str(budi),
        {"guardian": siti, "kind": "parent", "scopes": "card,trips"},
    )


@pytest.mark.parametrize(
    ("born", "refusal"),
    [
        (None, Refusal.BIRTH_DATE_UNKNOWN),
        (date(2008, 1, 5), Refusal.WARD_IS_ADULT),
        (date(2008, 1, 31), Refusal.WARD_IS_ADULT),
        (date(2008, 2, 1), None),
    ],
)
def test_nobody_is_parent_of_an_adult(
    database: Database, born: date | None, refusal: Refusal | None
) -> None:
    prepare()
    siti, child = register(), register(Profile(name="Budi", birth_date=born))
    done = appoint(siti, child)
    assert done is refusal if refusal else done == Appointed(siti, child, date(2026, 1, 31))
    assert may(siti, child, Scope.CARD) is (refusal is None)


def test_a_carer_sees_trips_while_the_adult_consents(database: Database) -> None:
    prepare()
    siti, budi = register(), register(BUDI)
    carer = GuardianKind.CARER
    assert appoint(budi, siti, carer) is Refusal.DATES_INVALID, "a carer's time has an end"
    assert appoint(budi, siti, carer, until=date(2026, 1, 4)) is Refusal.DATES_INVALID
    assert appoint(budi, budi, carer, until=date(2026, 2, 1)) is Refusal.NOT_GUARDIAN
    assert appoint(budi, siti, carer, scopes=(), until=date(2026, 2, 1)) is Refusal.NOT_GUARDIAN
    assert appoint(budi, 99, carer, until=date(2026, 2, 1)) is Refusal.RESIDENT_UNKNOWN
    assert appoint(99, budi) is Refusal.RESIDENT_UNKNOWN
    assert isinstance(appoint(budi, siti, carer, until=date(2026, 2, 1)), Appointed)
    assert may(budi, siti, Scope.CARD) and not may(budi, siti, Scope.TRIPS)
    yes = {"resident": siti, "purpose": CARERS_TRIPS, "actor": f"resident:{siti}", "at": AT}
    assert give_consent(version=1, **yes) is None  # type: ignore[arg-type]
    assert may(budi, siti, Scope.TRIPS)
    assert withdraw_consent(**yes)  # type: ignore[arg-type]
    assert may(budi, siti, Scope.CARD) and not may(budi, siti, Scope.TRIPS)
    assert end_guardian(guardian=budi, ward=siti, actor=ACTOR, at=AT)
    assert not end_guardian(guardian=budi, ward=siti, actor=ACTOR, at=AT)
    assert not may(budi, siti, Scope.CARD)


def test_a_guardian_opens_a_profile_only_with_that_scope(database: Database) -> None:
    prepare()
    siti, budi = register(), register(BUDI)
    asked = {"actor": f"resident:{siti}", "role": Role.GUARDIAN, "purpose": "guardianship"}
    assert look(budi, case="", **asked) is Refusal.NOT_GUARDIAN  # type: ignore[arg-type]
    appoint(siti, budi)
    assert look(budi, case="", **asked) is Refusal.NOT_GUARDIAN  # type: ignore[arg-type]
    appoint(siti, budi, scopes=[Scope.PROFILE])
    assert look(budi, case="", **asked) == BUDI  # type: ignore[arg-type]
    asked["actor"] = "resident:siti"
    assert look(budi, case="", **asked) is Refusal.NOT_GUARDIAN  # type: ignore[arg-type]
    asked["actor"] = f"staff:{siti}"
    assert look(budi, case="", **asked) is Refusal.NOT_GUARDIAN  # type: ignore[arg-type]


def test_a_correction_or_erasure_ends_what_rested_on_it(database: Database) -> None:
    prepare()
    siti, budi = register(), register(BUDI)
    older = Profile(name=BUDI.name, nik=BUDI.nik, birth_date=date(2005, 5, 15))
    appoint(siti, budi)
    correct_profile(resident=budi, profile=older, actor=ACTOR, at=AT)
    assert not may(siti, budi, Scope.CARD)
    assert appoint(siti, budi) is Refusal.WARD_IS_ADULT
    appoint(siti, budi, GuardianKind.CARER, until=date(2026, 2, 1))
    assert may(siti, budi, Scope.CARD)
    assert appoint(siti, budi, role=Role.PRIVACY) is Refusal.ROLE_WITHOUT_ACCESS
    assert erase_resident(resident=siti, reason="asked", open_cards=0, actor=ACTOR, at=AT) is None
    assert not may(siti, budi, Scope.CARD) and wards_of(siti, AT) == []
    assert appoint(siti, budi, GuardianKind.CARER, until=date(2026, 2, 1)) is (
        Refusal.RESIDENT_ERASED
    )
    assert look(budi) == older
