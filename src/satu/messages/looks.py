"""Tells residents that staff opened their data: read from the audit trail. Run by a job."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from satu.audit.queries import entries_between, newest_entry
from satu.messages.actions import enqueue
from satu.messages.kinds import Kind
from satu.messages.reading import read_up_to
from satu.people.kinds import STAFF_ROLES
from satu.people.queries import OPENED

WHAT = "looks"
# Numbers are given before the commit: an entry can come to be seen after ones of higher numbers.
OVERLAP = 2_000


def tell_looks(*, at: datetime) -> int:
    """Put a message into the outbox for each look of staff; how many looks were found.

    One look is told once: its message is named by the entry. The first run only notes where the
    trail is, so that a city that begins to send messages does not tell old looks.
    """
    with transaction.atomic():
        newest = newest_entry()
        before = read_up_to(what=WHAT, number=newest)
        if before is None:
            return 0
        looks = [
            entry
            for entry in entries_between(action=OPENED, after=before - OVERLAP, until=newest)
            if entry.detail["role"] in STAFF_ROLES
        ]
        for entry in looks:
            enqueue(
                resident=int(entry.subject_id),
                kind=Kind.DATA_LOOKED_AT,
                parameters={name: entry.detail[name] for name in ("purpose", "case")},
                name=f"looked:{entry.pk}",
                at=at,
            )
    return len(looks)
