"""Issuers, and a card's tables to read. SQL made the latter and satu.cards.store writes them."""

from __future__ import annotations

from django.db import models


class Issuer(models.Model):
    """A bank that issues cards and holds the money of their purses."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    code = models.SlugField(unique=True)
    name = models.TextField()
    number_prefix = models.CharField(max_length=6, unique=True)
    is_simulated = models.BooleanField()
    note = models.TextField(blank=True)
    float_account = models.BigIntegerField()

    class Meta:
        db_table = "cards_issuer"
        constraints = [
            models.CheckConstraint(condition=models.Q(id__gt=0), name="zero_is_the_scheme"),
            models.CheckConstraint(
                condition=models.Q(number_prefix__regex=r"^[0-9]{6}$"), name="prefix_is_six_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Card(models.Model):
    """A card, to read. `state` is a satu.cards.kinds.CardState; purse and receivable: accounts.

    `entitlements` are encoded satu.cards.rights.Rights.
    """

    id = models.BigIntegerField(primary_key=True)
    card_group = models.SmallIntegerField()
    number = models.CharField(max_length=16)
    issuer = models.ForeignKey(
        Issuer, models.DO_NOTHING, db_column="issuer", db_constraint=False, related_name="+"
    )
    state = models.SmallIntegerField()
    category = models.TextField()
    purse = models.BigIntegerField()
    receivable = models.BigIntegerField()
    version = models.BigIntegerField()
    owner = models.BigIntegerField(null=True)
    issued_at = models.DateTimeField()
    entitlements = models.BinaryField(null=True)

    class Meta:
        managed = False
        db_table = "cards_card"

    def __str__(self) -> str:
        return f"card:{self.id}"


class Medium(models.Model):
    """What is held to a reader for a card, to read. `kind` is a satu.cards.kinds.Medium."""

    kind = models.SmallIntegerField()
    token_hash = models.BinaryField()
    card = models.ForeignKey(Card, models.DO_NOTHING, db_column="card", related_name="media")
    state = models.SmallIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "cards_medium"

    def __str__(self) -> str:
        return f"medium:{self.id}"


class Denial(models.Model):
    """A change to the deny list, to read: who looks at a card sees why it was blocked."""

    version = models.BigIntegerField(primary_key=True)
    card = models.ForeignKey(Card, models.DO_NOTHING, db_column="card", related_name="denials")
    denied = models.BooleanField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "cards_denial"

    def __str__(self) -> str:
        return f"denial:{self.version}"


class PassSold(models.Model):
    """A pass that a purse paid: what a repeat of the sale is answered, and proof of the card's row.

    `key` is the seller's, `balance` the purse's after the sale, `posting` the ledger's key.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.TextField(unique=True)
    card = models.ForeignKey(Card, models.DO_NOTHING, db_column="card", related_name="passes")
    product = models.TextField()
    price = models.BigIntegerField()
    operator = models.IntegerField()
    posting = models.UUIDField()
    balance = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "cards_pass"
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gt=0), name="pass_price_positive")
        ]

    def __str__(self) -> str:
        return f"pass:{self.id}"
