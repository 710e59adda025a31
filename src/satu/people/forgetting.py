"""Forgets what has been kept as long as the city's rules say. Run by a daily job."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.people import models
from satu.people.kinds import Kept


def forget_old(*, actor: str, at: datetime) -> dict[str, int]:
    """Remove what is past its time: how much of each kind. Without a rule a kind is kept."""
    models.PrintedCode.objects.filter(until__lt=localdate(at)).delete()  # they open nothing
    forgotten = {}
    for rule in models.Retention.objects.order_by("what"):
        with transaction.atomic():
            old = _older_than(Kept(rule.what), at - timedelta(days=rule.keep_days))
            count = old.delete()[0] if old is not None else 0
            if count:
                subject, detail = Subject("retention", rule.what), {"count": count}
                record(
                    subject=subject, action="retention.forgot", actor=actor, at=at, detail=detail
                )
                forgotten[rule.what] = count
    return forgotten


def _older_than(
    what: Kept, before: datetime
) -> QuerySet[models.Consent] | QuerySet[models.Check] | QuerySet[models.Guardian] | None:
    match what:
        case Kept.CONSENTS:
            return models.Consent.objects.filter(withdrawn_at__lt=before)
        case Kept.CHECKS:
            return models.Check.objects.filter(at__lt=before)
        case Kept.GUARDIANS:
            return models.Guardian.objects.filter(until__lt=localdate(before))
        case Kept.TRIPS | Kept.MESSAGES | Kept.CASES:
            return None  # rooms above keep them, and forget them by jobs of their own
        case Kept.MONEY | Kept.TRAIL:
            return None  # nobody may remove a posting or an entry (AT_LEAST)
