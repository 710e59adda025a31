"""The register of purposes in force, and forgetting what its rules do not keep."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest

from satu.people.consents import give_consent, keep_register, withdraw_consent
from satu.people.errors import Refusal
from satu.people.forgetting import forget_old
from satu.people.guardians import appoint_guardian
from satu.people.identity import LocalRegister, check_with_register
from satu.people.kinds import Basis, GuardianKind, Kept, Role, Scope
from satu.people.own_data import kept_for
from satu.people.queries import keep_days, purposes, standing
from satu.people.register import RegisterFault, Retained, Text, Wanted, read_register
from tests.commands import Finished, satu
from tests.database.people_support import (
    ACTOR,
    AT,
    BUDI,
    REGISTER,
    SITI,
    audited,
    hire,
    look,
    prepare,
    register,
)
from tests.support import Database
from tests.unit.city.packs import write_pack

WANTED = read_register(REGISTER.read_text("utf-8"))


def keep(wanted: Wanted) -> list[str]:
    return keep_register(wanted=wanted, actor=ACTOR, at=AT)


def changed(code: str, **fields: object) -> Wanted:
    """The register with one purpose changed."""
    found = [
        msgspec.structs.replace(purpose, **fields) if purpose.code == code else purpose
        for purpose in WANTED.purposes
    ]
    return msgspec.structs.replace(WANTED, purposes=found)


def test_loading_again_changes_nothing_and_a_change_is_told(database: Database) -> None:
    everything = [purpose.code for purpose in WANTED.purposes]
    kept = [rule.what.value for rule in WANTED.retention]
    assert keep(WANTED) == everything + kept
    assert keep(WANTED) == []
    assert {one.code: one.basis for one in purposes()} == {
        purpose.code: purpose.basis.value for purpose in WANTED.purposes
    }
    assert keep_days(Kept.TRIPS) == 56
    assert keep(changed("surveys", roles=[Role.BENEFITS])) == ["surveys"]
    shorter = [Retained(Kept.TRIPS, 28, "lebih singkat", "shorter")]
    assert keep(msgspec.structs.replace(WANTED, retention=shorter)) == ["surveys", "trips"]
    assert keep_days(Kept.TRIPS) == 28
    conn = database.connect()
    assert len(audited(conn, "purpose.kept")) == len(everything + kept) + 3


def test_a_text_that_was_told_stays_and_new_words_ask_anew(database: Database) -> None:
    prepare()
    siti = register()
    (told,) = next(purpose.texts for purpose in WANTED.purposes if purpose.code == "surveys")
    with pytest.raises(RegisterFault, match="surveys: version 1 was told in other words"):
        keep(changed("surveys", texts=[Text(1, "Lain", "Other")]))
    assert [one.text_en for one in purposes() if one.code == "surveys"] == [told.en]
    assert keep(changed("surveys", texts=[told, Text(2, "Lain", "Other")])) == ["surveys"]
    (now,) = (one for one in purposes() if one.code == "surveys")
    assert (now.version, now.text_id, now.text_en) == (2, "Lain", "Other")

    def give(version: int) -> Refusal | None:
        return give_consent(
            resident=siti, purpose="surveys", version=version, actor="resident:1", at=AT
        )

    assert give(1) is Refusal.CONSENT_TEXT_OUTDATED
    assert give(2) is None


def test_a_purpose_that_is_left_out_ends_at_once_and_can_come_back(database: Database) -> None:
    prepare()
    siti = register()
    rest = [purpose for purpose in WANTED.purposes if purpose.code != "customer_service"]
    assert keep(msgspec.structs.replace(WANTED, purposes=rest)) == ["customer_service"]
    assert look(siti) is Refusal.PURPOSE_UNKNOWN
    assert "customer_service" not in {one.code for one in purposes()}
    assert keep(WANTED) == ["customer_service"]
    assert look(siti) == SITI
    assert keep(changed("customer_service", basis=Basis.CONSENT)) == ["customer_service"]
    assert look(siti) is Refusal.CONSENT_LACKING


def test_staff_are_of_an_organisation_and_contractors_have_an_end(database: Database) -> None:
    prepare()
    assert hire("fitter", Role.TECHNICIAN, is_contractor=True) is Refusal.DATES_INVALID
    assert hire("fitter", Role.RESIDENT) is Refusal.ROLE_WITHOUT_ACCESS
    assert hire("fitter", Role.SYSTEM) is Refusal.ROLE_WITHOUT_ACCESS
    until = date(2026, 6, 30)
    assert hire("fitter", Role.TECHNICIAN, is_contractor=True, until=until) is None
    with pytest.raises(psycopg.errors.CheckViolation):
        database.connect().execute("update people_staff set until = null where is_contractor")


def test_what_is_past_its_time_is_forgotten_and_nothing_else(database: Database) -> None:
    prepare()
    siti, budi = register(), register(BUDI)
    assert SITI.birth_date is not None
    civil = LocalRegister({SITI.nik: (SITI.name, SITI.birth_date)})
    check_with_register(resident=siti, register=civil, actor="job:check", at=AT)
    for purpose in ("surveys", "carers_trips"):
        give_consent(resident=siti, purpose=purpose, version=1, actor="resident:1", at=AT)
    withdraw_consent(resident=siti, purpose="surveys", actor="resident:1", at=AT)
    appoint_guardian(
        guardian=budi,
        ward=siti,
        kind=GuardianKind.CARER,
        scopes=[Scope.CARD],
        until=AT.date() + timedelta(days=30),
        role=Role.DESK,
        case="T-1",
        actor=ACTOR,
        at=AT,
    )

    def forget(days: int) -> dict[str, int]:
        return forget_old(actor="job:forget", at=AT + timedelta(days=days))

    assert forget(0) == forget(30 + 365) == {}
    assert forget(30 + 366) == {"guardians": 1}
    assert forget(1825) == {}
    assert forget(1826) == {"checks": 1, "consents": 1}
    assert forget(9999) == {}
    conn = database.connect()
    # Money and the trail are told with the least time that the law wants; no job removes them.
    least = {one.what.en: one.keep_days for one in kept_for() if one.is_least}
    assert set(least) == {"Records of money", "The trail of who looked and who acted"}
    assert all(10 * 365 < days < 9999 for days in least.values())
    first = conn.execute("select min(id), min(at) from audit_entry").fetchone()
    assert first == (1, AT), "the first entry of all, decades later"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("delete from ledger_posting")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("delete from audit_entry")
    rows = conn.execute("select purpose_id from people_consent").fetchall()
    assert rows == [("carers_trips",)], "a yes that holds is kept"
    assert standing(siti) is not None
    assert [row[3:] for row in audited(conn, "retention.forgot")] == [
        ("guardians", {"count": 1}),
        ("checks", {"count": 1}),
        ("consents", {"count": 1}),
    ]


def test_a_citys_pack_brings_its_register(database: Database, tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    file = folder / "purposes.toml"

    def load() -> Finished:
        return satu("city", "load", str(folder))

    file.write_text(REGISTER.read_text("utf-8").replace('"contract"', '"interest"'), "utf-8")
    ran = load()
    assert ran.returncode == 1
    assert "purposes.toml" in ran.stderr and purposes() == []
    file.write_text(REGISTER.read_text("utf-8"), "utf-8")
    assert load().returncode == 0
    assert len(purposes()) == len(WANTED.purposes)
    file.write_text(REGISTER.read_text("utf-8").replace("You see", "Everybody sees"), "utf-8")
    ran = load()
    assert ran.returncode == 1
    assert "own_data: version 1 sudah diberitahukan dengan kata lain" in ran.stderr
