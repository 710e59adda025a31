"""What is read of partners."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from satu.partners import rules
from satu.partners.models import Partner, Payout, Token, VirtualAccount
from satu.partners.payouts import State


class BankLink(NamedTuple):
    """A holder's leave to a bank to see what moves in a card's purse there."""

    bank: str
    card: int
    expires_at: datetime


class Transferred(NamedTuple):
    """What a bank was asked to transfer of a closed card's money."""

    bank: str
    card: int
    amount: int
    currency: str
    state: State
    asked_at: datetime
    known_at: datetime | None


class Number(NamedTuple):
    """A number that a bank gave for one top-up of a card."""

    bank: str
    card: int
    amount: int
    currency: str
    state: rules.State
    made_at: datetime
    expires_at: datetime


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


def links_of(cards: Iterable[int]) -> list[BankLink]:
    """Which banks hold a token of some cards' holders, also one that has expired but is kept."""
    found = Token.objects.filter(card__in=list(cards)).select_related("partner").order_by("id")
    return [BankLink(one.partner.code, one.card or 0, one.expires_at) for one in found]


def transfers_of(cards: Iterable[int]) -> list[Transferred]:
    """What banks were asked to transfer of some closed cards, oldest first."""
    found = Payout.objects.filter(card__in=list(cards)).select_related("partner").order_by("id")
    return [
        Transferred(
            one.partner.code,
            one.card,
            one.amount,
            one.currency,
            State(one.state),
            one.made_at,
            one.known_at,
        )
        for one in found
    ]


def numbers_of(cards: Iterable[int]) -> list[Number]:
    """The numbers for one top-up that some cards were given, oldest first."""
    found = VirtualAccount.objects.filter(card__in=list(cards)).select_related("partner")
    return [
        Number(
            one.partner.code,
            one.card,
            one.amount,
            one.currency,
            rules.State(one.state),
            one.made_at,
            one.expires_at,
        )
        for one in found.order_by("id")
    ]
