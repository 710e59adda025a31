"""A staff link opens the console once, in time, for the one it was made for."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from django.db import connection

from satu.web.doors.links import make_link, use_link

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
