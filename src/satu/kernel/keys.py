"""Keys for every purpose from one secret, so that one secret is all an installation keeps. Pure.

A purpose is a stable name (`device`, `scheme`, `token`); knowing one purpose's key tells nothing
about the secret or about another purpose's key (HKDF-SHA256, RFC 5869).
"""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DEVICE = "device"  # master of the devices' request keys
SCHEME = "scheme"  # seed of the Ed25519 key that signs tariffs and deny lists
TOKEN = "token"  # keyed hash of media tokens
PRINTED = "printed"  # secrets printed on cards
PARTNER = "partner"  # secrets that banks sign their calls with
DOOR = "door"  # what sign-ins keep: hashes of contacts, seals of codes and second factors
APPROVAL = "approval"  # what staff propose to do with money
PERSON_MASTER = "person-master"  # master keys of people's data keys, where no module keeps them
PERSON_LOOKUP = "person-lookup"  # keyed hashes that find a person by NIK or phone

MIN_SECRET_BYTES = 16


def derive(secret: bytes, purpose: str) -> bytes:
    """The 32-byte key of a purpose; ValueError if the secret is shorter than 16 bytes."""
    if len(secret) < MIN_SECRET_BYTES:
        raise ValueError(f"the secret needs at least {MIN_SECRET_BYTES} bytes")
    info = b"satu|" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)
