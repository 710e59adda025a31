"""Reading proposals: what waits, and what became of what was asked of a card or a bank."""

from __future__ import annotations

from satu.approvals import models
from satu.approvals.kinds import State
from satu.approvals.registry import WHOLE_CITY
from satu.audit.entry import Subject


def waiting(*, acts_for: str = WHOLE_CITY) -> list[models.Proposal]:
    """The proposals that wait, whose time ends first; with `acts_for`, of that party's money."""
    found = models.Proposal.objects.filter(state=State.WAITING)
    if acts_for:
        found = found.filter(party=acts_for)
    return list(found.order_by("expires_at", "id"))


def proposal(number: int, *, acts_for: str = WHOLE_CITY) -> models.Proposal | None:
    """A proposal; None: there is none, or it is of another party's money."""
    found = models.Proposal.objects.filter(id=number).first()
    return found if found and acts_for in (WHOLE_CITY, found.party) else None


def of_subject(subject: Subject) -> list[models.Proposal]:
    """What was proposed for a card or a bank, the newest first."""
    found = models.Proposal.objects.filter(subject_kind=subject.kind, subject_id=str(subject.id))
    return list(found.order_by("-id"))


def decided(*, acts_for: str = WHOLE_CITY, limit: int = 100) -> list[models.Proposal]:
    """The proposals that were decided, the newest first."""
    found = models.Proposal.objects.exclude(state=State.WAITING)
    if acts_for:
        found = found.filter(party=acts_for)
    return list(found.order_by("-decided_at", "-id")[:limit])
