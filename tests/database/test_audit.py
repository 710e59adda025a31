"""The audit trail: entries are added, never changed."""

from __future__ import annotations

import psycopg
import pytest

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.kernel.days import from_ms
from tests.support import Database


def test_an_action_is_written_down_once_and_stays(database: Database) -> None:
    card, at = Subject("card", 17), from_ms(1_500)
    record(subject=card, action="card.blocked", actor="staff:ani", at=at, detail={"reason": "lost"})
    (entry,) = entries_on(card)
    assert (entry.actor, entry.action, entry.at) == ("staff:ani", "card.blocked", at)
    assert entry.detail == {"reason": "lost"}
    for statement in ("update audit_entry set actor = 'x'", "delete from audit_entry"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.connect().execute(statement)
