"""The accounts in which banks hold the money of purses, and what the banks' statements say."""

from __future__ import annotations

from django.db import models

from satu.cards.models import Issuer


class BankAccount(models.Model):
    """The account at an issuer whose balance is the issuer's float, and how long money may travel.

    `transit_days`: what was told longer ago than that and is on one side only is missing.
    """

    issuer = models.OneToOneField(Issuer, models.PROTECT, primary_key=True, related_name="+")
    number = models.TextField(unique=True)
    currency = models.CharField(max_length=3)
    transit_days = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "settlement_bank_account"

    def __str__(self) -> str:
        return f"bank account of {self.issuer_id}"


class Statement(models.Model):
    """A bank's statement of an account. The next one opens with what this one closed with."""

    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statements")
    name = models.TextField()
    opening = models.BigIntegerField()
    opened_on = models.DateField()
    closing = models.BigIntegerField()
    closed_on = models.DateField()
    digest = models.BinaryField()
    imported_at = models.DateTimeField()

    class Meta:
        db_table = "settlement_statement"
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="a_statement_is_taken_once")
        ]

    def __str__(self) -> str:
        return self.name


class StatementLine(models.Model):
    """Money that a bank booked: positive came in. `reference` "": the bank named none."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    reference = models.TextField()
    amount = models.BigIntegerField()
    booked_on = models.DateField()

    class Meta:
        db_table = "settlement_statement_line"

    def __str__(self) -> str:
        return f"line {self.pk}"


class FloatCheck(models.Model):
    """What the last comparison of a float with its bank's statements found: for who only looks.

    `found` are the first differences, [finding, reference, booked, stated, day], of `found_count`;
    `missing` of them all are neither on their way nor not booked yet.
    """

    issuer = models.OneToOneField(Issuer, models.PROTECT, primary_key=True, related_name="+")
    at = models.DateTimeField()
    float_balance = models.BigIntegerField()
    closing = models.BigIntegerField()
    closed_on = models.DateField()
    opening_difference = models.BigIntegerField()
    in_balance = models.BooleanField()
    found_count = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    found = models.JSONField()

    class Meta:
        db_table = "settlement_float_check"

    def __str__(self) -> str:
        return f"float check of {self.issuer_id}"


class ClearingFile(models.Model):
    """What a bank owes for a settlement day's rides of its own chips and tokens. Never changed."""

    bank = models.ForeignKey(Issuer, models.PROTECT, related_name="+")
    day = models.DateField()
    written_at = models.DateTimeField()

    class Meta:
        db_table = "settlement_clearing_file"
        constraints = [
            models.UniqueConstraint(fields=["bank", "day"], name="a_day_is_cleared_once")
        ]

    def __str__(self) -> str:
        return f"clearing {self.bank_id} {self.day}"


class ClearingLine(models.Model):
    """What one card of a bank rode. `is_paid` None: the bank has not answered yet.

    `amount` below zero is given back to the bank. `posting` is what the answer made of it.
    """

    file = models.ForeignKey(ClearingFile, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    purse = models.BigIntegerField()
    reference = models.TextField()
    rides = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    is_paid = models.BooleanField(null=True)
    reason = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    posting = models.UUIDField(null=True, unique=True)

    class Meta:
        db_table = "settlement_clearing_line"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="a_line_has_one_number")
        ]

    def __str__(self) -> str:
        return f"line {self.number} of {self.file_id}"
