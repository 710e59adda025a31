"""The database as programs find it: migrated, and with least rights for satu_app."""

from __future__ import annotations

import subprocess
import sys

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from satu.project.database import check_server
from satu.project.embedded import create_database
from satu.project.environment import EnvironmentProblem
from tests.support import Database, TestServer


def test_a_program_reads_the_books_and_cannot_change_a_posting(database: Database) -> None:
    app = database.connect()
    assert app.execute("select count(*) from ledger_posting").fetchone() == (0,)
    for statement in (
        "update ledger_posting set amount = 1",
        "delete from ledger_posting",
        "truncate ledger_posting",
        "update ledger_account set balance = 1",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)


def test_a_server_that_cannot_be_used_is_told_in_one_line(database: Database) -> None:
    with pytest.raises(EnvironmentProblem, match="SATU_DATABASE_URL: connection failed") as told:
        check_server(make_conninfo(database.owner_url, dbname="tiada"))
    assert "\n" not in str(told.value)


def test_programs_that_start_at_once_migrate_one_after_the_other(
    database: Database, server: TestServer
) -> None:
    name = f"{database.name}_new"
    server.admin.execute(create_database(name))
    code = "import sys; from satu.project.database import migrate; migrate(sys.argv[1])"
    try:
        command = [sys.executable, "-c", code, server.url("satu", name)]
        starters = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
        assert [starter.communicate()[1] for starter in starters] == [b"", b"", b""]
        assert [starter.returncode for starter in starters] == [0, 0, 0]
        with psycopg.connect(server.url("satu_app", name)) as app:
            assert app.execute("select count(*) from ledger_posting").fetchone() == (0,)
            assert app.execute("select count(*) from django_migrations").fetchone() > (20,)
            app.execute("insert into auth_group (name) values ('ruang kendali')")
    finally:
        server.admin.execute(f"drop database {name} with (force)")


def test_django_is_led_to_the_tests_own_database(database: Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user, current_database()")
        assert cursor.fetchone() == ("satu_app", database.name)
