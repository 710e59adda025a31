"""The audit trail's table, to read and to add to (SQL made it: sql/tables_v1.sql), and proofs."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One thing that somebody did to a subject. The database refuses changes and removals."""

    at = models.DateTimeField()
    actor = models.TextField()
    action = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.TextField()
    detail = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "audit_entry"

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.subject_kind}:{self.subject_id}"


class Proof(models.Model):
    """A proof of the chain that somebody asked for; `at` null: not made yet.

    `seal` and `hash` are the newest seal that was proved, `breaks` the first of the `broken`, each
    [a satu.audit.verify.Breach, entry or null, seal or null].
    """

    id = models.BigAutoField(primary_key=True)
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    at = models.DateTimeField(null=True)
    entries = models.BigIntegerField(default=0)
    unsealed = models.BigIntegerField(default=0)
    seal = models.BigIntegerField(default=0)
    hash = models.TextField(blank=True, default="")
    broken = models.BigIntegerField(default=0)
    breaks = models.JSONField(default=list)

    class Meta:
        db_table = "audit_proof"

    def __str__(self) -> str:
        return f"proof:{self.id}"
