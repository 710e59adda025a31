"""A staff link opens the console once, in time, for the one it was made for."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client

from satu.people.queries import staff_member
from satu.web.doors.factors import has_factor
from satu.web.doors.links import make_link, use_link
from satu.web.doors.rights import viewer_of
from satu.web.doors.sessions import user_of_staff
from tests.commands import satu

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)


def test_a_link_is_used_once_and_both_acts_are_audited(database):
    token = make_link(login="ani", actor="command:people", at=NOW)
    assert use_link(token=token, at=NOW + timedelta(minutes=1)) == "ani"
    assert use_link(token=token, at=NOW + timedelta(minutes=2)) is None
    trail = database.connect().execute("select action, actor from audit_entry order by id")
    assert trail.fetchall() == [
        ("staff_link.made", "command:people"),
        ("staff_link.used", "staff:ani"),
    ]


def test_a_link_ends_after_a_day_and_a_wrong_one_never_began(database):
    token = make_link(login="ani", actor="command:people", at=NOW)
    assert use_link(token=token, at=NOW + timedelta(hours=24)) is None
    assert use_link(token="x" * 43, at=NOW) is None
    assert use_link(token=token, at=NOW + timedelta(hours=23, minutes=59)) == "ani"


def test_the_token_itself_is_not_kept(database):
    token = make_link(login="ani", actor="command:people", at=NOW)
    row = database.connect().execute("select token_hash, used_at from doors_staff_link").fetchone()
    assert bytes(row[0]) == hashlib.sha256(token.encode()).digest() and row[1] is None


def test_of_two_that_open_it_at_once_one_gets_in(database):
    token = make_link(login="ani", actor="command:people", at=NOW)

    def opened(_: int) -> str | None:
        try:
            return use_link(token=token, at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(opened, range(8)), key=str) == [None] * 7 + ["ani"]


def test_a_command_makes_a_link_and_forgets_what_was_lost(database):
    made = satu(
        *("people", "staff", "ani", "--organisation", "dishub", "--role", "desk"),
        *("--name", "Dinas Perhubungan"),
    )
    assert made.returncode == 0
    client = Client()
    client.get(satu("people", "staff-link", "ani", "--json").told["path"])
    TOTP.activate(user_of_staff("ani"), "JBSWY3DPEHPK3PXP")
    seen = viewer_of(client.get("/").wsgi_request)
    assert seen is not None and seen.actor == "staff:ani"
    again = satu("people", "staff-link", "ani", "--lost", "--json").told["path"]
    assert viewer_of(client.get("/").wsgi_request) is None
    assert not has_factor(user_of_staff("ani"))
    client.get(again)
    assert viewer_of(client.get("/").wsgi_request) == seen
    nobody = satu("people", "staff-link", "tono", "--json")
    assert nobody.returncode == 1 and nobody.told["refused"] == "staff_unknown"


def test_whom_an_organisation_acts_for_is_told_by_the_command(database):
    hired = ("people", "staff", "rina", "--organisation", "bus", "--role", "operator", "--json")
    assert satu(*hired, "--name", "Bus", "--acts-for", "bus").told["refused"] == "acts_for_invalid"
    assert satu(*hired, "--name", "Bus", "--acts-for", "operator:bus").returncode == 0
    rina = staff_member("rina", NOW)
    assert rina is not None and rina.acts_for == "operator:bus"
