"""Proposals to move money. Only satu.approvals reads or writes them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Proposal(models.Model):
    """An action with its parameters that one proposed and another decides.

    `sealed` are the parameters, `amount` and subject what a list shows of them. `state` is a
    satu.approvals.kinds.State; `result` the code of what the action answered. Staff by login.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.TextField(unique=True)
    action = models.TextField()
    sealed = models.BinaryField()
    subject_kind = models.TextField()
    subject_id = models.TextField()
    party = models.TextField(blank=True)
    amount = models.BigIntegerField(null=True)
    reason = models.TextField()
    case = models.TextField(blank=True)
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.PositiveSmallIntegerField(default=0)
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    result = models.TextField(blank=True)

    class Meta:
        db_table = "approvals_proposal"
        indexes = [
            models.Index(fields=["expires_at"], name="approvals_waiting", condition=Q(state=0)),
            models.Index(fields=["subject_kind", "subject_id"], name="approvals_of_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=0, decided_at__isnull=True)
                | Q(state__gt=0, decided_at__isnull=False),
                name="proposal_is_decided_once",
            ),
            # 1: done, 2: refused by the action itself. Nobody gets there alone.
            models.CheckConstraint(
                condition=~Q(state__in=[1, 2]) | ~Q(decided_by=F("proposed_by")),
                name="four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal:{self.id}"
