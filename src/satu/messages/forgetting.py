"""Forgets messages that are over, as long after as the city's rule says. A daily job runs it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.ledger.actions import raw_connection
from satu.messages import models
from satu.messages.kinds import State
from satu.people.kinds import Kept
from satu.people.queries import keep_days

# Wishes are of people; who was erased has none any more.
FORGET_WISHES = """
delete from messages_wish w where not exists (select from people_living p where p.id = w.resident)
"""


def forget_old(*, actor: str, at: datetime) -> int:
    """Remove messages older than they are kept; how many. Without a rule they are kept.

    What those wished who were erased goes in any case.
    """
    raw_connection().execute(FORGET_WISHES)
    kept = keep_days(Kept.MESSAGES)
    if kept is None:
        return 0
    with transaction.atomic():
        before = at - timedelta(days=kept)
        old = models.Message.objects.filter(made_at__lt=before).exclude(state=State.WAITING)
        count, _ = old.delete()
        if count:
            subject, detail = Subject("retention", Kept.MESSAGES.value), {"count": count}
            record(subject=subject, action="retention.forgot", actor=actor, at=at, detail=detail)
    return count
