"""The pages' reading of the contracts: every operation, its fields, an example that fits."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

import satu.web
from satu.formats.snap import messages
from satu.formats.snap.codes import ENDPOINTS
from satu.formats.snap.signing import symmetric_text, token_text
from satu.gateway import openapi as readers
from satu.partners import openapi as banks
from satu.partners.calls import SERVICES
from satu.web.api.doors import doors
from satu.web.public.contracts import Contract, read
from satu.wire.messages import Tap, TapBatch
from satu.wire.signing import sign, signed_message


def contract(content: bytes) -> Contract:
    return read(msgspec.json.decode(content))


def operation(found: Contract, anchor: str):
    return next(one for one in found.operations if one.anchor == anchor)


def test_every_service_of_banks_is_described_with_its_own_messages():
    found = contract(banks.document())
    assert {one.path.removeprefix("/v1.0/") for one in found.operations} == set(ENDPOINTS.values())
    for service, (asked, _) in SERVICES.items():
        assert banks.OFFERED[service].asked is asked
    top_up = operation(found, "service38")
    required = [field.name for field in top_up.body if field.is_required and not field.depth]
    assert required == ["partnerReferenceNo", "amount"]
    msgspec.json.decode(top_up.example.encode(), type=messages.TopUpRequest)
    good = next(answer for answer in top_up.answers if answer.is_good)
    assert msgspec.json.decode(good.example, type=messages.TopUpAnswer).response_code == "2003800"
    assert all(field.about for field in top_up.body if field.name != "transactionDate")
    told = " ".join(line for answer in top_up.answers for line in answer.lines)
    for code in ("2003800", "4093801", "4043811", "4013801"):
        assert code in told
    assert b"\\\\Z" not in banks.document()


def test_the_readers_examples_are_taps():
    found = contract(readers.document())
    tap = operation(found, "postTap")
    assert msgspec.json.decode(tap.example.encode(), type=Tap).point == "H00014P"
    batch = operation(found, "postTapBatch")
    assert len(msgspec.json.decode(batch.example.encode(), type=TapBatch).taps) == 1
    assert [field.name for field in batch.body if field.depth == 1][:2] == ["sequence", "at_ms"]
    headers = [field.name for field in tap.parameters if field.place == "header"]
    assert headers == ["Satu-Device", "Satu-Time", "Satu-Signature"]
    assert {answer.status for answer in tap.answers} >= {"200", "401", "429", "503"}


@pytest.mark.parametrize("anchor", ["quoteFares", "getCardDayFares"])
def test_the_webs_own_door_is_read_too(anchor):
    found = contract(msgspec.json.encode(doors.get_openapi_schema()))
    one = operation(found, anchor)
    assert one.answers and all(field.kind for field in (*one.parameters, *one.body))


def test_the_example_of_a_signature_is_what_the_gateway_checks():
    page = (Path(satu.web.__file__).parent / "templates/public/signing_readers.html").read_text()
    lines = re.search(r"<code>(POST\n.*?)</code>", page, re.DOTALL)
    assert lines is not None
    *_, body = lines[1].split("\n")
    assert signed_message("POST", "/v1/taps", 1_795_388_220_000, body.encode()) == lines[1].encode()
    assert msgspec.json.decode(body, type=Tap).at_ms == 1_795_388_220_000
    script = re.search(r"<code>(import .*?)</code>", page, re.DOTALL)
    assert script is not None
    known = {"key": b"k" * 32}
    exec(script[1], known)
    assert known["message"] == signed_message("POST", "/v1/taps", int(known["now"]), known["body"])
    assert known["signature"] == sign(known["key"], known["message"])


def test_the_example_of_a_banks_signature_is_what_its_door_checks():
    page = (Path(satu.web.__file__).parent / "templates/public/signing_banks.html").read_text()
    assert "printf '%s|%s'" in page and token_text("c", "t") == "c|t"
    assert "printf 'POST:%s:%s:%s:%s'" in page
    text = symmetric_text("POST", "/v1.0/emoney/topup", "token", b"{}", "time")
    digest = sha256(b"{}").hexdigest()
    assert text == f"POST:/v1.0/emoney/topup:token:{digest}:time"
    body = re.search(r"BODY='(.*?)'\n", page)
    assert body is not None
    msgspec.json.decode(body[1].encode(), type=messages.TopUpRequest)
