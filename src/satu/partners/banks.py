"""Banks that Satu calls: how they are reached, whether they answer. Changes are audited."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards.models import Issuer
from satu.cards.store import asset_of
from satu.formats.snap.outgoing import ClientProfile, Wanted, balance_body, is_alive
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import Asset
from satu.partners import rules
from satu.partners.breaker import Breaker
from satu.partners.client import Login, NoAnswer, NotSent, Reply, SnapClient
from satu.partners.errors import Refusal
from satu.partners.models import Bank, Partner
from satu.partners.sealed import open_sealed, seal
from satu.payments.kinds import Cause
from satu.payments.outage import mark_back, mark_out

ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}", re.ASCII)
BANK_CODE = re.compile(r"[0-9]{3}|", re.ASCII)
MAX_NAME = 100
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
ACTOR = "job:call_banks"


class Heard(NamedTuple):
    """What a bank answered; without a `reply`, `why`. `was_sent`: a try before got no answer."""

    reply: Reply | None
    was_sent: bool
    why: str = ""


class Connection(NamedTuple):
    """What a bank tells us so that we can call it; `private_key` is ours, a PEM text."""

    base_url: str
    client_key: str
    sends_as: str
    source: str
    private_key: str
    secret: str
    profile: ClientProfile


def connect(*, code: str, to: Connection, actor: str, at: datetime) -> Bank | Refusal:
    """Say how a partner is called; again, to change it.

    Refusals: partner_unknown, partner_name_invalid, private_key_invalid, address_invalid,
    account_invalid.
    """
    partner = Partner.objects.filter(code=code).first()
    if partner is None:
        return Refusal.PARTNER_UNKNOWN
    if refusal := _refuse(to):
        return refusal
    text = msgspec.json.encode([to.private_key, to.secret])
    with transaction.atomic():
        bank, _ = Bank.objects.update_or_create(
            partner=partner,
            defaults={
                "base_url": to.base_url,
                "client_key": to.client_key,
                "sends_as": to.sends_as,
                "source": to.source,
                "profile": msgspec.to_builtins(to.profile),
                "sealed": seal(settings.PARTNER_KEY, f"bank:{partner.pk}", text),
                "failures": 0,
                "open_until": None,
            },
        )
        mark_back(bank=partner.issuer_id, cause=Cause.BREAKER, actor=actor, at=at)
        _record("partner.connected", bank, actor, at)
    return bank


def _refuse(to: Connection) -> Refusal | None:
    if not all(rules.NAME.fullmatch(name) for name in (to.client_key, to.sends_as)):
        return Refusal.PARTNER_NAME_INVALID
    if _private_key(to.private_key) is None:
        return Refusal.PRIVATE_KEY_INVALID
    if not is_address(to.base_url):
        return Refusal.ADDRESS_INVALID
    return None if ACCOUNT.fullmatch(to.source) else Refusal.ACCOUNT_INVALID


def is_address(url: str) -> bool:
    """Whether money may be sent there: by TLS, or within this machine."""
    try:
        parts = urlsplit(url)
        is_safe = parts.scheme == "https" or (
            parts.scheme == "http" and parts.hostname in THIS_MACHINE
        )
        return is_safe and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_account(account: str, bank_code: str, name: str) -> bool:
    """Whether a destination is written as banks want it."""
    is_named = 0 < len(name.strip()) <= MAX_NAME and name.isprintable()
    return bool(ACCOUNT.fullmatch(account) and BANK_CODE.fullmatch(bank_code)) and is_named


def bank_of(issuer: int) -> Bank | None:
    """How the bank of an issuer is called; None: it is not connected, or closed."""
    found = Bank.objects.select_related("partner")
    return found.filter(partner__issuer=issuer, partner__is_open=True).first()


def banks() -> list[Bank]:
    """All that are connected, by partner's code."""
    return list(Bank.objects.select_related("partner").order_by("partner__code"))


def due(at: datetime) -> list[Bank]:
    """The banks that must be called now: something is open or they are out, and a call may be made.

    One that is out is probed though nothing is asked of it: its top-ups wait for that.
    """
    payouts = Q(partner__payouts__state__lt=2, partner__payouts__next_at__lte=at)
    numbers = Q(
        partner__virtual_accounts__state__lte=rules.State.OPEN,
        partner__virtual_accounts__next_at__lte=at,
    )
    found = Bank.objects.select_related("partner")
    notices = Q(partner__notices__next_at__lte=at)
    found = found.filter(payouts | numbers | notices | Q(open_until__lte=at))
    return [bank for bank in found.distinct() if breaker(bank).may_call(at)]


