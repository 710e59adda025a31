"""Alarms of the control room, and what `satu verify` found. Written by insight.actions alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Alarm(models.Model):
    """Something that staff should look at, from when it began until it was over.

    `kind` is a satu.insight.alarms.Kind, `subject` what it is about (a device's number, an
    operator's, a bank's code). `since` is the city's time, `noticed_at` the machine's.
    """

    kind = models.TextField()
    subject = models.TextField()
    since = models.DateTimeField()
    noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    detail = models.JSONField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.TextField(default="", db_default="")
    note = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(ended_at__isnull=True),
                name="insight_alarm_is_open_once",
            )
        ]
        indexes = [models.Index(fields=["-noticed_at"], name="insight_alarm_noticed")]

    def __str__(self) -> str:
        return f"alarm:{self.pk}"


class Proof(models.Model):
    """A run of `satu verify`: how much it looked at, and how many rows were at fault."""

    at = models.DateTimeField(db_index=True)
    postings = models.BigIntegerField()
    problems = models.IntegerField()
    first = models.TextField(default="", db_default="")

    def __str__(self) -> str:
        return f"proof:{self.pk}"
