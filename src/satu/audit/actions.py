"""Writing the audit trail. Every action of the other domains calls this in its transaction."""

from __future__ import annotations

from datetime import datetime

from satu.audit.entry import Detail, Subject
from satu.audit.models import AuditEntry


def record(
    *, subject: Subject, action: str, actor: str, at: datetime, detail: Detail | None = None
) -> None:
    """Write down that `actor` (`staff:ani`) did `action` (`card.blocked`) to a subject."""
    AuditEntry.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.id,
        action=action,
        actor=actor,
        at=at,
        detail=dict(detail or {}),
    )
