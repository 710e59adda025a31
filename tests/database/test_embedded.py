"""The embedded server: started by the first who needs it, stopped by the last, survives kill -9."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from satu.project.embedded import EmbeddedServer, default_settings, in_use, keep_running
from tests.support import SETTINGS


@pytest.fixture
def fresh() -> Iterator[EmbeddedServer]:
    home = Path(os.environ["SATU_HOME"]) / uuid4().hex[:8]
    home.mkdir(parents=True)
    made = EmbeddedServer(home / "postgres", home / "postgres", SETTINGS)
    yield made
    if made.is_running():
        made.stop("immediate")


def process_id(server: EmbeddedServer) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def test_the_last_to_end_stops_it(fresh: EmbeddedServer) -> None:
    with in_use(fresh):
        first = process_id(fresh)
        with in_use(fresh):
            assert process_id(fresh) == first
        assert fresh.is_running()
    assert not fresh.is_running()
    assert "database system is shut down" in (fresh.data / "log").read_text()


def test_what_was_committed_outlives_a_kill(fresh: EmbeddedServer) -> None:
    with in_use(fresh):
        url = fresh.url("satu", "satu")
        with psycopg.connect(url) as owner:
            owner.execute("create table kept as select 17 as answer")
        killed = process_id(fresh)
        os.kill(killed, signal.SIGKILL)
        while fresh.is_running():
            pass
        keep_running(fresh)
        assert process_id(fresh) != killed
        with psycopg.connect(url) as owner:
            assert owner.execute("select answer from kept").fetchone() == (17,)


def test_the_server_is_durable_and_no_superuser_owns_the_books(fresh: EmbeddedServer) -> None:
    assert default_settings()["fsync"] == "on"
    with in_use(fresh), psycopg.connect(fresh.url("satu", "satu")) as owner:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert owner.execute("select current_setting(%s)", [name]).fetchone() == ("on",)
        roles = owner.execute(
            "select rolname, rolsuper, rolcreaterole from pg_roles"
            " where rolname in ('satu', 'satu_app') order by 1"
        ).fetchall()
    assert roles == [("satu", False, False), ("satu_app", False, False)]
