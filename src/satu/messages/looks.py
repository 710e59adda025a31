"""Tells residents that staff opened their data: read from the audit trail. Run by a job."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

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

    Who looks again and again on a day, for one case, is told once; the list of looks has them all.
    The first run only notes where the trail is, so that a city that begins to send messages does
    not tell old looks.
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
            purpose, case = entry.detail["purpose"], entry.detail["case"]
            cause = (entry.subject_id, entry.actor, purpose, case, localdate(entry.at))
            enqueue(
                resident=int(entry.subject_id),
                kind=Kind.DATA_LOOKED_AT,
                parameters={"case": case},
                name=":".join(["looked", *map(str, cause)]),
                at=at,
            )
    return len(looks)
