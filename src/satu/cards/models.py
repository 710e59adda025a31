"""Issuers, and a card's tables to read. SQL made the latter and satu.cards.store writes them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
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

    `entitlements` are encoded satu.cards.rights.Rights; `product` 0: none; on `expires_on` it
    opens no door any more (null: it never expires). Of several `purses` (null: one), in their
    order, `purse` is the one in use and `issuer` the bank of the first. What was before
    `owned_since` is another holder's, and not the owner's to see (null: there was no other).
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
    product = models.SmallIntegerField()
    expires_on = models.DateField(null=True)
    purses = ArrayField(models.BigIntegerField(), null=True)
    owned_since = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "cards_card"

    def __str__(self) -> str:
        return f"card:{self.id}"


class Product(models.Model):
    """A kind of card, from the city pack: limits of its purse, and how long things take.

    Money is in the smallest unit of the city's currency; null: no such limit, or for ever. A
    personal card stays with the person it was given to.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    code = models.SlugField(max_length=40, unique=True)
    name_id = models.TextField()
    name_en = models.TextField()
    balance_unregistered = models.BigIntegerField(null=True)
    balance_registered = models.BigIntegerField(null=True)
    monthly_unregistered = models.BigIntegerField(null=True)
    monthly_registered = models.BigIntegerField(null=True)
    valid_months = models.PositiveSmallIntegerField(null=True)
    dormant_months = models.PositiveSmallIntegerField()
    redeem_days = models.PositiveSmallIntegerField()
    is_personal = models.BooleanField(default=False)

    class Meta:
        db_table = "cards_product"
        constraints = [
            models.CheckConstraint(condition=models.Q(id__gt=0), name="zero_is_no_product")
        ]

    def __str__(self) -> str:
        return self.code


class Replacement(models.Model):
    """A card that another took the place of: it is closed, and its purse lives on."""

    card = models.OneToOneField(
        Card, models.DO_NOTHING, db_column="card", primary_key=True, related_name="replacement"
    )
    successor = models.OneToOneField(
        Card, models.DO_NOTHING, db_column="successor", related_name="replaces"
    )
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "cards_replacement"

    def __str__(self) -> str:
        return f"replacement:{self.card_id}"


class Closing(models.Model):
    """A card that was closed for good: its money goes back to the holder by `due_on`.

    Not before `pay_from`, when no ride of it can come late any more. `posting` is the
    redemption's, of several purses the first one's (null: not yet paid, or there was nothing to
    pay); `amount` is of all of them.
    """

    card = models.OneToOneField(
        Card, models.DO_NOTHING, db_column="card", primary_key=True, related_name="closing"
    )
    closed_at = models.DateTimeField()
    pay_from = models.DateField()
    due_on = models.DateField()
    paid_at = models.DateTimeField(null=True)
    amount = models.BigIntegerField(null=True)
    posting = models.UUIDField(null=True)

    class Meta:
        db_table = "cards_closing"
        indexes = [
            models.Index(
                fields=["pay_from"], condition=models.Q(paid_at=None), name="cards_closing_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"closing:{self.card_id}"


class Dormant(models.Model):
    """A balance that nobody came for, in its issuer's `unclaimed`; `returned`: it was given back.

    Both are keys of postings.
    """

    posting = models.UUIDField(primary_key=True)
    card = models.ForeignKey(Card, models.DO_NOTHING, db_column="card", related_name="dormant")
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    returned = models.UUIDField(null=True)

    class Meta:
        db_table = "cards_dormant"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="dormant_amount_positive")
        ]

    def __str__(self) -> str:
        return f"dormant:{self.posting}"


class Prefund(models.Model):
    """What a bank has deposited for what it owes the other banks: it never owes them more."""

    bank = models.OneToOneField(
        Issuer, models.PROTECT, db_column="bank", primary_key=True, related_name="+"
    )
    amount = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "cards_prefund"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="prefund_is_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"prefund:{self.bank_id}"


