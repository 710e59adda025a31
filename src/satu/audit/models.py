"""The audit trail's table, to read and to add to. SQL made it: see sql/tables_v1.sql."""

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
