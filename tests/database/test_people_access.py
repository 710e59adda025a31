"""The one door to a person: who may open a profile, and that nobody does unseen."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest
from django.db import transaction

from satu.people.consents import give_consent, withdraw_consent
from satu.people.errors import Refusal
from satu.people.kinds import Role
from satu.people.profile import Profile
from satu.people.queries import Look, who_looked
from tests.database.people_support import (
    ACTOR,
    AT,
    BUDI,
    CASE,
    SITI,
    audited,
    everything_stored,
    hire,
    look,
    prepare,
    register,
)
from tests.support import Database


def test_who_looks_is_seen_by_the_one_who_was_looked_at(database: Database) -> None:
    prepare()
    siti, budi = register(), register(BUDI)
    assert look(siti) == SITI
    later = AT + timedelta(hours=1)
    myself = {"actor": f"resident:{siti}", "role": Role.RESIDENT}
    assert look(siti, purpose="own_data", case="", at=later, **myself) == SITI
    assert who_looked(siti) == [
        Look(AT, ACTOR, "desk", "customer_service", CASE, "contract"),
        Look(later, f"resident:{siti}", "resident", "own_data", "", "legal_duty"),
    ]
    assert who_looked(budi) == []
    assert audited(database.connect(), "person.not_opened") == []


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"purpose": ""}, Refusal.PURPOSE_UNKNOWN),
        ({"purpose": "curiosity"}, Refusal.PURPOSE_UNKNOWN),
        ({"case": ""}, Refusal.CASE_INVALID),
        ({"case": "Siti lost her card"}, Refusal.CASE_INVALID),
        ({"case": SITI.nik}, Refusal.CASE_INVALID),
        ({"case": "T-081200009999"}, Refusal.CASE_INVALID),
        ({"role": Role.TECHNICIAN}, Refusal.ROLE_WITHOUT_ACCESS),
        ({"role": Role.BENEFITS}, Refusal.ROLE_WITHOUT_ACCESS),
        ({"purpose": "benefits"}, Refusal.ROLE_WITHOUT_ACCESS),
        ({"role": Role.SYSTEM}, Refusal.ROLE_WITHOUT_ACCESS),
        ({"role": Role.SYSTEM, "purpose": "identity_check"}, Refusal.ROLE_NOT_HELD),
        ({"role": Role.RESIDENT, "purpose": "own_data"}, Refusal.ROLE_NOT_HELD),
        ({"actor": "staff:dewi"}, Refusal.STAFF_UNKNOWN),
        ({"actor": "resident:1"}, Refusal.STAFF_UNKNOWN),
        ({"role": Role.BENEFITS, "purpose": "benefits"}, Refusal.ROLE_NOT_HELD),
        ({"actor": "staff:leaver"}, Refusal.STAFF_EXPIRED),
        ({"actor": "staff:fitter"}, Refusal.CONTRACTOR),
        ({"actor": "staff:gone"}, Refusal.STAFF_EXPIRED),
        ({"resident": 99}, Refusal.RESIDENT_UNKNOWN),
        ({"purpose": "surveys"}, Refusal.CONSENT_LACKING),
    ],
)
def test_without_right_and_reason_nothing_is_opened_and_the_try_is_kept(
    database: Database, asked: dict[str, object], refusal: Refusal
) -> None:
    prepare()
    hire("leaver", Role.DESK, until=date(2026, 1, 4))
    hire("fitter", Role.DESK, is_contractor=True, until=date(2026, 6, 30))
    hire("gone", Role.DESK, is_contractor=True, until=date(2026, 1, 4))
    siti = register()
    resident = asked.get("resident", siti)
    arguments = {"resident": siti, **asked}
    assert look(**arguments) is refusal  # type: ignore[arg-type]
    assert who_looked(siti) == []
    ((action, actor, kind, subject, detail),) = audited(
        database.connect(), "person.opened", "person.not_opened"
    )
    assert (action, kind, subject) == ("person.not_opened", "person", str(resident))
    assert actor == asked.get("actor", ACTOR)
    assert detail == {"role": asked.get("role", Role.DESK).value, "refused": refusal.value}  # type: ignore[attr-defined]


def test_the_last_day_is_a_day_of_work(database: Database) -> None:
    prepare()
    hire("leaver", Role.DESK, until=date(2026, 1, 5))
    siti = register()
    assert look(siti, actor="staff:leaver") == SITI
    # 17:00 UTC is midnight in Jakarta.
    assert look(siti, actor="staff:leaver", at=AT.replace(hour=16, minute=59)) == SITI
    assert look(siti, actor="staff:leaver", at=AT.replace(hour=17)) is Refusal.STAFF_EXPIRED


def test_nobody_looks_inside_a_transaction_that_could_take_the_log_back(
    database: Database,
) -> None:
    prepare()
    siti = register()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        look(siti)
    assert who_looked(siti) == []


def test_a_look_that_cannot_be_written_down_shows_nothing(database: Database) -> None:
    prepare()
    siti = register()
    database.owner().execute("revoke insert on audit_entry from satu_app")
    with pytest.raises(Exception, match="permission denied"):
        look(siti)


def test_a_profile_that_was_changed_or_moved_does_not_open(database: Database) -> None:
    prepare()
    siti, budi = register(), register(BUDI)
    owner = database.owner()
    swap = (
        "update people_resident set profile = (select profile from people_resident where id = %s)"
        " where id = %s"
    )
    owner.execute(swap, [siti, budi])
    owner.execute(
        "update people_data_key set (master_id, box) ="
        " (select master_id, box from people_data_key where resident_id = %s)"
        " where resident_id = %s",
        [siti, budi],
    )
    with pytest.raises(Exception):  # noqa: B017  (each vault has its own word for it)
        look(budi)
    assert who_looked(budi) == []
    assert look(siti) == SITI


def test_a_consent_acts_at_once_both_ways(database: Database) -> None:
    prepare()
    siti = register()

    def give(purpose: str = "surveys", version: int = 1, resident: int = siti) -> Refusal | None:
        return give_consent(
            resident=resident, purpose=purpose, version=version, actor="resident:1", at=AT
        )

    assert give("customer_service") is Refusal.CONSENT_NOT_ASKED
    assert give("curiosity") is Refusal.PURPOSE_UNKNOWN
    assert give(version=2) is Refusal.CONSENT_TEXT_OUTDATED
    assert give(resident=99) is Refusal.RESIDENT_UNKNOWN
    assert look(siti, purpose="surveys") is Refusal.CONSENT_LACKING
    assert give() is None and give() is None, "a repeat changes nothing"
    assert look(siti, purpose="surveys") == SITI
    assert withdraw_consent(resident=siti, purpose="surveys", actor="resident:1", at=AT)
    assert look(siti, purpose="surveys") is Refusal.CONSENT_LACKING
    assert not withdraw_consent(resident=siti, purpose="surveys", actor="resident:1", at=AT)
    assert give() is None
    assert look(siti, purpose="surveys") == SITI
    rows = database.connect().execute(
        "select version, withdrawn_at is null from people_consent order by id"
    )
    assert rows.fetchall() == [(1, False), (1, True)]
    given = audited(database.connect(), "consent.given", "consent.withdrawn")
    assert [row[0] for row in given] == ["consent.given", "consent.withdrawn", "consent.given"]


def test_tables_and_logs_hold_no_name_nik_or_phone(
    database: Database, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        prepare()
        siti, budi = register(), register(BUDI, area="31.71.01.1001")
        opened = look(siti)
        look(siti, case=SITI.nik)
        look(budi, purpose="curiosity")
        assert opened == SITI
        given = Profile(name=SITI.name)
        logging.getLogger("satu.test").warning("%s %r %s", opened, [opened], given)
    owner = database.owner()
    stored = everything_stored(owner)
    assert b"person.opened" in stored and b"31.71.01.1001" in stored
    log = caplog.text + "".join(capfd.readouterr())
    assert "Profile(…)" in log
    for person in (SITI, BUDI):
        assert person.birth_date is not None
        for secret in (*person.name.split()[:2], person.nik, person.phone, person.phone[1:]):
            assert not secret or secret.encode() not in stored, secret
            assert not secret or secret not in log, secret
        for day in (person.birth_date.isoformat(), person.birth_date.strftime("%d%m%y")):
            assert day.encode() not in stored and day not in log
