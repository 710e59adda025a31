"""A person sealed with a data key of their own, and the keyed hashes that find them.

Opened by satu.people.access alone: tests/test_tidy.py holds everybody else to that.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from satu.people.profile import Profile
from satu.people.vault import KEY_BYTES, NONCE_BYTES, Vault

_encode = msgspec.msgpack.Encoder().encode
_decode: Callable[[bytes], Profile] = msgspec.msgpack.Decoder(Profile).decode


class Sealed(NamedTuple):
    """A person as stored: the profile under their data key, and that key wrapped by a master."""

    profile: bytes
    master: int
    box: bytes


def seal(profile: Profile, *, resident: int, master: int, vault: Vault) -> Sealed:
    """Seal a profile with a new data key; both are bound to the resident's number."""
    key = os.urandom(KEY_BYTES)
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, _encode(profile), _bound(b"profile", resident))
    return Sealed(nonce + sealed, master, vault.wrap(master, key, bound_to=key_of(resident)))


def unseal(sealed: Sealed, *, resident: int, vault: Vault) -> Profile:
    """The profile in clear. Raises if anything was changed, or is another resident's."""
    key = vault.unwrap(sealed.master, sealed.box, bound_to=key_of(resident))
    nonce, rest = sealed.profile[:NONCE_BYTES], sealed.profile[NONCE_BYTES:]
    return _decode(AESGCM(key).decrypt(nonce, rest, _bound(b"profile", resident)))


def seal_text(text: str, *, number: int, master: int, vault: Vault) -> Sealed:
    """Seal a text with a new data key; both are bound to the text's number."""
    key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), _bound(b"text", number))
    return Sealed(nonce + sealed, master, vault.wrap(master, key, bound_to=key_of_text(number)))


def unseal_text(sealed: Sealed, *, number: int, vault: Vault) -> str:
    """The text in clear. Raises if anything was changed, or is another text's."""
    key = vault.unwrap(sealed.master, sealed.box, bound_to=key_of_text(number))
    nonce, rest = sealed.profile[:NONCE_BYTES], sealed.profile[NONCE_BYTES:]
    return AESGCM(key).decrypt(nonce, rest, _bound(b"text", number)).decode()


def key_of_text(number: int) -> bytes:
    """What a text's wrapped data key is bound to."""
    return _bound(b"text key", number)


def key_of(resident: int) -> bytes:
    """What a resident's wrapped data key is bound to."""
    return _bound(b"key", resident)


def lookup_hash(key: bytes, kind: str, value: str) -> bytes | None:
    """The keyed hash that finds a person by NIK or phone; None for an empty value.

    Whoever lacks the key cannot try all numbers against it.
    """
    return hmac.digest(key, f"{kind}|{value}".encode(), "sha256") if value else None


def _bound(kind: bytes, number: int) -> bytes:
    return b"satu|" + kind + b"|" + number.to_bytes(8, "big")
