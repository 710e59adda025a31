"""From a call to its answer: who calls, is it signed, was it answered already, what does it want.

Only what a partner has signed is looked at further. A top-up's answer is kept in the transaction
of what it did, so a repeat gets the same answer and does nothing, even after a crash between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from msgspec import Struct
from psycopg.errors import LockNotAvailable

from satu.formats.snap import messages, signing
from satu.formats.snap.codes import Case, Service, SnapRefusal
from satu.formats.snap.fields import EXTERNAL_ID, read_timestamp
from satu.formats.snap.history import DetailRequest, HistoryRequest, StatementRequest
from satu.formats.snap.messages import Answer, TokenAnswer, TokenRequest
from satu.formats.snap.profile import Profile, load_profile
from satu.formats.snap.virtual_accounts import (
    AccountAnswer,
    AccountData,
    VaInquiry,
    VaNotice,
    VaPayment,
)
from satu.ledger.actions import raw_connection
from satu.partners import actions, history, queries, rules, services, store, va_services
from satu.partners.models import Partner
from satu.partners.services import Known

BEARER = "bearer "
BOOKING = (Service.TOP_UP, Service.VA_PAYMENT, Service.VA_NOTICE)
GRANT_TYPE = "client_credentials"
MAX_BODY_BYTES = 64 * 1024


class Call(NamedTuple):
    """A request as it came: `path` with its query, header names in any case."""

    service: Service
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime


class Answered(NamedTuple):
    """HTTP status and JSON body."""

    status: int
    body: bytes


Serve = Callable[[Known, Any], Answer]

SERVICES: dict[Service, tuple[type[Struct], Serve]] = {
    Service.ACCOUNT_INQUIRY: (messages.AccountInquiry, services.inquire),
    Service.TOP_UP: (messages.TopUpRequest, services.take_top_up),
    Service.TOP_UP_STATUS: (messages.StatusRequest, services.tell_status),
    Service.BALANCE: (messages.BalanceRequest, services.tell_balance),
    Service.HISTORY: (HistoryRequest, history.tell_list),
    Service.HISTORY_DETAIL: (DetailRequest, history.tell_detail),
    Service.STATEMENT: (StatementRequest, history.tell_statement),
    Service.VA_INQUIRY: (VaInquiry, va_services.inquire),
    Service.VA_PAYMENT: (VaPayment, va_services.take_payment),
    Service.VA_NOTICE: (VaNotice, va_services.take_notice),
}


def answer(call: Call) -> Answered:
    """The answer to a call; what is refused before a partner is known is told plainly."""
    try:
        if len(call.body) > MAX_BODY_BYTES:
            raise SnapRefusal(Case.BAD_REQUEST)
        if call.service is Service.ACCESS_TOKEN:
            return _grant(call)
        return _serve(call, _known(call))
    except SnapRefusal as refusal:
        return refused(call.service, refusal)
    except LockNotAvailable:
        return refused(call.service, SnapRefusal(Case.TIMEOUT))


def refused(service: str, refusal: SnapRefusal) -> Answered:
    """The answer that tells of a refusal."""
    case = refusal.case
    begins = {"response_code": case.code(service), "response_message": case.message(refusal.about)}
    account = refusal.account
    told = Answer(**begins)
    if isinstance(account, AccountData):
        told = AccountAnswer(**begins, virtual_account_data=account)
    return Answered(case.status, messages.write(told, {}))


def _grant(call: Call) -> Answered:
    """Service 73: an access token for who signs with the partner's private key."""
    timestamp, signature = _header(call, "X-TIMESTAMP"), _header(call, "X-SIGNATURE")
    client_key = _header(call, "X-CLIENT-KEY")
    partner, profile = _partner(call, queries.by_client_key(client_key))
    _check_age(call, timestamp, profile)
    text = signing.token_text(client_key, timestamp)
    key = signing.public_key(partner.public_key)
    if not signing.verifies_asymmetric(key, text, signature, profile.encoding):
        raise SnapRefusal(Case.UNAUTHORIZED, "[Signature]")
    asked = messages.read(call.body, TokenRequest, profile.spelling)
    if asked.grant_type != GRANT_TYPE:
        raise SnapRefusal(Case.FIELD_FORMAT, profile.spelling.get("grantType", "grantType"))
    life_s = rules.TOKEN_LIFE // timedelta(seconds=1)
    granted = TokenAnswer(
        response_code=Case.SUCCESSFUL.code(call.service),
        response_message=Case.SUCCESSFUL.message(),
        access_token=actions.grant_token(partner=partner, at=call.at),
        token_type=profile.token_type,
        expires_in=str(life_s) if profile.expires_in == "text" else life_s,
    )
    return Answered(Case.SUCCESSFUL.status, messages.write(granted, profile.spelling))


