"""The outbox and what residents wish. Only satu.messages reads or writes these tables.

No address is kept: a message knows a resident's number, what it tells and the codes in it.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Message(models.Model):
    """A message to a resident. `name` is its cause: one cause sends one message.

    `sent_to` is the masked address, where messages may be looked at: never in production.
    `next_at` is when it is tried; null: it is over. `kind` is a satu.messages.kinds.Kind, `state`
    a State, `why` says why it was dropped.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.TextField(unique=True)
    resident = models.BigIntegerField()
    kind = models.TextField()
    parameters = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    state = models.PositiveSmallIntegerField(default=0)
    why = models.TextField(blank=True)
    channel = models.TextField(blank=True)
    sent_to = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messages_message"
        indexes = [
            models.Index(
                fields=["next_at"],
                name="messages_due",
                condition=Q(next_at__isnull=False),
            ),
            models.Index(fields=["resident", "made_at"], name="messages_of_resident"),
            models.Index(fields=["made_at"], name="messages_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=0, next_at__isnull=False, ended_at__isnull=True)
                | Q(state__gt=0, next_at__isnull=True, ended_at__isnull=False),
                name="message_waits_or_ended",
            )
        ]

    def __str__(self) -> str:
        return f"message:{self.id}"


class Wish(models.Model):
    """What a resident wants to be told, in which language and by which way."""

    resident = models.BigIntegerField(primary_key=True)
    language = models.CharField(max_length=2, default="id")
    off = ArrayField(models.TextField(), default=list)
    low_balance = models.BigIntegerField(null=True)
    channel = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "messages_wish"

    def __str__(self) -> str:
        return f"wish:{self.resident}"


class CityRules(models.Model):
    """One row: the rules of the city's pack (satu.messages.kinds.Rules)."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    asset = models.TextField()
    low_balance = models.BigIntegerField(null=True)
    most_a_day = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "messages_rules"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_city_one_rule")]

    def __str__(self) -> str:
        return self.asset


class Position(models.Model):
    """How far something that is read for messages was read."""

    what = models.TextField(primary_key=True)
    at = models.DateTimeField(null=True)
    number = models.BigIntegerField(null=True)

    class Meta:
        db_table = "messages_position"

    def __str__(self) -> str:
        return self.what
