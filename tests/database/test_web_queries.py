"""A page of many rows asks the database as often as a page of few: names and money are asked once.

Counted are Django's own queries. Each page is opened once before, so that what is kept by then is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from satu.approvals.models import Proposal
from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards.actions import ensure_issuers
from satu.cards.kinds import Issuer
from satu.cards.models import Card
from satu.cases.actions import NewCase, Opened, open_case
from satu.cases.city import keep_city
from satu.cases.kinds import Channel
from satu.city.cases import read_cases
from satu.people.staffing import keep_organisation
from tests.database.fares_support import NOW, cards, loaded_city
from tests.database.people_support import prepare
from tests.database.test_cases import PACK
from tests.small_city import BANK, SmallCity
from tests.support import Database
from tests.web_doors import ACTOR, new_resident, resident_client, staff_client

FEW, MANY = 2, 9
NAME = "Bank Satria"


@pytest.fixture
def city(database: Any) -> SmallCity:
    made = loaded_city(database)
    known = [Issuer(BANK, "bank", NAME, "100001", is_simulated=True)]
    ensure_issuers(issuers=known, actor=ACTOR, at=NOW)
    return made


def counted(client: Client, path: str) -> tuple[int, str]:
    """How many queries a page takes once it was opened before, and the page or file."""
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
        told = answer.getvalue().decode()
    assert answer.status_code == 200, (path, answer.status_code)
    return len(asked), told


def few_and_many(client: Client, path: str, add: Callable[[int], object]) -> tuple[str, str]:
    """A page with few rows and with many, which took as many queries."""
    for n in range(FEW):
        add(n)
    before, few = counted(client, path)
    for n in range(FEW, MANY):
        add(n)
    after, many = counted(client, path)
    assert after == before > 0, path
    return few, many


def wrote(card: int, action: str) -> None:
    detail = {"purpose": "customer_service", "case": "K-17"}
    record(
        subject=Subject("card", card), action=action, actor="partner:bank", at=NOW, detail=detail
    )


@pytest.mark.parametrize("given", ["", "&format=csv"])
def test_the_trail_asks_for_its_banks_once(city: SmallCity, given: str) -> None:
    client = staff_client("agus", "auditor")
    path = f"/console/audit/?pelaku=partner:bank{given}"
    few, many = few_and_many(client, path, lambda n: wrote(n, "card.blocked"))
    assert (few.count(NAME), many.count(NAME)) == (FEW, MANY)


@pytest.mark.parametrize("action", ["card.looked_at", "card.blocked"])
def test_a_cards_trail_asks_for_its_banks_once(city: SmallCity, action: str) -> None:
    (card,) = cards(1)
    path = f"/console/cards/{card}/looks/"
    few, many = few_and_many(staff_client(), path, lambda n: wrote(card, action))
    assert many.count(NAME) - few.count(NAME) == MANY - FEW


def test_organisations_ask_for_whom_they_act_for_once(city: SmallCity) -> None:
    def add(n: int) -> None:
        acts_for = "issuer:bank" if n % 2 else "operator:bus"
        done = keep_organisation(
            code=f"o-{n}", name=f"Dinas {n}", acts_for=acts_for, actor=ACTOR, at=NOW
        )
        assert done is None

    client = staff_client("sari", "administrator")
    few, many = few_and_many(client, "/console/reference/organisations/", add)
    assert (few.count(NAME), many.count(NAME)) == (FEW // 2, MANY // 2)


def test_proposals_ask_for_the_citys_money_once(city: SmallCity) -> None:
    (card,) = cards(1)
    client = staff_client()

    def add(n: int) -> None:
        given = {"amount": "25.000", "reason": "goodwill", "case": "K-17", "key": f"page-{n}"}
        given["card"] = str(Card.objects.get(id=card).number)
        assert client.post("/console/approvals/new/goodwill", given).status_code == 302

    few, many = few_and_many(client, "/console/approvals/", add)
    assert (few.count("25.000"), many.count("25.000")) == (FEW, MANY)
    assert Proposal.objects.count() == MANY


def test_a_residents_cases_ask_for_their_kinds_once(database: Database) -> None:
    prepare()
    city = read_cases(PACK, [])
    assert city is not None
    keep_city(city=city, asset="IDR", actor=ACTOR, at=NOW)
    siti = new_resident()

    def add(n: int) -> None:
        new = NewCase("question", Channel.PAGE, f"k-{n}", siti, None, "Di mana loketnya?")
        assert isinstance(open_case(new=new, actor=ACTOR, at=NOW), Opened)

    few, many = few_and_many(resident_client(siti), "/saya/data/laporan/", add)
    assert many.count("Pertanyaan") - few.count("Pertanyaan") == MANY - FEW
