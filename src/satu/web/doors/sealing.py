"""Hashes and seals with the doors' own key: what is kept here is not readable in a copy."""

from __future__ import annotations

import hmac
import secrets
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from satu.kernel.keys import derive

NONCE_BYTES = 12


def hashed(kind: str, value: str) -> bytes:
    """The keyed hash of a value of a kind; nobody without the key can try values out."""
    return hmac.digest(_key("hash"), f"{kind}|{value}".encode(), "sha256")


def seal(name: str, clear: bytes) -> bytes:
    """AES-256-GCM; what is sealed under a name opens under that name alone."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key("seal")).encrypt(nonce, clear, name.encode())


def unseal(name: str, sealed: bytes) -> bytes:
    """What was sealed; cryptography's InvalidTag if it was changed or has another name."""
    return AESGCM(_key("seal")).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())


@cache
def _key(use: str) -> bytes:
    return derive(settings.DOOR_KEY, use)
