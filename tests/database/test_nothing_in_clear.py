"""A resident's whole stay: nothing that is held on them is in clear, and all of it is theirs."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from satu.cards.accounts import close_account, end_accounts
from satu.cards.actions import link_card, top_up
from satu.cards.closing import pay_closed
from satu.cards.family import set_limit
from satu.cards.finding import find_person
from satu.cards.queries import faces
from satu.cases.actions import NewCase, Opened, open_case
from satu.cases.city import keep_city
from satu.cases.kinds import Channel
from satu.city.cases import read_cases
from satu.kernel.days import from_ms
from satu.ledger.verify import verify
from satu.people.actions import register_resident
from satu.people.errors import Refusal
from satu.people.guardians import appoint_guardian
from satu.people.kinds import Assurance, GuardianKind, Role, Scope
from satu.people.profile import NewResident, Profile, Registered
from satu.taps.verify import ALL_CHECKS
from satu.web.own_data import export_of
from tests.database.fares_support import cards, loaded_city
from tests.database.people_support import (
    ACTOR,
    AT,
    BUDI,
    CASE,
    SITI,
    everything_stored,
    look,
    prepare,
    register,
)
from tests.small_city import at
from tests.support import Database

PACK = Path(__file__).resolve().parents[2] / "cities/jakarta"
STORY = "Kartu saya terjepit pintu bus."
WHO = Profile(
    name=SITI.name,
    nik=SITI.nik,
    phone=SITI.phone,
    birth_date=SITI.birth_date,
    email="siti.contoh@example.com",
)
SECRETS = (
    *SITI.name.split()[:2],
    SITI.nik,
    SITI.phone[1:],
    "siti.contoh",
    "terjepit",
    "1945-08-17",
)
YEAR = timedelta(days=365)
TUESDAY, LATER = from_ms(at(12, day=1)), from_ms(at(12, day=8))


def live(database: Database) -> tuple[Any, int, int]:
    """A resident with a card who rides, pays, complains, is written to, looked at and found."""
    prepare()
    city = loaded_city(database)
    (card,) = cards(1)
    done = register_resident(
        new=NewResident(profile=WHO, level=Assurance.PHONE, area="31.71.01.1001"),
        actor=ACTOR,
        at=AT,
    )
    assert isinstance(done, Registered)
    siti = done.resident
    (face,) = faces([card])
    me = f"resident:{siti}"
    link_card(number=face.number, secret=face.secret, owner=siti, actor=me, at=AT)
    city.send(
        city.tap(card, "X", at(8, 7), direction="entry"),
        city.tap(card, "Y", at(8, 31), direction="exit"),
    )
    assert not isinstance(top_up(card=card, amount=5_000, reference="r", actor="t", at=AT), str)
    found = read_cases(PACK, [])
    assert found is not None and keep_city(city=found, asset="IDR", actor=ACTOR, at=AT)
    new = NewCase("complaint", Channel.PAGE, "page:1", siti, card, STORY)
    assert isinstance(open_case(new=new, actor=me, at=TUESDAY), Opened)
    assert look(siti) == WHO
    searched: dict[str, Any] = {"actor": ACTOR, "role": Role.DESK, "case": CASE, "at": TUESDAY}
    assert find_person(phone=WHO.phone, purpose="customer_service", **searched) == [siti]
    assert find_person(nik=WHO.nik, purpose="curiosity", **searched) is Refusal.PURPOSE_UNKNOWN
    return city, siti, card


def test_all_that_is_held_is_theirs_and_none_of_it_in_clear(
    database: Database, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        _, siti, card = live(database)
        held = export_of(resident=siti, at=TUESDAY)
    assert not isinstance(held, Refusal)
    assert json.loads(json.dumps(held)) == held
    assert held["profile"]["email"] == WHO.email and held["cards"][0]["serial"] == card
    kinds = [line["kind"] for line in held["cards"][0]["history"]]
    assert sorted(kinds) == ["journey", "top_up", "top_up"]
    (case,) = held["cases"]
    assert (case["kind"], case["story"][0]["text"]) == ("complaint", STORY)
    assert len(held["messages"]) == 2, "of the top-up, and of the case"
    assert {one["what"]["en"] for one in held["looks"]} == {"Profile", "Searched for and found"}
    log = caplog.text + "".join(capfd.readouterr())
    stored = everything_stored(database.owner())
    assert b"person.found" in stored and b"31.71.01.1001" in stored
    for secret in SECRETS:
        assert secret.encode() not in stored, secret
        assert secret not in log, secret


def test_who_was_erased_leaves_whole_books_and_nothing_to_read(database: Database) -> None:
    city, siti, card = live(database)
    before = database.connect().execute("select count(*) from ledger_posting").fetchone()
    left = close_account(resident=siti, actor=f"resident:{siti}", at=TUESDAY)
    assert not isinstance(left, Refusal) and left.cards == (card,)
    assert pay_closed(actor="job:pay", at=LATER) == 1
    assert end_accounts(actor="job:end", at=LATER) == 1
    conn = database.connect()
    assert verify(conn, ALL_CHECKS).problems == []
    after = conn.execute("select count(*) from ledger_posting").fetchone()
    assert before is not None and after == (before[0] + 1,), "the money that went back"
    assert city.money(card) == (0, 0, 0) and city.uses(card) != []
    assert export_of(resident=siti, at=LATER) is Refusal.RESIDENT_ERASED
    for table in ("data_key", "text", "consent", "leaving"):
        assert conn.execute(f"select count(*) from people_{table}").fetchone() == (0,), table
    stored = everything_stored(database.owner())
    assert not [secret for secret in SECRETS if secret.encode() in stored]


def test_a_clock_that_was_moved_leaves_nothing_out(database: Database) -> None:
    _, siti, _ = live(database)
    child = register(BUDI)
    appointed = appoint_guardian(
        guardian=siti, ward=child, kind=GuardianKind.PARENT, scopes=[Scope.MONEY],
        until=TUESDAY.date(), role=Role.DESK, case=CASE, actor=ACTOR, at=AT,
    )  # fmt: skip
    assert not isinstance(appointed, Refusal)
    limit: dict[str, Any] = {"guardian": siti, "ward": child, "monthly": 90_000}
    assert set_limit(**limit, actor=f"resident:{siti}", at=AT) is None
    for resident in (siti, child):
        held = [
            export_of(resident=resident, at=when)
            for when in (TUESDAY, AT - 9 * YEAR, TUESDAY + 9 * YEAR)
        ]
        told = [
            {name: value for name, value in one.items() if name not in ("made_at", "looks")}
            for one in held
            if not isinstance(one, Refusal)
        ]
        assert told[0] == told[1] == told[2]
        assert told[0]["guardianships"][0]["ward"] == child
    assert told[0]["family_limit"] == {
        "monthly": 90_000, "guardian": siti, "at": AT.isoformat()
    }  # fmt: skip
