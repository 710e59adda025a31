"""Neighbours for a demo: who is registered where and still without a card, a family, and two whose
money runs out.

So the pages on coverage, guardians, consents and messages have something to show. All are made up.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import psycopg

from satu.cards.actions import link_card
from satu.cards.errors import Refusal
from satu.cards.family import set_limit
from satu.cards.held import open_cards
from satu.cards.queries import faces
from satu.city.demo_history import FORGETFULS_PHONE, link_richest
from satu.city.demo_setup import EMPTY_BELOW
from satu.messages.actions import keep_wishes
from satu.people.actions import make_household, register_resident, register_residents
from satu.people.guardians import Appointed, appoint_guardian
from satu.people.kinds import Assurance, GuardianKind, Role, Scope
from satu.people.profile import NewResident, Profile, Registered
from satu.people.queries import find_by_phone

ACTOR = "command:demo"
CASE = "DEMO-1"
CHILD, CARER = "Budi Contoh", "Dewi Contoh"
CARERS_PHONE = "+6281200001946"  # nobody's
CARERS_LOW = 20_000  # below that she is told, so her first ride is told of
BROKE, BROKES_PHONE = "Tari Contoh", "+6281200001948"  # nobody's
IN_EACH = 30
WITHOUT_A_CARD = 10  # of those
POCKET_MONEY = 300_000
CHILDS_YEARS = 10
# The innermost areas, each seventh: not all of a city, for a demo begins in seconds.
AREAS = """
select code from people_area a
 where not exists (select from people_area b where b.code like a.code || '.%%')
 order by md5(code) limit %s
"""
# Cards of every bank and kind, not all of the emptiest.
NOBODYS = """
select id from cards_card
 where state = 0 and owner is null and category = any(%s) order by id %% 1009, id limit %s
"""


def settle_neighbours(
    conn: psycopg.Connection[Any], *, phone: str, desk: str, at: datetime, areas: int = 12
) -> int:
    """Register neighbours in some kelurahan, two of three with a card, and a family: how many.

    The resident with `phone` is parent of a child with a card and pocket money, and has a carer
    whom they have not let see their trips; `desk` is the login of who appointed them. Once: 0 if
    they are there already, or no resident is.
    """
    parents = find_by_phone(phone)
    if not parents or find_by_phone(CARERS_PHONE):
        return 0
    _family(conn, parents[0], f"staff:{desk}", at)
    broke = _one(Profile(name=BROKE, phone=BROKES_PHONE), Assurance.PHONE, at)
    link_richest(conn, broke, at, most=EMPTY_BELOW - 1)
    codes = [code for (code,) in conn.execute(AREAS, [areas])]
    people = [
        NewResident(profile=Profile(name=f"Warga Contoh {number}"), area=code)
        for code in codes
        for number in range(IN_EACH)
    ]
    made = register_residents(people=people, source="demo", actor=ACTOR, at=at)
    numbers = [one.resident for one in made if isinstance(one, Registered)]
    ready = [number for place, number in enumerate(numbers) if place % IN_EACH >= WITHOUT_A_CARD]
    _link(conn, ready, ["adult", "senior"], at)
    return len(numbers)


def daily_riders(*phones: str) -> list[int]:
    """The cards of the residents whom one can be in a demo: they ride on each of its days."""
    known = [*phones, FORGETFULS_PHONE, CARERS_PHONE, BROKES_PHONE]
    residents = [resident for phone in known for resident in find_by_phone(phone)]
    return [card for resident in residents for card in open_cards(resident)]


def _family(conn: psycopg.Connection[Any], parent: int, desk: str, at: datetime) -> None:
    born = date(at.year - CHILDS_YEARS, 8, 17)
    child = _one(Profile(name=CHILD, birth_date=born), Assurance.ANONYMOUS, at)
    carer = _one(Profile(name=CARER, phone=CARERS_PHONE), Assurance.PHONE, at)
    link_richest(conn, carer, at, most=CARERS_LOW)
    keep_wishes(
        resident=carer,
        language="id",
        off=(),
        low_balance=CARERS_LOW,
        channel=None,
        actor=ACTOR,
        at=at,
    )
    household = make_household(members=[parent, child], actor=ACTOR, at=at)
    assert isinstance(household, int), household
    _link(conn, [child], ["child"], at)
    guardians = (
        (parent, child, GuardianKind.PARENT, (Scope.CARD, Scope.MONEY, Scope.TRIPS), None),
        (carer, parent, GuardianKind.CARER, (Scope.TRIPS,), date(at.year + 1, 12, 31)),
    )
    for guardian, ward, kind, scopes, until in guardians:
        done = appoint_guardian(
            guardian=guardian,
            ward=ward,
            kind=kind,
            scopes=scopes,
            until=until,
            role=Role.DESK,
            case=CASE,
            actor=desk,
            at=at,
        )
        assert isinstance(done, Appointed), done
    refusal = set_limit(guardian=parent, ward=child, monthly=POCKET_MONEY, actor=ACTOR, at=at)
    assert refusal is None, refusal


def _one(profile: Profile, level: Assurance, at: datetime) -> int:
    new = NewResident(profile=profile, level=level)
    done = register_resident(new=new, actor=ACTOR, at=at)
    assert isinstance(done, Registered), done
    return done.resident


def _link(
    conn: psycopg.Connection[Any], owners: list[int], categories: list[str], at: datetime
) -> None:
    """Link a card of nobody to each of some residents, as far as there are cards."""
    cards = [card for (card,) in conn.execute(NOBODYS, [categories, len(owners)])]
    for face, owner in zip(faces(cards), owners, strict=False):
        done = link_card(number=face.number, secret=face.secret, owner=owner, actor=ACTOR, at=at)
        assert not isinstance(done, Refusal), done
