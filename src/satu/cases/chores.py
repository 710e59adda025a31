"""What the clock does with cases: escalation, the end of answered ones, forgetting. Jobs run it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cases import models, queries
from satu.cases.actions import close_case, escalate
from satu.cases.errors import Refusal
from satu.cases.kinds import State
from satu.cases.rules import RUNNING
from satu.people.kinds import Kept
from satu.people.queries import keep_days
from satu.people.texts import forget_texts

BATCH = 500


def escalate_due(*, actor: str, at: datetime) -> int:
    """Give every case whose clock has run out to the next team; how many."""
    due = models.Case.objects.filter(state__in=RUNNING, due_at__lte=at).order_by("due_at", "id")
    return sum(
        [escalate(case=case, actor=actor, at=at) for case in due.values_list("id", flat=True)]
    )


def close_old(*, actor: str, at: datetime) -> int:
    """Close the answered cases that nobody opened again in time; how many."""
    city = queries.city_cases()
    if city is None:
        return 0
    before = at - timedelta(days=city.reopen_days)
    old = models.Case.objects.filter(state=State.ANSWERED, answered_at__lt=before).order_by("id")
    closed = [
        close_case(case=case, owner=None, actor=actor, at=at)
        for case in old.values_list("id", flat=True)
    ]
    return sum(not isinstance(one, Refusal) for one in closed)


def forget_old(*, actor: str, at: datetime) -> int:
    """Forget who asked and what was written in cases closed longer ago than they are kept.

    The case stays for the counts: its kind, its clock, its outcome. How many; without a rule all
    are kept.
    """
    kept = keep_days(Kept.CASES)
    if kept is None:
        return 0
    before, count = at - timedelta(days=kept), 0
    while True:
        with transaction.atomic():
            old = models.Case.objects.filter(
                state=State.CLOSED, closed_at__lt=before, is_forgotten=False
            )
            cases = list(old.order_by("id").values_list("id", flat=True)[:BATCH])
            if not cases:
                return count
            entries = models.Entry.objects.filter(case__in=cases, text__isnull=False)
            forget_texts([text for text in entries.values_list("text", flat=True) if text])
            entries.update(text=None)
            models.Case.objects.filter(id__in=cases).update(
                resident=None, card=None, about="", is_forgotten=True
            )
            subject, detail = Subject("retention", Kept.CASES.value), {"count": len(cases)}
            record(subject=subject, action="retention.forgot", actor=actor, at=at, detail=detail)
            count += len(cases)
