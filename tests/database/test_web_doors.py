"""Every page × everybody: a page is in the table of rights, its guard says the same, and whom it
is not for finds nothing there."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from typing import Any, NamedTuple

from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.converters import IntConverter, PathConverter, SlugConverter, StringConverter
from django.urls.converters import UUIDConverter as UuidConverter
from django.utils import timezone

from satu.people.kinds import STAFF_ROLES, Role
from satu.people.staffing import engage
from satu.web.doors.rights import Right, Viewer, Who, viewer_of
from satu.web.doors.table import API_DOORS, MONEY_ACTIONS, RIGHTS
from tests.support import Database
from tests.web_doors import hire, link_path, new_resident, resident_client, staff_client

SAMPLES = {
    IntConverter: "7",
    StringConverter: "x7",
    SlugConverter: "x7",
    PathConverter: "x/7",
    UuidConverter: "00000000-0000-4000-8000-000000000007",
}
PARTY = {Role.OPERATOR: "operator:bus", Role.BANK: "issuer:1"}
SIGN_IN = "/masuk/"


class Page(NamedTuple):
    """A url: the name that the table knows, a path that leads there, and what answers."""

    name: str
    path: str
    view: Any


def pages() -> list[Page]:
    return list(_pages(get_resolver().url_patterns, "", "/"))


def _pages(patterns: Any, namespace: str, path: str) -> Iterator[Page]:
    for one in patterns:
        here = path + _sample(one)
        if isinstance(one, URLPattern):
            name = one.name or f"{one.callback.__module__}.{one.callback.__qualname__}"
            yield Page(namespace + name, here, one.callback)
        else:
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _pages(one.url_patterns, inner, here)


def _sample(one: Any) -> str:
    route = getattr(one.pattern, "_route", None)
    if route is None:
        return ""  # a regular expression: partners' doors, which check their callers themselves
    for name, converter in one.pattern.converters.items():
        value = SAMPLES.get(type(converter), "2026-11-22")
        for written in (f"<{name}>", *(f"<{kind}:{name}>" for kind in _kinds(route))):
            route = route.replace(written, value)
    return str(route)


def _kinds(route: str) -> list[str]:
    return [part.split(":")[0] for part in route.replace("<", " <").split("<") if ":" in part]


def right_of(page: Page) -> Right | None:
    return RIGHTS.get(page.name)


def test_every_url_is_in_the_table_and_the_table_has_no_other() -> None:
    assert sorted({page.name for page in pages()}) == sorted(RIGHTS)


def test_every_guard_says_what_the_table_says() -> None:
    told = {page.name: getattr(page.view, "right", None) for page in pages()}
    differing = {
        name: (right, RIGHTS[name])
        for name, right in told.items()
        if name not in API_DOORS and right != RIGHTS[name]
    }
    assert differing == {}


def everybody(database: Database) -> dict[str, tuple[Client, Viewer | None]]:
    """A client of everybody there is, and who the table takes them for."""
    resident = new_resident()
    found: dict[str, tuple[Client, Viewer | None]] = {"nobody": (Client(), None)}
    me = Viewer(f"resident:{resident}", resident, None, frozenset(), None)
    found["resident"] = (resident_client(resident), me)
    for role in sorted(STAFF_ROLES):
        bound = PARTY.get(role, "")
        staff = Viewer(f"staff:{role}", None, role, frozenset({role}), bound or None)
        found[role] = (staff_client(role, role, acts_for=bound), staff)
    hire("outsider", "desk", is_contractor=True, until=date(2099, 1, 1))
    desk = Viewer("staff:outsider", None, "outsider", frozenset({"desk"}), None, True)
    found["contractor"] = (entered("outsider"), desk)
    found["no role"] = (no_roles(), Viewer("staff:idle", None, "idle", frozenset(), None))
    found["expired"] = (expired(), None)
    return found


def no_roles() -> Client:
    return entered(hire("idle"))


def entered(login: str) -> Client:
    """A client that somebody of the staff, hired before, opened with a link."""
    client = Client()
    client.get(link_path(login))
    return client


def expired() -> Client:
    client = staff_client("leaver", *sorted(STAFF_ROLES - set(PARTY)))
    hire("leaver", "desk", until=yesterday())
    return client


def yesterday() -> date:
    return (timezone.localtime() - timedelta(days=1)).date()


def test_whom_a_page_is_not_for_finds_nothing_there(database: Database) -> None:
    wrong = []
    for who, (client, viewer) in everybody(database).items():
        for page in pages():
            right = RIGHTS[page.name]
            if right.allows(viewer):
                continue
            for method in ("get", "post"):
                answer = getattr(client, method)(page.path)
                asks = viewer is None and right.who in (Who.RESIDENT, Who.SIGNED_IN)
                asks = asks and page.name not in API_DOORS  # a program is not led to a page
                hidden = answer.status_code == 404
                if asks:
                    hidden = answer.status_code == 302 and answer.url.startswith(SIGN_IN)
                if not hidden and answer.status_code != 405:
                    wrong.append((who, method, page.name, answer.status_code))
    assert wrong == []


def test_whom_a_page_is_for_gets_past_its_guard(database: Database) -> None:
    for who, (client, viewer) in everybody(database).items():
        answer = client.get("/console/live/data")
        right = RIGHTS["console:live_data"]
        assert answer.status_code == (200 if right.allows(viewer) else 404), who


def test_no_administrator_moves_money() -> None:
    moving = {name: right for name, right in RIGHTS.items() if right.moves_money}
    for name, right in moving.items():
        assert right.who is not Who.PUBLIC, name
        if right.who is Who.STAFF:
            assert right.roles and Role.ADMINISTRATOR not in right.roles, name


def test_a_page_that_calls_what_moves_money_says_so() -> None:
    for name in MONEY_ACTIONS:
        module, _, action = name.rpartition(".")
        assert callable(getattr(import_module(module), action)), name
    unsaid = {
        page.name: called
        for page in pages()
        if not RIGHTS[page.name].moves_money and (called := money_called(page.view))
    }
    assert unsaid == {}


def money_called(view: Any) -> set[str]:
    """The actions of MONEY_ACTIONS that a view, or what it calls in its own module, names."""
    function = inspect.unwrap(getattr(view, "view_class", view))
    if not getattr(function, "__module__", "").startswith("satu.web."):
        return set()
    tree = ast.parse(inspect.getsource(inspect.getmodule(function)))  # type: ignore[arg-type]
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    bodies = {
        node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    waiting, named, done = [function.__name__], set[str](), set[str]()
    while waiting:
        name = waiting.pop()
        if name in done or name not in bodies:
            continue
        done.add(name)
        for node in ast.walk(bodies[name]):
            if isinstance(node, ast.Name):
                waiting.append(node.id)
                named.add(imported.get(node.id, ""))
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                named.add(f"{imported.get(node.value.id, '')}.{node.attr}")
    return named & MONEY_ACTIONS


def seen(client: Client) -> Viewer | None:
    """Who `viewer_of` takes a client for."""
    return viewer_of(client.get("/console/live/data").wsgi_request)


def test_a_viewer_is_who_the_books_say_at_this_moment(database: Database) -> None:
    siti = new_resident()
    assert seen(resident_client(siti)) == Viewer(f"resident:{siti}", siti, None, frozenset(), None)
    assert seen(Client()) is None
    rina = staff_client("rina", "operator", acts_for="operator:bus")
    assert seen(rina) == Viewer("staff:rina", None, "rina", frozenset({"operator"}), "operator:bus")
    assert seen(expired()) is None
    joko = staff_client("joko", "desk")
    hire("joko", "desk", "auditor", is_contractor=True, until=date(2099, 1, 1))
    viewer = seen(joko)
    assert viewer is not None and viewer.roles == {"desk", "auditor"} and viewer.is_contractor


def test_staff_of_one_party_see_that_one() -> None:
    def staff(*roles: str, organisation: str | None = None) -> Viewer:
        return Viewer("staff:x", None, "x", frozenset(roles), organisation)

    bus = staff("operator", organisation="operator:bus")
    assert bus.sees_operator("bus") and not bus.sees_operator("zoo")
    assert not bus.sees_issuer("bus")
    bank = staff("bank", organisation="issuer:1")
    assert bank.sees_issuer("1") and not bank.sees_issuer("2") and not bank.sees_operator("1")
    assert staff("auditor").sees_operator("zoo") and staff("auditor").sees_issuer("2")
    assert not staff("operator").sees_operator("bus") and not staff().sees_issuer("1")


def test_a_role_fits_whom_the_organisation_acts_for(database: Database) -> None:
    hire("rina", "operator", acts_for="operator:bus")
    told = {"is_contractor": False, "until": None, "actor": "command:test", "at": timezone.now()}
    for organisation, role in (("bus", Role.DESK), ("bus", Role.BANK)):
        refusal = engage(login="toni", organisation=organisation, roles=[role], **told)
        assert refusal == "acts_for_invalid"
    hire("ani", "desk")
    refusal = engage(login="toni", organisation="dishub", roles=[Role.OPERATOR], **told)
    assert refusal == "acts_for_invalid"
