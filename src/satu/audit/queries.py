"""Reading the audit trail."""

from __future__ import annotations

from datetime import datetime

from satu.audit.entry import Detail, Subject
from satu.audit.models import AuditEntry


def entries_on(subject: Subject) -> list[AuditEntry]:
    """Everything that was done to a subject, oldest first."""
    found = AuditEntry.objects.filter(subject_kind=subject.kind, subject_id=str(subject.id))
    return list(found.order_by("at", "id"))


def newest_entry() -> int:
    """The number of the newest entry; 0: there is none."""
    newest = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first()
    return newest or 0


def entries_between(*, action: str, after: int, until: int) -> list[AuditEntry]:
    """The entries of an action with numbers above `after` and up to `until`, by number."""
    found = AuditEntry.objects.filter(id__gt=after, id__lte=until, action=action)
    return list(found.order_by("id"))


def count_since(*, subject: Subject, action: str, since: datetime) -> int:
    """How often an action was done to a subject after `since`."""
    return AuditEntry.objects.filter(
        subject_kind=subject.kind, subject_id=str(subject.id), at__gt=since, action=action
    ).count()


def done_since(
    *, subject: Subject, action: str, actor: str, detail: Detail, since: datetime
) -> bool:
    """Whether an actor did an action to a subject after `since`, with this in its detail."""
    return AuditEntry.objects.filter(
        subject_kind=subject.kind,
        subject_id=str(subject.id),
        at__gt=since,
        action=action,
        actor=actor,
        detail__contains=dict(detail),
    ).exists()
