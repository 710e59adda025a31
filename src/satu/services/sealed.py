"""A bundle on its way: as bytes, as the scheme signs it, and opened by who must trust it. Pure.

Gateways and readers open what they are handed before they leave the bundle they have: signed by
the scheme, complete, and usable to its last rule, or it is as if it had not come.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from satu.services.rules import Bundle, Rules
from satu.wire.signing import Sealed, seal, unseal
from satu.wire.tariff import TariffContent
from satu.wire.tariff import decode as decode_content

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Bundle)


class SealedWrong(ValueError):
    """Why a sealed bundle is not to be used: `code` is `not_signed`, `unreadable`, `unusable`."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


class Opened(NamedTuple):
    """A bundle that verified, by the name of its content (64 hexadecimal digits)."""

    digest: str
    rules: Rules


def encode(bundle: Bundle) -> bytes:
    """A bundle as it is stored and sent; equal bundles give equal bytes."""
    return _encoder.encode(bundle)


def decode(content: bytes) -> Bundle:
    """What `encode` made bytes of; msgspec.ValidationError if it did not."""
    return _decoder.decode(content)


def digest(content: bytes) -> bytes:
    """The name of an encoded bundle: SHA-256, 32 bytes."""
    return sha256(content).digest()


def seal_bundle(key: Ed25519PrivateKey, content: bytes) -> Sealed:
    """An encoded bundle, signed for readers."""
    return seal(key, "tariff", signed_content(content))


def signed_content(content: bytes) -> bytes:
    """The bytes that the scheme signs for an encoded bundle."""
    return TariffContent(digest(content).hex(), content).encode()


def open_sealed(key: Ed25519PublicKey, sealed: Sealed) -> Opened:
    """The bundle, ready to fold by. SealedWrong if it may not be used."""
    signed = unseal(key, "tariff", sealed)
    if signed is None:
        raise SealedWrong("not_signed", "this is not signed by the scheme's key")
    try:
        told = decode_content(signed)
        bundle = decode(told.bundle)
    except msgspec.MsgspecError as error:
        raise SealedWrong("unreadable", str(error)) from None
    if told.digest != digest(told.bundle).hex():
        raise SealedWrong("unreadable", "the digest is not that of the content")
    try:
        return Opened(told.digest, Rules(bundle))
    except (ValueError, LookupError) as error:
        raise SealedWrong("unusable", str(error)) from None
