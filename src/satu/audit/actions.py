"""Writing the audit trail. Every action of the other domains calls this in its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from satu.audit.entry import Detail, Subject
from satu.audit.models import AuditEntry

CHUNK = 5_000
NOTHING: Detail = {}


def record(
    *, subject: Subject, action: str, actor: str, at: datetime, detail: Detail = NOTHING
) -> None:
    """Write down that `actor` (`staff:ani`) did `action` (`card.blocked`) to a subject."""
    AuditEntry.objects.create(
        subject_kind=subject.kind,
        subject_id=str(subject.id),
        action=action,
        actor=actor,
        at=at,
        detail=dict(detail),
    )


def record_all(
    *, subjects: Iterable[tuple[Subject, Detail]], action: str, actor: str, at: datetime
) -> None:
    """Write down an action that was done to many at once: one entry a subject."""
    entries = [
        AuditEntry(
            subject_kind=subject.kind,
            subject_id=str(subject.id),
            action=action,
            actor=actor,
            at=at,
            detail=dict(detail),
        )
        for subject, detail in subjects
    ]
    AuditEntry.objects.bulk_create(entries, batch_size=CHUNK)
