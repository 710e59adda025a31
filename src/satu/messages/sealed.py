"""Seals the one secret of a message, so that who reads the table cannot sign in. Pure."""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


def seal(key: bytes, name: str, secret: str) -> bytes:
    """AES-256-GCM; bound to the message's name, so that no other message can take it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret.encode(), name.encode())


def open_sealed(key: bytes, name: str, sealed: bytes) -> str:
    """What was sealed for this name; cryptography's InvalidTag if it was not."""
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode()).decode()
