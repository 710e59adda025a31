"""A resident's programs see their own cards, and others' as far as those let them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.cards.actions import link_card
from satu.cards.queries import faces
from satu.people.consents import give_consent, withdraw_consent
from satu.people.guardians import appoint_guardian
from satu.people.kinds import CARERS_TRIPS, GuardianKind, Role, Scope
from tests.database.fares_support import cards, loaded_city
from tests.database.people_support import ACTOR, CASE, prepare
from tests.small_city import MONDAY, SmallCity, at
from tests.web_doors import new_resident, resident_client, staff_client

SPAN = "since=2026-11-01T00:00:00Z&until=2027-01-01T00:00:00Z"


@pytest.fixture
def city(database: Any) -> SmallCity:
    return loaded_city(database)


def history(card: int, query: str = SPAN) -> str:
    return f"/api/mine/cards/{card}/history?{query}"


def day(card: int) -> str:
    return f"/api/mine/cards/{card}/days/{MONDAY.isoformat()}/fares"


def ridden(city: SmallCity, owner: int) -> int:
    (card,) = cards(1)
    (face,) = faces([card])
    who = f"resident:{owner}"
    now = datetime(2026, 11, 23, tzinfo=UTC)
    done = link_card(number=face.number, secret=face.secret, owner=owner, actor=who, at=now)
    assert not isinstance(done, str), done
    city.send(city.tap(card, "A", at(9), route="R1", direction="entry"))
    return card


def test_ones_own_history_by_pages_and_a_day_with_its_reasons(city: SmallCity) -> None:
    siti = new_resident()
    card = ridden(city, siti)
    me = resident_client(siti)
    whole = me.get(history(card))
    assert whole.status_code == 200 and whole["Cache-Control"] == "no-store"
    told = whole.json()
    assert [(line["kind"], line["amount"]) for line in told["lines"]] == [
        ("journey", -3_500),
        ("top_up", 50_000),
    ]
    assert told["after"] == "" and told["lines"][0]["ride"]["point_in"] == "Stop A"
    first = me.get(history(card, f"{SPAN}&limit=1")).json()
    second = me.get(history(card, f"{SPAN}&limit=1&after={first['after']}")).json()
    assert first["lines"] + second["lines"] == told["lines"] and second["after"] == ""
    assert me.get(day(card)).json()["told"]["fare"] == 3_500
    for query in (f"{SPAN}&after=x", f"{SPAN}&limit=0", f"{SPAN}&limit=501", "since=today",
                  "since=1999-01-01T00:00:00Z&until=2027-01-01T00:00:00Z"):  # fmt: skip
        answer = me.get(history(card, query))
        assert (answer.status_code, answer.json()["code"]) == (422, "parameter_invalid"), query
    assert entries_on(Subject("person", siti))[-1].action != "trips.seen"


def test_what_is_anothers_is_not_there_until_they_consent(city: SmallCity) -> None:
    prepare()
    siti, budi = new_resident(), new_resident("Budi Contoh", "+6281200008888")
    card = ridden(city, siti)
    carer = resident_client(budi)

    def seen(client: Client) -> set[int]:
        return {client.get(path).status_code for path in (history(card), day(card))}

    for other in (Client(), carer, staff_client("ani", "desk")):
        assert seen(other) == {404}
    assert seen(resident_client(siti)) == {200}
    assert carer.get(history(999)).status_code == 404
    now = timezone.now()
    appoint_guardian(
        guardian=budi, ward=siti, kind=GuardianKind.CARER, scopes=[Scope.TRIPS],
        until=(now + timedelta(days=2)).date(), role=Role.DESK, case=CASE, actor=ACTOR, at=now,
    )  # fmt: skip
    assert seen(carer) == {404}
    yes: dict[str, Any] = {"resident": siti, "purpose": CARERS_TRIPS, "actor": "r", "at": now}
    assert give_consent(version=1, **yes) is None
    assert seen(carer) == {200}
    withdraw_consent(**yes)
    assert seen(carer) == {404}
    looks = [one for one in entries_on(Subject("person", siti)) if one.action == "trips.seen"]
    assert [(one.actor, one.detail) for one in looks] == [(f"resident:{budi}", {"card": card})] * 2
