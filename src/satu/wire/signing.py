"""Who sent a request, and who issued a list: signatures of readers and of the scheme. Pure.

A reader signs method, target, time and body: a single tap with its request key (HMAC-SHA256), an
upload with its own Ed25519 key, so that the upload stands as evidence against its sender alone.
The scheme signs what it hands out (tariffs, deny lists) with one Ed25519 key.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

DEVICE_HEADER = "Satu-Device"
TIME_HEADER = "Satu-Time"
SIGNATURE_HEADER = "Satu-Signature"

MAX_AGE_MS = 300_000  # a request older or younger than this is refused

KEY_VERSION = 1

SealedKind = Literal["tariff", "deny-list"]


def signed_message(method: str, target: str, time_ms: int, body: bytes) -> bytes:
    """The bytes that a reader signs. `target` is the path with its query, as in the request line.

    The body is taken as it travels: compressed, if it is.
    """
    return b"%b\n%b\n%d\n%b" % (method.encode(), target.encode(), time_ms, body)


def device_key(master: bytes, device: int, version: int = KEY_VERSION) -> bytes:
    """A device's request key, derived, so that none is stored. `master` is the key `device`."""
    return hmac.digest(master, b"%d|%d" % (device, version), "sha256")


def sign(key: bytes, message: bytes) -> str:
    """The hexadecimal HMAC-SHA256 of a message."""
    return hmac.digest(key, message, "sha256").hex()


def is_signed(key: bytes, message: bytes, signature: str) -> bool:
    """Whether `signature` is the message's HMAC under `key`; compared in constant time."""
    given = _unhex(signature)
    return hmac.compare_digest(hmac.digest(key, message, "sha256"), given)


def sign_upload(key: Ed25519PrivateKey, message: bytes) -> str:
    """The hexadecimal Ed25519 signature of a message."""
    return key.sign(message).hex()


def upload_is_signed(key: Ed25519PublicKey, message: bytes, signature: str) -> bool:
    """Whether `signature` is the device's own over the message."""
    return _verifies(key, message, _unhex(signature))


class Sealed(msgspec.Struct, frozen=True):
    """Something that the scheme hands out, with the scheme's signature.

    `content` is msgpack of what `kind` says; `key` is the first 16 hexadecimal digits of the
    SHA-256 of the scheme's public key, to tell an old key from a forged list.
    """

    kind: SealedKind
    key: str
    content: bytes
    signature: bytes


def scheme_key(seed: bytes) -> Ed25519PrivateKey:
    """The scheme's signing key. `seed` is the 32-byte key `scheme`."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def key_name(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def seal(key: Ed25519PrivateKey, kind: SealedKind, content: bytes) -> Sealed:
    """Sign content for readers. The kind is signed too: a tariff never passes for a deny list."""
    signature = key.sign(_sealed_message(kind, content))
    return Sealed(kind, key_name(key.public_key()), content, signature)


def unseal(key: Ed25519PublicKey, kind: SealedKind, sealed: Sealed) -> bytes | None:
    """The content, or None if it is of another kind or not signed by `key`."""
    if sealed.kind != kind:
        return None
    message = _sealed_message(kind, sealed.content)
    return sealed.content if _verifies(key, message, sealed.signature) else None


def _sealed_message(kind: SealedKind, content: bytes) -> bytes:
    return b"satu %b v1\n%b" % (kind.encode(), content)


def _verifies(key: Ed25519PublicKey, message: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _unhex(signature: str) -> bytes:
    try:
        return bytes.fromhex(signature)
    except ValueError:
        return b""