def currency(issuer: int) -> str:
    """The currency of an issuer's float."""
    account = Issuer.objects.values_list("float_account", flat=True).get(id=issuer)
    return Asset(asset_of(raw_connection(), account)).name


def client(bank: Bank, http: httpx.Client) -> SnapClient:
    """A client for one run of calls."""
    about = f"bank:{bank.pk}"
    opened = open_sealed(settings.PARTNER_KEY, about, bytes(bank.sealed))
    pem, secret = msgspec.json.decode(opened, type=tuple[str, str])
    key = _private_key(pem)
    assert key is not None
    profile = msgspec.convert(bank.profile, ClientProfile)
    login = Login(bank.base_url, bank.client_key, bank.sends_as, key, secret, profile)
    return SnapClient(login, http, settings.TIME_ZONE)


def is_reached(bank: Bank, client: SnapClient, at: datetime) -> bool:
    """Whether calls may go out: at once, or if the breaker is open after a probe (service 11)."""
    return not breaker(bank).is_open or probe(bank, client, at)


def probe(bank: Bank, client: SnapClient, at: datetime) -> bool:
    """Ask for the balance of the float's account: whether the bank answers. It may refuse."""
    external_id = f"B{bank.pk}-{at:%Y%m%d%H%M%S%f}"
    body = balance_body(external_id, bank.source)
    heard = ask(bank, client, Wanted.BALANCE, body, external_id, at)
    return heard.reply is not None and is_alive(Wanted.BALANCE, *heard.reply)


def ask(
    bank: Bank,
    client: SnapClient,
    wanted: Wanted,
    body: bytes,
    external_id: str,
    at: datetime,
    *,
    tries: int = 1,
) -> Heard:
    """Call a bank; without an answer again, up to `tries`, with the same external id and body.

    Tells the breaker of each try.
    """
    was_sent, why = False, ""
    for _ in range(tries):
        try:
            reply = client.call(wanted, body, external_id, at)
        except NotSent as error:
            failed(bank, at)
            return Heard(None, was_sent, str(error)[:60])
        except NoAnswer as error:
            failed(bank, at)
            was_sent, why = True, str(error)[:60]
            continue
        answered(bank, is_alive(wanted, *reply), at)
        return Heard(reply, was_sent)
    return Heard(None, was_sent, why)


def breaker(bank: Bank) -> Breaker:
    """The bank's circuit breaker."""
    return Breaker(bank.failures, bank.open_until)


def answered(bank: Bank, is_alive: bool, at: datetime) -> None:
    """The bank answered; an error of its own counts as none."""
    if not is_alive:
        failed(bank, at)
    elif breaker(bank) != Breaker(0, None):
        _set(bank, breaker(bank).after_answer(), at)


def failed(bank: Bank, at: datetime) -> None:
    """The bank did not answer."""
    _set(bank, breaker(bank).after_failure(at), at)


def _set(bank: Bank, now: Breaker, at: datetime) -> None:
    was_open = breaker(bank).is_open
    bank.failures, bank.open_until = now
    with transaction.atomic():
        bank.save(update_fields=["failures", "open_until"])
        if was_open != now.is_open:
            _record("partner.out" if now.is_open else "partner.back", bank, ACTOR, at)
            tell = mark_out if now.is_open else mark_back
            tell(bank=bank.partner.issuer_id, cause=Cause.BREAKER, actor=ACTOR, at=at)


def _private_key(pem: str) -> RSAPrivateKey | None:
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    is_good = isinstance(key, RSAPrivateKey) and key.key_size >= rules.MIN_KEY_BITS
    return key if is_good and isinstance(key, RSAPrivateKey) else None


def _record(action: str, bank: Bank, actor: str, at: datetime) -> None:
    subject = Subject("partner", bank.partner.code)
    detail: Detail = {"failures": bank.failures}
    record(actor=actor, action=action, subject=subject, detail=detail, at=at)
