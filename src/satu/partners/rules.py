"""Rules of partners: secrets, tokens, digests, and which case tells of a card's refusal. Pure."""

from __future__ import annotations

import base64
import hmac
import re
from datetime import timedelta
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm

from satu.cards.errors import Refusal as CardRefusal
from satu.cards.rules import MAX_REFERENCE_LENGTH
from satu.formats.snap.codes import Case, Service
from satu.formats.snap.signing import minify, public_key
from satu.partners.errors import WORDS, Refusal
from satu.payments.errors import Refusal as PaymentRefusal
from satu.payments.errors import Refused
from satu.payments.words import words_of as words_of_payments
from satu.wire.messages import Words

NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,35}", re.ASCII)
SERVICE_ID = re.compile(r"[0-9]{1,8}", re.ASCII)
MIN_KEY_BITS = 2048

TOKEN_LIFE = timedelta(minutes=15)
CUSTOMER_TOKEN_LIFE = timedelta(days=90)
CALLS_KEPT = timedelta(days=35)  # a month, and a few days for whoever reconciles it

# What `payments.top_ups.top_up` refuses, as the standard tells it; the rest is NOT_PERMITTED.
CASES: dict[Refused | Refusal, Case] = {
    CardRefusal.AMOUNT_NOT_POSITIVE: Case.AMOUNT_INVALID,
    CardRefusal.AMOUNT_TOO_LARGE: Case.AMOUNT_LIMIT,
    CardRefusal.CARD_UNKNOWN: Case.ACCOUNT_UNKNOWN,
    CardRefusal.CARD_CLOSED: Case.INACTIVE,
    CardRefusal.CARD_BLOCKED: Case.INACTIVE,
    CardRefusal.BALANCE_LIMIT_PASSED: Case.ACCOUNT_LIMIT,
    CardRefusal.MONTHLY_LIMIT_PASSED: Case.ACCOUNT_LIMIT,
    # What the paying bank deposited is used up: it would owe the card's bank too much.
    CardRefusal.INTERBANK_CAP_PASSED: Case.INSUFFICIENT_FUNDS,
    PaymentRefusal.FEE_TOO_HIGH: Case.AMOUNT_INVALID,
    Refusal.VA_UNKNOWN: Case.BILL_INVALID,
    Refusal.VA_PAID: Case.BILL_PAID,
    Refusal.VA_EXPIRED: Case.BILL_EXPIRED,
    Refusal.VA_AMOUNT_DIFFERS: Case.AMOUNT_INVALID,
    Refusal.VA_REFERENCE_TAKEN: Case.REFERENCE_TAKEN,
}


class State(IntEnum):
    """What is known of a number that a bank is asked to open. Numbers are stored."""

    WAITING = 0
    UNKNOWN = 1
    OPEN = 2
    PAID = 3
    REFUSED = 4
    EXPIRED = 5
    UNPLACED = 6  # paid at the bank, and the card cannot take it: it is given back there


def client_secret(key: bytes, client_key: str, generation: int) -> str:
    """The secret that a partner signs with: derived, so that none is stored (HMAC-SHA256)."""
    name = f"client secret\0{client_key}\0{generation}"
    return base64.urlsafe_b64encode(hmac.digest(key, name.encode(), sha256)).decode().rstrip("=")


def token_hash(token: str) -> bytes:
    """What is kept of a token. Tokens are 256 random bits: no key is needed to hide them."""
    return sha256(token.encode()).digest()


def reference_of(request: str) -> str:
    """The reference in the books of a paymentRequestId: itself, or SHA-256 of one too long."""
    if len(request) <= MAX_REFERENCE_LENGTH:
        return request
    return sha256(request.encode()).hexdigest()


def digest(key: bytes, service: Service, body: bytes) -> bytes:
    """What tells whether a repeated call asks the same: spacing is not part of it.

    Under a key, since a body can hold little more than a phone number.
    """
    return hmac.digest(key, service.value.encode() + b"\0" + minify(body), sha256)


def is_key_good(pem: str) -> bool:
    """Whether a text is a public key that is strong enough."""
    try:
        return public_key(pem).key_size >= MIN_KEY_BITS
    except (ValueError, UnsupportedAlgorithm):
        return False


def case_of(refusal: Refused | Refusal) -> Case:
    """The case that tells of a refused top-up."""
    return CASES.get(refusal, Case.NOT_PERMITTED)


def words_of(code: str) -> Words | None:
    """Why a code of Satu's refuses, in both languages; None: it is no such code."""
    for kind in (CardRefusal, PaymentRefusal):
        if code in set(kind):
            return words_of_payments(kind(code))
    return WORDS[Refusal(code)] if code in set(Refusal) else None
