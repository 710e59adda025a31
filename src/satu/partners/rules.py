"""Rules of partners: secrets, tokens, digests, and which case tells of a card's refusal. Pure."""

from __future__ import annotations

import base64
import hmac
import re
from datetime import timedelta
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm

from satu.cards.errors import Refusal as CardRefusal
from satu.formats.snap.codes import Case, Service
from satu.formats.snap.signing import minify, public_key

NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,35}", re.ASCII)
MIN_KEY_BITS = 2048

TOKEN_LIFE = timedelta(minutes=15)
CUSTOMER_TOKEN_LIFE = timedelta(days=90)
CALLS_KEPT = timedelta(days=35)  # a month, and a few days for whoever reconciles it

# What `cards.actions.top_up` refuses, as the standard tells it; the rest is NOT_PERMITTED.
CARD_CASES = {
    CardRefusal.AMOUNT_NOT_POSITIVE: Case.AMOUNT_INVALID,
    CardRefusal.AMOUNT_TOO_LARGE: Case.AMOUNT_LIMIT,
    CardRefusal.CARD_UNKNOWN: Case.ACCOUNT_UNKNOWN,
    CardRefusal.CARD_CLOSED: Case.INACTIVE,
    CardRefusal.CARD_BLOCKED: Case.INACTIVE,
    CardRefusal.BALANCE_LIMIT_PASSED: Case.ACCOUNT_LIMIT,
    CardRefusal.MONTHLY_LIMIT_PASSED: Case.ACCOUNT_LIMIT,
}


def client_secret(key: bytes, client_key: str, generation: int) -> str:
    """The secret that a partner signs with: derived, so that none is stored (HMAC-SHA256)."""
    name = f"client secret\0{client_key}\0{generation}"
    return base64.urlsafe_b64encode(hmac.digest(key, name.encode(), sha256)).decode().rstrip("=")


def token_hash(token: str) -> bytes:
    """What is kept of a token. Tokens are 256 random bits: no key is needed to hide them."""
    return sha256(token.encode()).digest()


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


def case_of(refusal: CardRefusal) -> Case:
    """The case that tells of a refused top-up."""
    return CARD_CASES.get(refusal, Case.NOT_PERMITTED)
