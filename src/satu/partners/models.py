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
