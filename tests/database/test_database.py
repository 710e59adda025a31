"""The database as programs find it: migrated, and with least rights for satu_app."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from tests.support import Database


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


def test_django_is_led_to_the_tests_own_database(database: Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user, current_database()")
        assert cursor.fetchone() == ("satu_app", database.name)
