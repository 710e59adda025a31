"""The audit trail: rows are added, never changed."""

from __future__ import annotations

import psycopg
import pytest

from satu.audit.actions import record
from tests.support import Database


def test_an_action_is_written_down_once_and_stays(database: Database) -> None:
    record(action="cards.block_card", subject="card:17", actor="staff:ani", at=1_500, reason="lost")
    app = database.connect()
    rows = app.execute(
        "select extract(epoch from at) * 1000, actor, action, subject, details from audit_record"
    ).fetchall()
    assert rows == [(1_500, "staff:ani", "cards.block_card", "card:17", {"reason": "lost"})]
    for statement in ("update audit_record set actor = 'x'", "delete from audit_record"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)
