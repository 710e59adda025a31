"""Forgets messages that are over, as long after as the city's rule says. A daily job runs it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.ledger.actions import raw_connection
from satu.messages import models
from satu.messages.kinds import OF_TAPS, State
from satu.people.kinds import Kept
from satu.people.queries import keep_days

# Wishes are of people; who was erased has none any more.
FORGET_WISHES = """
delete from messages_wish w where not exists (select from people_living p where p.id = w.resident)
"""


def forget_old(*, actor: str, at: datetime) -> int:
    """Remove messages older than they are kept, those about taps also when trips are not kept any
    more; how many. Without a rule they are kept.

    What those wished who were erased goes in any case.
    """
    raw_connection().execute(FORGET_WISHES)
    old = _older(Kept.MESSAGES, at) | _older(Kept.TRIPS, at) & Q(kind__in=OF_TAPS)
    with transaction.atomic():
        count, _ = models.Message.objects.filter(old).exclude(state=State.WAITING).delete()
        if count:
            subject, detail = Subject("retention", Kept.MESSAGES.value), {"count": count}
            record(subject=subject, action="retention.forgot", actor=actor, at=at, detail=detail)
    return count


def _older(what: Kept, at: datetime) -> Q:
    """The messages made before what is kept so long; none without a rule."""
    kept = keep_days(what)
    return Q(pk__in=()) if kept is None else Q(made_at__lt=at - timedelta(days=kept))