def _known(call: Call) -> Known:
    """Who calls, once the signature has shown that it is them and that nothing was changed."""
    timestamp, signature = _header(call, "X-TIMESTAMP"), _header(call, "X-SIGNATURE")
    partner_id, external_id = _header(call, "X-PARTNER-ID"), _header(call, "X-EXTERNAL-ID")
    _header(call, "CHANNEL-ID")
    if not EXTERNAL_ID.fullmatch(external_id):
        raise SnapRefusal(Case.FIELD_FORMAT, "X-EXTERNAL-ID")
    partner, profile = _partner(call, queries.by_partner_id(partner_id))
    _check_age(call, timestamp, profile)
    if profile.signature == "symmetric":
        is_signed = _is_signed_with_secret(call, partner, profile, timestamp, signature)
    else:
        text = signing.asymmetric_text(call.method, call.path, call.body, timestamp)
        key = signing.public_key(partner.public_key)
        is_signed = signing.verifies_asymmetric(key, text, signature, profile.encoding)
    if not is_signed:
        raise SnapRefusal(Case.UNAUTHORIZED, "[Signature]")
    day = call.at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    name = store.CallName(partner.id, day, external_id)
    return Known(partner, profile, name, _bearer(call, "Authorization-Customer"), call.at)


def _is_signed_with_secret(
    call: Call, partner: Partner, profile: Profile, timestamp: str, signature: str
) -> bool:
    token = _bearer(call, "Authorization")
    if not token:
        raise SnapRefusal(Case.TOKEN_NOT_FOUND)
    if not queries.holds_token(partner, token, call.at):
        raise SnapRefusal(Case.TOKEN_INVALID)
    text = signing.symmetric_text(call.method, call.path, token, call.body, timestamp)
    secret = actions.secret_of(partner).encode()
    return signing.verifies_symmetric(secret, text, signature, profile.encoding)


def _serve(call: Call, known: Known) -> Answered:
    """The service's answer; a repeated top-up gets the first one's, kept with what it did.

    What only looks is looked at anew: a status that was true before the top-up came must not be
    told after it.
    """
    wanted, serve = SERVICES[call.service]
    asked = messages.read(call.body, wanted, known.profile.spelling)
    digest = rules.digest(settings.PARTNER_KEY, call.service, call.body)
    with transaction.atomic():
        conn = raw_connection()
        store.lock_call(conn, known.call)
        kept = store.kept(conn, known.call)
        if kept is not None and kept.digest != digest:
            raise SnapRefusal(Case.CONFLICT)
        if kept is not None and kept.body:
            return Answered(kept.status, kept.body)
        if store.is_over(conn, known.partner.id, known.profile.calls_per_minute, call.at):
            raise SnapRefusal(Case.TOO_MANY)
        try:
            told = messages.write(serve(known, asked), known.profile.spelling)
            answered = Answered(Case.SUCCESSFUL.status, told)
        except SnapRefusal as refusal:
            answered = refused(call.service, refusal)
        if kept is None:
            body = answered.body if call.service in BOOKING else b""
            store.keep(conn, known.call, store.Kept(digest, answered.status, body), call.at)
    return answered


def _partner(call: Call, found: Partner | None) -> tuple[Partner, Profile]:
    if found is None or not found.is_open:
        raise SnapRefusal(Case.UNAUTHORIZED, "[Unknown client]")
    profile = load_profile(found.profile)
    if not profile.opens(call.service, call.path.partition("?")[0]):
        raise SnapRefusal(Case.FEATURE_NOT_ALLOWED)
    return found, profile


def _check_age(call: Call, timestamp: str, profile: Profile) -> None:
    try:
        sent = read_timestamp(timestamp)
    except ValueError:
        raise SnapRefusal(Case.FIELD_FORMAT, "X-TIMESTAMP") from None
    if abs(call.at - sent) > timedelta(seconds=profile.tolerance_s):
        raise SnapRefusal(Case.UNAUTHORIZED, "[X-TIMESTAMP is too far from now]")


def _header(call: Call, name: str) -> str:
    value = call.headers.get(name, "").strip()
    if not value:
        raise SnapRefusal(Case.MANDATORY_FIELD, name)
    return value


def _bearer(call: Call, name: str) -> str:
    """The token in a header, or nothing; some clients leave out the word before it."""
    value = call.headers.get(name, "").strip()
    return value[len(BEARER) :].strip() if value.lower().startswith(BEARER) else value
