"""What is read of partners."""

from __future__ import annotations

from datetime import datetime

from satu.partners import rules
from satu.partners.models import Partner, Token


def partners() -> list[Partner]:
    """All partners with their issuers, by code."""
    return list(Partner.objects.select_related("issuer").order_by("code"))


def open_partners() -> list[Partner]:
    """The partners to whom our doors are open, by code."""
    return list(Partner.objects.filter(is_open=True).order_by("code"))


def by_client_key(client_key: str) -> Partner | None:
    """The partner that sends this X-CLIENT-KEY."""
    return Partner.objects.filter(client_key=client_key).first()


def by_partner_id(partner_id: str) -> Partner | None:
    """The partner that sends this X-PARTNER-ID."""
    return Partner.objects.filter(partner_id=partner_id).first()


def holds_token(partner: Partner, token: str, at: datetime) -> bool:
    """Whether a partner was given this access token and it still lasts."""
    found = Token.objects.filter(token_hash=rules.token_hash(token), partner=partner, card=None)
    return found.filter(expires_at__gt=at).exists()


def linked_card(partner: Partner, token: str, at: datetime) -> int | None:
    """The card whose holder gave a partner this token; None: nobody's, or it has expired."""
    found = Token.objects.filter(token_hash=rules.token_hash(token), partner=partner)
    linked = found.filter(expires_at__gt=at, card__isnull=False)
    return linked.values_list("card", flat=True).first()
