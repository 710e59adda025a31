"""What residents have a right to: to be found only with a reason, to see, to have, to leave."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from satu.cards.accounts import AccountClosed, close_account, end_accounts
from satu.cards.actions import Changed, link_card, top_up
from satu.cards.closing import pay_closed
from satu.cards.finding import find_person
from satu.cards.held import cards_of, holder_for, unfinished
from satu.cards.lifecycle import report_lost
from satu.cards.queries import faces
from satu.ledger.verify import verify
from satu.people.actions import make_household
from satu.people.consents import give_consent, withdraw_consent
from satu.people.errors import Refusal
from satu.people.family import Household, guardianships_of, household_of, may_see_trips
from satu.people.guardians import appoint_guardian, end_guardian
from satu.people.kinds import CARERS_TRIPS, GuardianKind, Role, Scope
from satu.people.looks import looks_told
from satu.people.own_data import purposes_and_consents
from satu.people.profile import Profile
from satu.people.queries import find_by_nik, standing
from satu.taps.verify import ALL_CHECKS
from satu.web.own_data import export_of
from tests.database.cards_support import MANDIRI, issue, money, open_banks, postings
from tests.database.people_support import (
    ACTOR,
    AT,
    BUDI,
    CASE,
    SITI,
    audited,
    everything_stored,
    look,
    prepare,
    register,
)
from tests.support import Database

DESK: dict[str, Any] = {
    "actor": ACTOR,
    "role": Role.DESK,
    "purpose": "customer_service",
    "case": CASE,
    "at": AT,
}


def own(card: int, resident: int) -> None:
    (face,) = faces([card])
    done = link_card(
        number=face.number, secret=face.secret, owner=resident, actor=f"resident:{resident}", at=AT
    )
    assert not isinstance(done, str), done


def test_staff_find_a_person_with_a_reason_and_the_person_sees_it(database: Database) -> None:
    prepare()
    open_banks()
    siti, child = register(), register(Profile(name="Adik", phone=SITI.phone))
    card, nobodys = issue(count=2)
    own(card, siti)
    (face,) = faces([card])
    assert find_person(nik=SITI.nik, **DESK) == [siti]
    assert find_person(phone=SITI.phone, **DESK) == [siti, child]
    assert find_person(card=str(card), **DESK) == find_person(card=face.number, **DESK) == [siti]
    for nobody in ({"nik": BUDI.nik}, {"phone": "+628999"}, {"card": str(nobodys)}, {"card": "x"}):
        assert find_person(**nobody, **DESK) == []
    told = looks_told(siti)
    assert [(one.who.id, one.what.en, one.case) for one in told] == [
        ("Petugas layanan (Dinas Perhubungan)", "Searched for and found", CASE)
    ] * 4
    assert told[0].why.en == "A service desk opens your data to answer your report or request."
    assert told[0].basis is not None and told[0].basis.en == "the contract on the service"
    assert len(looks_told(child)) == 1
    assert len(audited(database.connect(), "person.not_found")) == 4


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"purpose": "curiosity"}, Refusal.PURPOSE_UNKNOWN),
        ({"case": ""}, Refusal.CASE_INVALID),
        ({"case": SITI.nik}, Refusal.CASE_INVALID),
        ({"role": Role.PRIVACY}, Refusal.ROLE_WITHOUT_ACCESS),
        ({"actor": "staff:nobody"}, Refusal.STAFF_UNKNOWN),
        ({"purpose": "surveys"}, Refusal.CONSENT_LACKING),
    ],
)
def test_nobody_is_found_without_a_right(
    database: Database, asked: dict[str, Any], refusal: Refusal
) -> None:
    prepare()
    siti = register()
    assert find_person(nik=SITI.nik, **{**DESK, **asked}) is refusal
    assert looks_told(siti) == []
    ((_, actor, kind, by, detail),) = audited(database.connect(), "person.not_found")
    assert (actor, kind, by) == (asked.get("actor", ACTOR), "people", "nik")
    assert detail["refused"] == refusal.value  # type: ignore[index]


def test_a_household_is_listed_and_gives_no_right(database: Database) -> None:
    prepare()
    siti, budi, tono = register(), register(BUDI), register(None)
    number = make_household(members=[siti, budi], actor=ACTOR, at=AT)
    assert isinstance(number, int)
    assert household_of(siti) == household_of(budi) == Household(number, (siti, budi))
    assert household_of(tono) is None and household_of(99) is None
    assert may_see_trips(viewer=siti, of=siti, at=AT)
    assert not may_see_trips(viewer=siti, of=budi, at=AT), "living together is no right"


def test_a_parent_sees_a_childs_trips_and_a_carer_by_consent(database: Database) -> None:
    prepare()
    siti, budi = register(), register(BUDI)

    def appoint(guardian: int, ward: int, kind: GuardianKind, *scopes: Scope) -> None:
        done = appoint_guardian(
            guardian=guardian, ward=ward, kind=kind, scopes=scopes,
            until=(AT + timedelta(days=9)).date(), role=Role.DESK, case=CASE, actor=ACTOR, at=AT,
        )  # fmt: skip
        assert not isinstance(done, Refusal), done

    def sees() -> tuple[bool, bool]:
        both = (
            may_see_trips(viewer=siti, of=budi, at=AT),
            may_see_trips(viewer=budi, of=siti, at=AT),
        )
        shown = {(one.guardian, one.ward): one.sees_trips for one in guardianships_of(siti, AT)}
        assert both == (shown.get((siti, budi), False), shown.get((budi, siti), False))
        return both

    assert sees() == (False, False)
    appoint(siti, budi, GuardianKind.PARENT, Scope.MONEY)
    appoint(budi, siti, GuardianKind.CARER, Scope.TRIPS)
    assert sees() == (False, False), "no scope; no consent"
    appoint(siti, budi, GuardianKind.PARENT, Scope.TRIPS)
    assert sees() == (True, False)
    yes: dict[str, Any] = {"resident": siti, "purpose": CARERS_TRIPS, "actor": "r", "at": AT}
    assert give_consent(version=1, **yes) is None
    assert sees() == (True, True)
    assert not may_see_trips(viewer=siti, of=budi, at=AT + timedelta(days=10)), "it has ended"
    shown = {one.code: one for one in purposes_and_consents(siti)}
    asked = shown[CARERS_TRIPS]
    assert asked.can_refuse and asked.agreed_at == AT and not asked.is_outdated
    assert not shown["own_data"].can_refuse and shown["own_data"].agreed_at is None
    withdraw_consent(**yes)
    end_guardian(guardian=siti, ward=budi, actor=ACTOR, at=AT)
    assert sees() == (False, False)
    assert {one.code: one for one in purposes_and_consents(siti)}[CARERS_TRIPS].agreed_at is None


def test_a_guardian_acts_on_a_wards_card_within_scope(database: Database) -> None:
    prepare()
    open_banks()
    siti, budi, tono = register(), register(BUDI), register(None)
    mine, childs, nobodys = issue(count=3)
    own(mine, siti)
    own(childs, budi)
    appoint_guardian(
        guardian=siti, ward=budi, kind=GuardianKind.PARENT, scopes=[Scope.CARD, Scope.MONEY],
        until=AT.date(), role=Role.DESK, case=CASE, actor=ACTOR, at=AT,
    )  # fmt: skip

    def holder(viewer: int, card: int, scope: Scope = Scope.CARD, days: int = 0) -> int | None:
        return holder_for(viewer=viewer, card=card, scope=scope, at=AT + timedelta(days=days))

    assert holder(siti, mine) == siti and holder(siti, childs) == budi
    assert holder(siti, childs, Scope.MONEY) == budi
    assert holder(siti, childs, Scope.TRIPS) is None, "not in that scope"
    assert holder(siti, childs, days=1) is None, "it has ended"
    assert holder(budi, childs, days=1) == budi
    assert holder(budi, mine) is None and holder(tono, childs) is None
    assert holder(siti, nobodys) is None and holder(siti, 99) is None
    done = report_lost(card=childs, owner=holder(siti, childs), actor="resident:1", at=AT)
    assert isinstance(done, Changed)
    held = cards_of(budi, AT.date())
    assert [(one.is_usable, one.why) for one in held] == [(False, "lost")]


def test_who_leaves_is_paid_first_and_then_unreadable_for_ever(database: Database) -> None:
    prepare()
    floats = open_banks()
    siti, budi = register(), register(BUDI)
    rich, poor, other = issue(count=3)
    for card, resident in ((rich, siti), (poor, siti), (other, budi)):
        own(card, resident)
    paid = top_up(card=rich, amount=70_000, reference="r", actor="t", at=AT)
    assert not isinstance(paid, str)
    conn = database.connect()
    asked: dict[str, Any] = {"resident": siti, "actor": f"resident:{siti}", "at": AT}
    done = close_account(**asked)
    assert isinstance(done, AccountClosed)
    assert done.cards == (rich, poor) and not done.is_erased and done.due_on is not None
    assert close_account(**asked) == done._replace(cards=()), "a repeat changes nothing"
    assert look(siti) == SITI, "until the money is back somebody has to know whose it is"
    assert unfinished(siti) == 2 and unfinished(budi) == 1
    assert end_accounts(actor="job:end", at=AT) == 0
    later = AT + timedelta(days=6)
    assert pay_closed(actor="job:pay", at=later) == 2
    assert end_accounts(actor="job:end", at=later) == 1 == 1 + end_accounts(actor="j", at=later)
    assert money(conn, rich).purse == 0 and floats[MANDIRI]
    stands = standing(siti)
    assert stands is not None and stands.is_erased and find_by_nik(SITI.nik) is None
    assert look(siti, at=later) is Refusal.RESIDENT_ERASED and look(budi, at=later) == BUDI
    assert close_account(**asked) is Refusal.RESIDENT_ERASED
    missing = close_account(resident=99, actor="x", at=AT)
    assert missing is Refusal.RESIDENT_UNKNOWN
    assert audited(conn, "person.erased")[0][1] == "job:end"
    assert verify(conn, ALL_CHECKS).problems == [] and postings(conn) == 2
    stored = everything_stored(database.owner())
    for secret in (*SITI.name.split()[:2], SITI.nik, SITI.phone[1:]):
        assert secret.encode() not in stored


def test_who_has_nothing_is_erased_at_once(database: Database) -> None:
    siti = register()
    done = close_account(resident=siti, actor="x", at=AT)
    assert done == AccountClosed(siti, (), None, True)
    assert end_accounts(actor="job:end", at=AT) == 0


def test_everything_held_on_a_person_is_theirs_to_have(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    prepare()
    open_banks()
    siti = register(area="31.71.01.1001")
    (card,) = issue(balance=20_000)
    own(card, siti)
    look(siti)
    with caplog.at_level(logging.DEBUG):
        held = export_of(resident=siti, at=AT)
    assert not isinstance(held, Refusal)
    again = json.loads(json.dumps(held))
    assert again == held, "in JSON's own types"
    assert held["profile"] == {
        "name": SITI.name,
        "nik": SITI.nik,
        "phone": SITI.phone,
        "birth_date": "1945-08-17",
        "email": "",
    }
    (mine,) = held["cards"]
    assert mine["serial"] == card and mine["is_usable"] and mine["purses"][0]["balance"] == 20_000
    assert [(line["kind"], line["amount"]) for line in mine["history"]] == [("top_up", 20_000)]
    assert [one["who"]["en"] for one in held["looks"]] == [
        "Yourself",
        "Service desk (Dinas Perhubungan)",
    ], "this look too, the newest first"
    assert held["area"] == "31.71.01.1001" and held["standing_orders"] == []
    assert not any(secret in caplog.text for secret in (SITI.nik, "Purnamasari", SITI.phone))
    assert export_of(resident=99, at=AT) is Refusal.RESIDENT_UNKNOWN
    stranger = export_of(resident=siti, at=AT, actor="resident:99")
    assert stranger is Refusal.ROLE_NOT_HELD
    desk = export_of(resident=siti, at=AT, actor=ACTOR, role=Role.DESK, case=CASE)
    assert desk is Refusal.ROLE_WITHOUT_ACCESS
