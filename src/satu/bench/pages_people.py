"""Who looks at pages in a bench: staff and residents with sessions, and where they begin.

Django is set up before this is imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib import import_module
from typing import LiteralString, NamedTuple
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from satu.approvals.actions import Asked, propose
from satu.approvals.models import Proposal
from satu.bench.pages import Looking
from satu.bench.pages_walk import Guest
from satu.kernel.days import from_ms
from satu.people.kinds import Role
from satu.people.staffing import engage, keep_organisation
from satu.web.doors.models import User
from satu.web.doors.rights import CITY_ROLES, Viewer, Who
from satu.web.doors.sessions import begin, user_of_resident, user_of_staff
from satu.web.doors.table import RIGHTS

ACTOR = "command:bench"
FRONTS = ("console:", "portal:")
NOT_PAGES = frozenset({"console:enter"})  # a link that works once
RESIDENTS = 3
SAMPLES = 5

# Those who had a case are looked at: they have one more page to look at.
CARDS = """
select c.id, c.owner from cases_case k join cards_card c on c.id = k.card
 where c.owner is not null order by md5(c.id::text) limit %s
"""
GOODWILL = 15_000
NEWEST = "select max(service_day) from taps_card_day"


class Staff(NamedTuple):
    """Somebody of the staff: a login, an organisation, roles."""

    login: str
    organisation: str
    acts_for: str
    roles: Sequence[str]


def looking(
    conn: psycopg.Connection, address: str, *, operator: str, issuer: str, at_ms: int
) -> Looking:
    """Staff of the city, of an operator (by code), of a bank (by code), and some residents."""
    at = from_ms(at_ms)
    cards = conn.execute(CARDS, [SAMPLES]).fetchall()
    known = _known(conn, [card for card, _ in cards])
    guests: list[tuple[Guest, Sequence[str]]] = []
    for one in (
        Staff("bench.city", "bench-city", "", sorted(CITY_ROLES)),
        Staff("bench.operator", "bench-operator", f"operator:{operator}", [Role.OPERATOR]),
        Staff("bench.bank", "bench-bank", f"issuer:{issuer}", [Role.BANK]),
    ):
        viewer = Viewer(f"staff:{one.login}", None, one.login, frozenset(one.roles), one.acts_for)
        user = _engaged(one, at)
        if Role.DESK in one.roles:
            _propose(one.login, cards[0][0], at)
        guests.append((_guest(address, user), _starts(viewer, known)))
    for _, owner in cards[:RESIDENTS]:
        viewer = Viewer(f"resident:{owner}", owner, None, frozenset(), None)
        guests.append((_guest(address, user_of_resident(owner)), _starts(viewer, {})))
    return Looking(guests, name_of, wanted())


def name_of(path: str) -> str | None:
    """The page of the console or the portal that a path leads to."""
    try:
        name = resolve(path).view_name
    except Resolver404:
        return None
    return name if name.startswith(FRONTS) and name not in NOT_PAGES else None


def wanted() -> list[str]:
    """All pages of the console and the portal, also those that answer to forms alone."""
    return [name for name in RIGHTS if name.startswith(FRONTS) and name not in NOT_PAGES]


def _engaged(one: Staff, at: datetime) -> User:
    refusal = keep_organisation(
        code=one.organisation, name=one.organisation, acts_for=one.acts_for, actor=ACTOR, at=at
    )
    assert refusal is None, refusal
    hired = engage(
        login=one.login,
        organisation=one.organisation,
        roles=[Role(role) for role in one.roles],
        is_contractor=False,
        until=None,
        actor=ACTOR,
        at=at,
    )
    assert hired is None, hired
    return user_of_staff(one.login)


def _propose(login: str, card: int, at: datetime) -> None:
    """Something that waits for a second pair of eyes; a repeat is the same."""
    goodwill = {"card": card, "amount": GOODWILL}
    asked = Asked("card.goodwill", goodwill, "goodwill", "K-1", f"bench:{card}")
    done = propose(asked=asked, actor=f"staff:{login}", at=at)
    assert isinstance(done, Proposal), done


def _guest(address: str, user: User) -> Guest:
    where = urlsplit(address)
    assert where.hostname and where.port
    return Guest(str(user), where.hostname, where.port, _cookie(user))


def _cookie(user: User) -> str:
    """A session of a user's own."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    begin(request, user)
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"


def session_cookie(login: str, at_ms: int) -> str:
    """The cookie of a member of the city's staff who looks at the live page."""
    staff = Staff(login, "bench-city", "", [Role.TECHNICIAN])
    return _cookie(_engaged(staff, from_ms(at_ms)))


def _starts(viewer: Viewer, known: dict[str, list[str]]) -> list[str]:
    """The addresses that need no argument and are open to somebody, and those that are known."""
    found = []
    for name, right in RIGHTS.items():
        if not name.startswith(FRONTS) or name in NOT_PAGES or right.who is Who.PROGRAM:
            continue
        if right.allows(viewer):
            found += known.get(name, []) or _addresses(name, [()])
    return found


def _known(conn: psycopg.Connection, cards: Iterable[int]) -> dict[str, list[str]]:
    """Addresses that scripts and forms lead to, and no link."""

    def some(statement: LiteralString) -> list[tuple[object, ...]]:
        return conn.execute(statement).fetchall()[:SAMPLES]

    ((day,),) = conn.execute(NEWEST)
    numbers: dict[str, list[tuple[object, ...]]] = {
        "console:card": [(card,) for card in cards],
        "console:case": some("select id from cases_case order by md5(id::text) limit 5"),
        "console:operator": some("select id from taps_operator order by id"),
        "console:line": some("select id from taps_route order by md5(id::text) limit 5"),
        "console:place": some("select id from taps_point order by md5(id::text) limit 5"),
        "console:hour": [(day.isoformat(), hour) for hour in (2, 4, 9)] if day else [],
    }
    found = {name: _addresses(name, rows) for name, rows in numbers.items()}
    places = _addresses("console:find_place", [()])
    found["console:find_place"] = [f"{one}?q=blok" for one in places]
    return found


def _addresses(name: str, rows: Iterable[Sequence[object]]) -> list[str]:
    try:
        return [reverse(name, args=row) for row in rows]
    except NoReverseMatch:
        return []  # it has arguments that are not known here, or is not served
