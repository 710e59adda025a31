"""Keys of this installation's simulated banks, made once and kept in SATU_HOME."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from satu.project import environment

KEY_BITS = 2048


def bank_key(name: str) -> rsa.RSAPrivateKey:
    """The private key of a simulated bank, or ours at it (`satu-mandiri`)."""
    path = environment.home() / "banks" / f"{name}.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        made = rsa.generate_private_key(65537, KEY_BITS).private_bytes(*form)
        with open(path, "xb", opener=_for_us_alone) as file:
            file.write(made)
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def public_pem(name: str) -> str:
    """The public half of a key, a PEM text."""
    form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return bank_key(name).public_key().public_bytes(*form).decode()


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
