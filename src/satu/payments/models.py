"""Fees, agents and what they took, standing orders, banks that are out."""

from __future__ import annotations

from django.db import models

from satu.cards.models import Card, Issuer


class Fee(models.Model):
    """A satu.payments.kinds.FeeRule."""

    channel = models.TextField()
    up_to = models.BigIntegerField(null=True)
    fee = models.BigIntegerField()

    class Meta:
        db_table = "payments_fee"
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "up_to"], name="one_fee_a_bound", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(fee__gte=0), name="fee_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"fee:{self.pk}"


class Agent(models.Model):
    """A shop that takes cash for top-ups out of what it has paid in at its bank.

    `commission` is what it earns a top-up; `most` one top-up's limit, `most_a_day` a day's.
    """

    code = models.SlugField(unique=True)
    name = models.TextField()
    bank = models.ForeignKey(Issuer, models.PROTECT, db_column="bank", related_name="+")
    account = models.BigIntegerField(unique=True)
    commission = models.BigIntegerField()
    most = models.BigIntegerField()
    most_a_day = models.BigIntegerField()
    is_open = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "payments_agent"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(commission__gte=0, most__gt=0, most_a_day__gte=models.F("most")),
                name="agent_limits_fit",
            )
        ]

    def __str__(self) -> str:
        return f"agent:{self.code}"


class AgentTopUp(models.Model):
    """A top-up that an agent took, by its own reference: the answer that a repeat gets."""

    agent = models.ForeignKey(Agent, models.PROTECT, db_column="agent", related_name="top_ups")
    reference = models.TextField()
    card = models.ForeignKey(Card, models.DO_NOTHING, db_column="card", related_name="+")
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    commission = models.BigIntegerField()
    collected = models.BigIntegerField()
    balance = models.BigIntegerField()
    posting = models.UUIDField(unique=True)
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        db_table = "payments_agent_top_up"
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "reference"], name="an_agents_reference_is_used_once"
            )
        ]
        indexes = [models.Index(fields=["agent", "day"], name="payments_agent_day")]

    def __str__(self) -> str:
        return f"agent_top_up:{self.pk}"


class Order(models.Model):
    """A standing order: below `threshold` a card gets `amount` from `bank`, or from `payer`.

    Not within `gap_s` seconds of the last time, and at most `monthly_cap` a calendar month.
    `payer` is the card of a relative. `done` counts; `refused` is why it last could not.
    """

    key = models.TextField(unique=True)
    card = models.ForeignKey(Card, models.DO_NOTHING, db_column="card", related_name="+")
    bank = models.ForeignKey(Issuer, models.PROTECT, db_column="bank", null=True, related_name="+")
    payer = models.ForeignKey(
        Card, models.DO_NOTHING, db_column="payer", null=True, related_name="+"
    )
    threshold = models.BigIntegerField()
    amount = models.BigIntegerField()
    gap_s = models.BigIntegerField()
    monthly_cap = models.BigIntegerField()
    is_active = models.BooleanField(default=True)
    done = models.IntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    month = models.DateField(null=True)
    month_amount = models.BigIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    refused = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "payments_order"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(bank=None, payer__isnull=False)
                | models.Q(bank__isnull=False, payer=None),
                name="order_has_one_payer",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    amount__gt=0,
                    threshold__gt=0,
                    gap_s__gt=0,
                    monthly_cap__gte=models.F("amount"),
                    month_amount__lte=models.F("monthly_cap"),
                ),
                name="order_limits_fit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["card"], condition=models.Q(is_active=True), name="payments_order_active"
            )
        ]

    def __str__(self) -> str:
        return f"order:{self.pk}"


class Outage(models.Model):
    """A bank whose top-ups are stopped, by satu.payments.kinds.Cause."""

    bank = models.ForeignKey(Issuer, models.PROTECT, db_column="bank", related_name="+")
    cause = models.SmallIntegerField()
    since = models.DateTimeField()

    class Meta:
        db_table = "payments_outage"
        constraints = [models.UniqueConstraint(fields=["bank", "cause"], name="one_outage_a_cause")]

    def __str__(self) -> str:
        return f"outage:{self.pk}"