class Switch(models.Model):
    """A card whose purse went to another bank: the purse it had, the purse it got, what moved.

    `key` is the asker's; `posting` the ledger's key at the old bank, null if there was no money.
    """

    to_purse = models.BigIntegerField(primary_key=True)
    from_purse = models.BigIntegerField(unique=True)
    key = models.TextField(unique=True)
    card = models.ForeignKey(Card, models.DO_NOTHING, db_column="card", related_name="switches")
    from_bank = models.IntegerField()
    to_bank = models.IntegerField()
    amount = models.BigIntegerField()
    posting = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "cards_switch"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="switched_is_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"switch:{self.to_purse}"


class Purse(models.Model):
    """A purse of a card that has or had several, and if it was closed where its money went.

    `line` is the serial of the first of the cards that share it. `opened_key` null: it was the
    card's only one, or came by a switch; `closed_at` null: it is not closed; `into` null: its
    money was paid back.
    """

    account = models.BigIntegerField(primary_key=True)
    line = models.BigIntegerField(db_index=True)
    bank = models.IntegerField()
    opened_key = models.TextField(unique=True, null=True)
    opened_at = models.DateTimeField(null=True)
    closed_key = models.TextField(unique=True, null=True)
    closed_at = models.DateTimeField(null=True)
    closed_month = models.DateField(null=True)
    into = models.BigIntegerField(null=True)
    amount = models.BigIntegerField(null=True)
    posting = models.UUIDField(null=True)

    class Meta:
        db_table = "cards_purse"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
                name="closed_is_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"purse:{self.account}"


class Handing(models.Model):
    """A code for a card's holder, by which they let the asker have the card; both are residents.

    `code` is its number among the doors' codes. `sent_at` null: the holder could not be reached;
    `handed_at` null: the card did not pass by it.
    """

    code = models.BigIntegerField(primary_key=True)
    card = models.ForeignKey(Card, models.DO_NOTHING, db_column="card", related_name="handings")
    holder = models.BigIntegerField()
    asker = models.BigIntegerField()
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cards_handing"
        indexes = [models.Index(fields=["holder", "asked_at"], name="cards_handing_holder")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(holder=models.F("asker")), name="handed_to_another"
            ),
            models.CheckConstraint(
                condition=models.Q(handed_at=None) | models.Q(sent_at__isnull=False),
                name="handed_by_a_code_that_was_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"handing:{self.code}"


class FamilyLimit(models.Model):
    """How much may come into each card of a ward in a month; both are residents, by number."""

    ward = models.BigIntegerField(primary_key=True)
    monthly = models.BigIntegerField()
    guardian = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "cards_family_limit"
        constraints = [
            models.CheckConstraint(condition=models.Q(monthly__gt=0), name="family_limit_positive")
        ]

    def __str__(self) -> str:
        return f"family limit:{self.ward}"


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


class CardOrder(models.Model):
    """Cards that a bank or the city ordered. `state` is a satu.cards.kinds.OrderState.

    `product` is a kind of card, `maker_key` the X25519 public key to which its file is sealed;
    `first` the serial of the first card (null: none is made yet), `files` how often it was told.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.TextField(unique=True)
    issuer = models.ForeignKey(Issuer, models.PROTECT, db_column="issuer", related_name="orders")
    product = models.SmallIntegerField()
    category = models.TextField()
    count = models.IntegerField()
    is_citys = models.BooleanField()
    maker = models.TextField()
    maker_key = models.BinaryField()
    state = models.SmallIntegerField(default=0)
    first = models.BigIntegerField(unique=True, null=True)
    files = models.IntegerField(default=0)
    ordered_at = models.DateTimeField()
    produced_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cards_order"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=0, first__isnull=True)
                | models.Q(state__gt=0, first__isnull=False),
                name="made_when_produced",
            )
        ]

    def __str__(self) -> str:
        return f"card_order:{self.id}"
