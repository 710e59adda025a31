"""What partners' tables hold encrypted: keys of ours, and where somebody's money goes. Pure."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


def seal(key: bytes, about: str, text: bytes) -> bytes:
    """AES-256-GCM under a key of its own; `about` names the row, so that none takes another's."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key(key)).encrypt(nonce, text, about.encode())


def open_sealed(key: bytes, about: str, sealed: bytes) -> bytes:
    """What was sealed about this; cryptography's InvalidTag if it was not."""
    nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    return AESGCM(_key(key)).decrypt(nonce, text, about.encode())


def _key(key: bytes) -> bytes:
    return hmac.digest(key, b"sealed", sha256)
