"""Signatures of SNAP BI (technical specification 1.0.2): what is signed, signing, verifying. Pure.

A body is signed minified, but sent as its author likes: white space outside strings is cut out of
the bytes themselves. Nothing is parsed and written again, so the order of keys, `\\u00e9` and
numbers of 20 digits stay what was signed.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from hashlib import sha256
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

Encoding = Literal["base64", "hex"]

# A string (one that never ends runs to the body's end), or white space outside strings.
STRING_OR_SPACE = re.compile(rb'("(?:[^"\\]++|\\.?)*+(?:"|\Z))|[ \t\r\n]++', re.DOTALL)


def minify(body: bytes) -> bytes:
    """The JSON text without white space outside strings; else byte for byte as it was."""
    return STRING_OR_SPACE.sub(lambda found: found.group(1) or b"", body)


def body_hash(body: bytes) -> str:
    """What stands for a body in the text to sign: SHA-256 of it minified, in lower-case hex."""
    return sha256(minify(body)).hexdigest()


def token_text(client_key: str, timestamp: str) -> str:
    """What is signed to ask for an access token (service 73)."""
    return f"{client_key}|{timestamp}"


def symmetric_text(method: str, path: str, token: str, body: bytes, timestamp: str) -> str:
    """What is signed with the client's secret in a call that carries an access token."""
    return f"{method}:{path}:{token}:{body_hash(body)}:{timestamp}"


def asymmetric_text(method: str, path: str, body: bytes, timestamp: str) -> str:
    """What is signed with a private key in a call without an access token."""
    return f"{method}:{path}:{body_hash(body)}:{timestamp}"


def sign_symmetric(secret: bytes, text: str, encoding: Encoding = "base64") -> str:
    """HMAC-SHA512 under the client's secret."""
    return _encode(hmac.digest(secret, text.encode(), "sha512"), encoding)


def sign_asymmetric(key: RSAPrivateKey, text: str, encoding: Encoding = "base64") -> str:
    """SHA256withRSA (PKCS#1 v1.5)."""
    return _encode(key.sign(text.encode(), PKCS1v15(), SHA256()), encoding)


def verifies_symmetric(
    secret: bytes, text: str, signature: str, encoding: Encoding = "base64"
) -> bool:
    """Whether the signature is the secret's, in a time that does not tell how much of it is."""
    given = _decode(signature, encoding)
    return given is not None and hmac.compare_digest(
        given, hmac.digest(secret, text.encode(), "sha512")
    )


def verifies_asymmetric(
    key: RSAPublicKey, text: str, signature: str, encoding: Encoding = "base64"
) -> bool:
    """Whether the signature was made with the private half of the key."""
    given = _decode(signature, encoding)
    if given is None:
        return False
    try:
        key.verify(given, text.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def public_key(pem: str) -> RSAPublicKey:
    """A partner's public key from its PEM text; ValueError if it is none or not RSA."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("SNAP BI signs with RSA keys")
    return key


def _encode(signature: bytes, encoding: Encoding) -> str:
    return signature.hex() if encoding == "hex" else base64.b64encode(signature).decode()


def _decode(signature: str, encoding: Encoding) -> bytes | None:
    try:
        if encoding == "hex":
            return bytes.fromhex(signature)
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return None
