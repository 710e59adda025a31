"""The file from which a maker prints cards: a CSV, sealed to the maker's public key. Pure.

HPKE (RFC 9180, base mode: X25519, HKDF-SHA256, AES-256-GCM), which any library of it opens. What
stands before the sealed part is readable and cannot be changed: it is what the part is bound to.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

MAGIC = b"SATU-PERSO-1\n"
COLUMNS = ("serial", "number", "secret", "product", "category", "expires_on")
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Face(NamedTuple):
    """What is printed on a card or written to its chip. `secret` is told to the maker alone."""

    serial: int
    number: str
    secret: str
    product: str
    category: str
    expires_on: date | None


class Head(msgspec.Struct, frozen=True):
    """What everybody may read of a file; `key` is the fingerprint of the maker's public key."""

    order: int
    bank: str
    product: str
    count: int
    key: str


class NotOurs(Exception):
    """A file that cannot be opened: another format, changed on its way, or another maker's."""


def read_public(pem: bytes) -> bytes | None:
    """The 32 bytes of an X25519 public key in PEM; None: it is none."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key.public_bytes_raw() if isinstance(key, X25519PublicKey) else None


def write_public(private: X25519PrivateKey) -> bytes:
    """The public half of a maker's key, in PEM."""
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_private(pem: bytes) -> X25519PrivateKey | None:
    """A maker's private key in PEM, without a passphrase; None: it is none."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, X25519PrivateKey) else None


def fingerprint(public: bytes) -> str:
    """What two people compare of a public key: 16 hexadecimal digits of its SHA-256."""
    return sha256(public).hexdigest()[:16]


def seal(head: Head, faces: Iterable[Face], public: bytes) -> bytes:
    """A file that the holder of the private key alone can open."""
    before = MAGIC + msgspec.json.encode(head) + b"\n"
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(faces)
    key = X25519PublicKey.from_public_bytes(public)
    return before + _SUITE.encrypt(text.getvalue().encode(), key, info=before)


def read_head(file: bytes) -> Head:
    """What a file is of, without opening it. Raises NotOurs."""
    return msgspec.json.decode(_split(file)[0][len(MAGIC) :], type=Head)


def unseal(file: bytes, private: X25519PrivateKey) -> str:
    """The CSV that the maker prints from. Raises NotOurs."""
    before, sealed = _split(file)
    try:
        return _SUITE.decrypt(sealed, private, info=before).decode()
    except (InvalidTag, ValueError) as error:
        raise NotOurs("changed on its way, or sealed to another key") from error


def _split(file: bytes) -> tuple[bytes, bytes]:
    end = file.find(b"\n", len(MAGIC))
    if not file.startswith(MAGIC) or end < 0:
        raise NotOurs("no personalisation file of this version")
    return file[: end + 1], file[end + 1 :]
