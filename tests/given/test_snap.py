"""Signatures that others made: published samples, and whole requests of a bank's own client."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from satu.formats.snap import signing
from satu.formats.snap.codes import Case, Service
from satu.formats.snap.fields import EXTERNAL_ID, read_timestamp
from satu.formats.snap.messages import AccountInquiry, BalanceRequest, TopUpRequest, read

Given = Callable[[str], Path]
REQUESTS = {"account-inquiry": AccountInquiry, "topup": TopUpRequest, "inquiry": BalanceRequest}


@pytest.fixture
def vectors(given: Given) -> dict[str, dict[str, Any]]:
    listed = json.loads(given("vectors/snap_signatures.json").read_text())
    return {vector["name"]: vector for vector in listed}


def test_every_vector_is_tried(vectors: dict[str, dict[str, Any]]) -> None:
    assert set(vectors) == {
        "midtrans-b2b-token-asymmetric",
        "midtrans-transaction-symmetric",
        "midtrans-notification-verify",
        "midtrans-notification-generate",
        "midtrans-seamless-sign",
    }


def test_the_request_for_a_token(vectors: dict[str, dict[str, Any]]) -> None:
    vector = vectors["midtrans-b2b-token-asymmetric"]
    text = signing.token_text(vector["client_key"], vector["timestamp"])
    assert text == vector["string_to_sign"]
    key = signing.public_key(vector["public_key_pem"])
    assert signing.verifies_asymmetric(key, text, vector["signature"])
    assert not signing.verifies_asymmetric(key, text + " ", vector["signature"])


def test_a_call_with_a_token(vectors: dict[str, dict[str, Any]]) -> None:
    vector = vectors["midtrans-transaction-symmetric"]
    body = vector["body_raw"].encode()
    assert signing.minify(body).decode() == vector["body_minified"]
    assert signing.body_hash(body) == vector["body_sha256"]
    text = signing.symmetric_text(
        vector["method"], vector["path"], vector["access_token"], body, vector["timestamp"]
    )
    assert text == vector["string_to_sign"]
    secret = vector["client_secret"].encode()
    assert signing.sign_symmetric(secret, text) == vector["signature"]
    assert signing.verifies_symmetric(secret, text, vector["signature"])
    assert not signing.verifies_symmetric(secret + b"x", text, vector["signature"])


@pytest.mark.parametrize("name", ["midtrans-notification-verify", "midtrans-notification-generate"])
def test_a_call_without_a_token(vectors: dict[str, dict[str, Any]], name: str) -> None:
    vector = vectors[name]
    body = vector["body_raw"].encode()
    assert signing.minify(body).decode() == vector.get("body_minified", vector["body_raw"])
    assert signing.body_hash(body) == vector["body_sha256"]
    text = signing.asymmetric_text(vector["method"], vector["path"], body, vector["timestamp"])
    assert text == vector["string_to_sign"]
    key = signing.public_key(vector["public_key_pem"])
    assert signing.verifies_asymmetric(key, text, vector["signature"])
    assert not signing.verifies_asymmetric(key, text.lower(), vector["signature"])


def test_a_signed_address(vectors: dict[str, dict[str, Any]]) -> None:
    vector = vectors["midtrans-seamless-sign"]
    key = signing.public_key(vector["public_key_pem"])
    signature = unquote(vector["signature_urlencoded"])
    assert signing.verifies_asymmetric(key, vector["seamless_data"], signature)


def test_requests_caught_from_an_unmodified_client(given: Given) -> None:
    caught = json.loads(given("vectors/snap_client_captures.json").read_text())
    key = signing.public_key(caught["public_key_pem"])
    assert len(caught["requests"]) == 3
    for request in caught["requests"]:
        body, signature = request["body"].encode(), request["headers"]["X-SIGNATURE"]
        text = signing.asymmetric_text(request["m"], request["path"], body, request["ts"])
        assert signing.verifies_asymmetric(key, text, signature)
        assert read_timestamp(request["ts"]).isoformat() == request["ts"]
        assert EXTERNAL_ID.fullmatch(request["headers"]["X-EXTERNAL-ID"])
        ending = request["path"].removesuffix(".htm").rsplit("/", 1)[-1]
        read(body, REQUESTS[ending.removeprefix("balance-")], {})
        assert b": " in body, "it signs the body minified and sends it with spaces"


def test_codes_are_those_of_the_reference(given: Given) -> None:
    known = json.loads(given("data/reference/snap_codes.json").read_text())
    for service in Service:
        assert known["services"][service.value] == service.endpoint
    for case in Case:
        status, number, words = case.value
        told = known["cases"][str(status)][number]
        told = told.split(":")[0].replace("/VA", "/Virtual Account")
        assert told.startswith(words.split(". {")[0].split(" {")[0])
