"""Partners (banks that call us), the tokens they hold, and the calls that were answered."""

from __future__ import annotations

from django.db import models

from satu.cards.models import Issuer


class Partner(models.Model):
    """A bank that calls Satu for the cards of one issuer. Its secret is derived, never stored.

    `client_key` is what it sends as X-CLIENT-KEY, `partner_id` as X-PARTNER-ID; `public_key` is
    a PEM text; `profile` a satu.formats.snap.profile.Profile.
    """

    code = models.SlugField(unique=True)
    issuer = models.OneToOneField(Issuer, models.PROTECT, related_name="+")
    client_key = models.TextField(unique=True)
    partner_id = models.TextField(unique=True)
    public_key = models.TextField()
    profile = models.JSONField()
    secret_generation = models.PositiveSmallIntegerField(default=1)
    is_open = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "partners_partner"

    def __str__(self) -> str:
        return f"partner:{self.code}"


class Token(models.Model):
    """A token that a partner was given; with `card`, a customer's, for that card's balance."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="tokens")
    token_hash = models.BinaryField(unique=True)
    card = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "partners_token"

    def __str__(self) -> str:
        return f"token:{self.pk}"


class Call(models.Model):
    """A call that was answered, for its repeats on the same day. Written by store."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="calls", db_index=False)
    day = models.DateField()
    external_id = models.TextField()
    digest = models.BinaryField()
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "partners_call"
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "day", "external_id"], name="an_external_id_is_used_once_a_day"
            )
        ]
        indexes = [models.Index(fields=["partner", "at"], name="partners_call_partner_at")]

    def __str__(self) -> str:
        return f"call:{self.pk}"


class Bank(models.Model):
    """How Satu calls a partner: the other side of `Partner`. Keys are sealed.

    `client_key` is what we send as X-CLIENT-KEY, `sends_as` as X-PARTNER-ID; `source` the account
    that holds the float; `profile` a satu.formats.snap.outgoing.ClientProfile. `failures` and
    `open_until` are the circuit breaker's.
    """

    partner = models.OneToOneField(Partner, models.CASCADE, primary_key=True, related_name="bank")
    base_url = models.TextField()
    client_key = models.TextField()
    sends_as = models.TextField()
    source = models.TextField()
    profile = models.JSONField()
    sealed = models.BinaryField()
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "partners_bank"

    def __str__(self) -> str:
        return f"bank:{self.partner_id}"


class Payout(models.Model):
    """A transfer that a bank is asked for. `state` is a satu.partners.payouts.State.

    `reference` is our partnerReferenceNo; `sealed` where the money goes, until that is known to
    be done or refused. What is unknown waits for an inquiry, never for a guess.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="payouts")
    reference = models.TextField(unique=True)
    card = models.BigIntegerField(db_index=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    sealed = models.BinaryField()
    state = models.SmallIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    response_code = models.TextField(default="")
    bank_reference = models.TextField(default="")
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    known_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partners_payout"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payout_is_positive")
        ]
        indexes = [
            models.Index(
                condition=models.Q(state__lt=2), fields=["next_at"], name="partners_payout_open"
            )
        ]

    def __str__(self) -> str:
        return f"payout:{self.reference}"


class Notice(models.Model):
    """A top-up that is booked and of which its bank, that asked for it, is yet to be told.

    Gone once the bank took it. `next_at` null: it was not taken within a day, and is kept.
    """

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="notices")
    posting = models.UUIDField(unique=True)
    reference = models.TextField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    attempts = models.PositiveIntegerField(default=0)
    response_code = models.TextField(default="")
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partners_notice"
        indexes = [
            models.Index(
                condition=models.Q(next_at__isnull=False),
                fields=["next_at"],
                name="partners_notice_due",
            )
        ]

    def __str__(self) -> str:
        return f"notice:{self.reference}"


class VirtualAccount(models.Model):
    """A number at a bank for one top-up of a card, of just `amount`.

    Standing numbers (a card's own at every bank) need no row. `key` is the asker's own name of it,
    `reference` our trxId at the bank, `customer_no` the number after the bank's service id;
    `state` a satu.partners.virtual.State.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="virtual_accounts")
    key = models.TextField(unique=True)
    reference = models.TextField(unique=True)
    customer_no = models.TextField()
    card = models.BigIntegerField(db_index=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.SmallIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    response_code = models.TextField(default="")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    next_at = models.DateTimeField()
    known_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partners_virtual_account"
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "customer_no"], name="a_banks_number_is_given_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="virtual_account_is_positive"
            ),
        ]
        indexes = [
            models.Index(
                condition=models.Q(state__lte=2), fields=["next_at"], name="partners_va_open"
            )
        ]

    def __str__(self) -> str:
        return f"virtual_account:{self.customer_no}"


class VaPayment(models.Model):
    """Money that a bank took for a number of its own, by its paymentRequestId: booked once."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="va_payments")
    request = models.TextField()
    customer_no = models.TextField()
    amount = models.BigIntegerField()
    posting = models.UUIDField(unique=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "partners_va_payment"
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "request"], name="a_payment_request_is_booked_once"
            )
        ]
        indexes = [
            models.Index(fields=["partner", "customer_no"], name="partners_va_payment_number")
        ]

    def __str__(self) -> str:
        return f"va_payment:{self.request}"
