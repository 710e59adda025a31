"""Minifying cuts white space and nothing else; signatures are their key's alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from snapapi import SNAPCrypto
from snapapi.exceptions import InvalidSignature

from satu.formats.snap import signing
from satu.formats.snap.outgoing import Transfer, transfer_body

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@settings(max_examples=50)
@given(JSON, st.booleans(), st.sampled_from([None, 0, 3, "\t"]))
def test_whatever_the_spacing_the_minified_is_the_same(
    told: Any, as_ascii: bool, indent: int | str | None
) -> None:
    dense = json.dumps(told, ensure_ascii=as_ascii, separators=(",", ":")).encode()
    assert signing.minify(json.dumps(told, ensure_ascii=as_ascii, indent=indent).encode()) == dense
    assert signing.minify(dense) == dense


@pytest.mark.parametrize(
    ("sent", "signed"),
    [
        (b"", b""),
        (b' { "b" : 1 , "a" : [ 1 , 2 ] }\r\n', b'{"b":1,"a":[1,2]}'),
        (b'{"n": 12345678901234567890, "x": 1.50}', b'{"n":12345678901234567890,"x":1.50}'),
        (rb'{"e": "\u00e9 \" , : "}', rb'{"e":"\u00e9 \" , : "}'),
        (b'{"partnerServiceId": "   12345"}', b'{"partnerServiceId":"   12345"}'),
        (rb'{"a": "x\\", "b": " "}', rb'{"a":"x\\","b":" "}'),
        (b'{ "never ends', b'{"never ends'),
        (b'{ "ends in \\', b'{"ends in \\'),
    ],
)
def test_traps(sent: bytes, signed: bytes) -> None:
    assert signing.minify(sent) == signed


def test_an_empty_body_is_hashed_as_the_empty_string() -> None:
    assert signing.body_hash(b"") == EMPTY
    assert signing.asymmetric_text("GET", "/v1.0/x", b"", "t") == f"GET:/v1.0/x:{EMPTY}:t"


def test_many_quotes_take_no_long() -> None:
    assert len(signing.minify(b'"' + b'\\"' * 100_000)) == 200_001


def test_a_symmetric_signature_is_its_secrets_alone() -> None:
    encodings: tuple[signing.Encoding, ...] = ("base64", "hex")
    for encoding in encodings:
        made = signing.sign_symmetric(b"secret", "text", encoding)
        assert signing.verifies_symmetric(b"secret", "text", made, encoding)
        assert not signing.verifies_symmetric(b"secreT", "text", made, encoding)
    assert not signing.verifies_symmetric(b"secret", "text", "", "hex")
    for wrong in ("", "!", "é", "AAAA", "AAAA="):
        assert not signing.verifies_symmetric(b"secret", "text", wrong)


def test_an_asymmetric_signature_is_its_keys_alone() -> None:
    key, other = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    made = signing.sign_asymmetric(key, "text")
    assert signing.verifies_asymmetric(key.public_key(), "text", made)
    assert not signing.verifies_asymmetric(other.public_key(), "text", made)
    assert not signing.verifies_asymmetric(key.public_key(), "texts", made)
    assert not signing.verifies_asymmetric(key.public_key(), "text", "no base64")


def test_what_satu_sends_verifies_in_a_program_that_others_wrote() -> None:
    """snapapi, as it is on PyPI, checks a bank's callers: our keys, our texts, our body."""
    key, at, path = rsa.generate_private_key(65537, 2048), "2026-01-05T15:00:00+07:00", "/v1.0/x"
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    bank = SNAPCrypto(
        public_cert=key.public_key().public_bytes(*form).decode(), client_secret="secret"
    )
    signed = signing.sign_asymmetric(key, signing.token_text("satu", at)).encode()
    bank.verify_signature(
        message=f"satu|{at}".encode(), signature=signed, algorithm="SHA256withRSA"
    )
    with pytest.raises(InvalidSignature):
        bank.verify_signature(
            message=f"sati|{at}".encode(), signature=signed, algorithm="SHA256withRSA"
        )

    body = transfer_body(Transfer("R-1", 12_500, "IDR", "111", "222", "", "Siti Contoh"), at)
    text = signing.symmetric_text("POST", path, "token", body, at)
    named = {"X-TIMESTAMP": at, "X-SIGNATURE": signing.sign_symmetric(b"secret", text)}
    asked = {"path": path, "access_token": "token", "request_headers": named}
    bank.verify_signature_transactional(**asked, request_body=json.loads(body))
    with pytest.raises(InvalidSignature):
        bank.verify_signature_transactional(**asked, request_body={"amount": 1})
