"""Every write to partners: who they are, and the tokens they hold. Each change is audited."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import purses
from satu.cards import queries as cards
from satu.cards.models import Issuer
from satu.formats.snap.profile import Profile
from satu.ledger.actions import raw_connection
from satu.partners import rules, store
from satu.partners.errors import Refusal
from satu.partners.models import Partner, Token


class Added(NamedTuple):
    """A partner that was added, and the secret to hand over; it can be told again later."""

    partner: Partner
    secret: str


class Linked(NamedTuple):
    """A customer's token for a partner, and the printed number of the card it leads to."""

    token: str
    number: str


class NewPartner(NamedTuple):
    """A partner to be added: `issuer` is the code of the bank whose cards it may top up."""

    code: str
    issuer: str
    client_key: str
    partner_id: str
    public_key: str
    profile: Profile


def add_partner(*, new: NewPartner, actor: str, at: datetime) -> Added | Refusal:
    """Let a bank call us.

    Refusals: issuer_unknown, partner_name_invalid, public_key_invalid, partner_taken.
    """
    issuer = Issuer.objects.filter(code=new.issuer).first()
    if issuer is None:
        return Refusal.ISSUER_UNKNOWN
    if not all(rules.NAME.fullmatch(name) for name in (new.code, new.client_key, new.partner_id)):
        return Refusal.PARTNER_NAME_INVALID
    if not rules.is_key_good(new.public_key):
        return Refusal.PUBLIC_KEY_INVALID
    try:
        with transaction.atomic():
            partner = Partner.objects.create(
                code=new.code,
                issuer=issuer,
                client_key=new.client_key,
                partner_id=new.partner_id,
                public_key=new.public_key,
                profile=msgspec.to_builtins(new.profile),
                added_at=at,
            )
            _record("partner.added", partner, actor, at, {"issuer": issuer.id})
    except IntegrityError:
        return Refusal.PARTNER_TAKEN
    return Added(partner, secret_of(partner))


def secret_of(partner: Partner) -> str:
    """The secret that a partner signs with; for the partner's ears alone."""
    return rules.client_secret(settings.PARTNER_KEY, partner.client_key, partner.secret_generation)


def renew_secret(*, code: str, actor: str, at: datetime) -> Added | Refusal:
    """Give a partner another secret; its old one, and the tokens it holds, end at once.

    Refusals: partner_unknown.
    """
    with transaction.atomic():
        partner = Partner.objects.select_for_update().filter(code=code).first()
        if partner is None:
            return Refusal.PARTNER_UNKNOWN
        partner.secret_generation += 1
        partner.save(update_fields=["secret_generation"])
        Token.objects.filter(partner=partner, card=None).delete()
        generation: Detail = {"generation": partner.secret_generation}
        _record("partner.secret_renewed", partner, actor, at, generation)
    return Added(partner, secret_of(partner))


def set_open(*, code: str, is_open: bool, actor: str, at: datetime) -> Partner | Refusal:
    """Open or close our doors to a partner. A repeat changes nothing. Refusals: partner_unknown."""
    with transaction.atomic():
        partner = Partner.objects.select_for_update().filter(code=code).first()
        if partner is None:
            return Refusal.PARTNER_UNKNOWN
        if partner.is_open != is_open:
            partner.is_open = is_open
            partner.save(update_fields=["is_open"])
            action = "partner.opened" if is_open else "partner.closed"
            _record(action, partner, actor, at, {})
    return partner


def set_service_id(*, code: str, service_id: str, actor: str, at: datetime) -> Partner | Refusal:
    """Write down the number that a bank gave us: its virtual accounts for us begin with it.

    A repeat changes nothing. Refusals: partner_unknown, service_id_invalid.
    """
    if not rules.SERVICE_ID.fullmatch(service_id):
        return Refusal.SERVICE_ID_INVALID
    with transaction.atomic():
        partner = Partner.objects.select_for_update().filter(code=code).first()
        if partner is None:
            return Refusal.PARTNER_UNKNOWN
        if partner.profile.get("service_id") != service_id:
            partner.profile = {**partner.profile, "service_id": service_id}
            partner.save(update_fields=["profile"])
            detail: Detail = {"service_id": service_id}
            _record("partner.service_id_set", partner, actor, at, detail)
    return partner


def grant_token(*, partner: Partner, at: datetime) -> str:
    """An access token for a partner that has proved who it is; it lasts 15 minutes."""
    return _new_token(partner, None, at + rules.TOKEN_LIFE)


def link_card(*, code: str, card: int, actor: str, at: datetime) -> Linked | Refusal:
    """A customer's token, which stands for this card in a partner's calls for 90 days.

    The card's holder agreed to it. Refusals: partner_unknown, card_unknown (it is no card of the
    partner's bank).
    """
    partner = Partner.objects.filter(code=code).first()
    if partner is None:
        return Refusal.PARTNER_UNKNOWN
    found = cards.card(card)
    if found is None or purses.at(found, partner.issuer_id) is None:
        return Refusal.CARD_UNKNOWN
    with transaction.atomic():
        token = _new_token(partner, card, at + rules.CUSTOMER_TOKEN_LIFE)
        subject, detail = Subject("card", card), {"partner": partner.code}
        record(actor=actor, action="partner.card_linked", subject=subject, detail=detail, at=at)
    return Linked(token, found.number)


def unlink_card(*, card: int, actor: str, at: datetime) -> int:
    """End all customers' tokens of a card, at its holder's wish; how many."""
    with transaction.atomic():
        ended, _ = Token.objects.filter(card=card).delete()
        if ended:
            subject = Subject("card", card)
            record(actor=actor, action="partner.card_unlinked", subject=subject, at=at)
    return ended


def forget_old(*, at: datetime) -> int:
    """Delete what no partner asks for any more: old calls and expired tokens; how many rows."""
    with transaction.atomic():
        return store.forget(raw_connection(), calls_before=at - rules.CALLS_KEPT, at=at)


def _new_token(partner: Partner, card: int | None, expires_at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    Token.objects.create(
        partner=partner, token_hash=rules.token_hash(token), card=card, expires_at=expires_at
    )
    return token


def _record(action: str, partner: Partner, actor: str, at: datetime, detail: Detail) -> None:
    subject = Subject("partner", partner.code)
    record(actor=actor, action=action, subject=subject, detail=detail, at=at)
