"""What the clock does with cases: escalation, the end of answered ones, forgetting. Jobs run it.

A case stays longer than a ride is linked with its card, so it lets go of the ride before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast, Concat

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cases import models, queries
from satu.cases.actions import close_case, escalate
from satu.cases.errors import Refusal
from satu.cases.kinds import REPAIR, RIDE, State
from satu.cases.rules import RUNNING
from satu.people.kinds import Kept
from satu.people.queries import keep_days
from satu.people.texts import forget_texts
from satu.taps.queries import unlinked
from satu.taps.repair_queries import repairs_in

BATCH = 500
# A case's key names its cause, so a person or a ride; when that is forgotten, the case alone.
ITSELF = Concat(Value("case:"), Cast(F("id"), TextField()))


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


def unlink_rides(*, actor: str, at: datetime) -> int:
    """Let go of the rides and repairs that cases are about, of those whose card is not known any
    more (satu.taps.retention); how many cases."""
    with transaction.atomic():
        about = Q(about__startswith=RIDE) | Q(about__startswith=REPAIR)
        names = models.Case.objects.filter(about).values_list("about", flat=True)
        rides, repairs = _numbers(names, RIDE), _numbers(names, REPAIR)
        gone = {f"{RIDE}{ride}" for ride in unlinked(rides)}
        gone |= {f"{REPAIR}{one}" for one in repairs - {one.id for one in repairs_in(repairs)}}
        count = models.Case.objects.filter(about__in=gone).update(about="", key=ITSELF)
        if count:
            subject, detail = Subject("retention", Kept.TRIPS.value), {"count": count}
            record(subject=subject, action="retention.forgot", actor=actor, at=at, detail=detail)
    return count


def _numbers(names: Iterable[str], prefix: str) -> set[int]:
    return {int(name.removeprefix(prefix)) for name in names if name.startswith(prefix)}


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
                resident=None, card=None, about="", key=ITSELF, is_forgotten=True
            )
            subject, detail = Subject("retention", Kept.CASES.value), {"count": len(cases)}
            record(subject=subject, action="retention.forgot", actor=actor, at=at, detail=detail)
            count += len(cases)
