"""Reading the audit trail."""

from __future__ import annotations

from datetime import datetime

from satu.audit.entry import Subject
from satu.audit.models import AuditEntry


def entries_on(subject: Subject) -> list[AuditEntry]:
    """Everything that was done to a subject, oldest first."""
    found = AuditEntry.objects.filter(subject_kind=subject.kind, subject_id=str(subject.id))
    return list(found.order_by("at", "id"))


def count_since(*, subject: Subject, action: str, since: datetime) -> int:
    """How often an action was done to a subject after `since`."""
    return AuditEntry.objects.filter(
        subject_kind=subject.kind, subject_id=str(subject.id), at__gt=since, action=action
    ).count()
