"""Requests are read, and refused by the field at fault; answers are spelt as the partner does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from satu.formats.snap import fields
from satu.formats.snap.codes import Case, Service, SnapRefusal
from satu.formats.snap.messages import (
    Answer,
    BalanceRequest,
    Money,
    TokenAnswer,
    TokenRequest,
    TopUpRequest,
    read,
    write,
)
from satu.formats.snap.profile import read_profile

TOP_UP = {
    "partnerReferenceNo": "p1",
    "customerNumber": "9360080000000011",
    "amount": {"value": "10000.00", "currency": "IDR"},
}
JAKARTA = ZoneInfo("Asia/Jakarta")


def body(**changed: Any) -> bytes:
    told = {**TOP_UP, **changed}
    return json.dumps({name: value for name, value in told.items() if value is not ...}).encode()


def test_a_request_is_read() -> None:
    asked = read(body(additionalInfo="", feeAmount=None, unheardOf=1), TopUpRequest, {})
    assert asked == TopUpRequest(
        partner_reference_no="p1",
        customer_number="9360080000000011",
        amount=Money("10000.00", "IDR"),
    )
    assert read(b"{}", BalanceRequest, {}) == BalanceRequest()


@pytest.mark.parametrize(
    ("changed", "case", "field"),
    [
        ({"partnerReferenceNo": ...}, Case.MANDATORY_FIELD, "partnerReferenceNo"),
        ({"partnerReferenceNo": ""}, Case.MANDATORY_FIELD, "partnerReferenceNo"),
        ({"amount": ...}, Case.MANDATORY_FIELD, "amount"),
        ({"amount": {"value": "1.00"}}, Case.MANDATORY_FIELD, "amount.currency"),
        ({"amount": {"value": "", "currency": "IDR"}}, Case.MANDATORY_FIELD, "amount.value"),
        ({"amount": "10000.00"}, Case.FIELD_FORMAT, "amount"),
        ({"amount": {"value": 1, "currency": "IDR"}}, Case.FIELD_FORMAT, "amount.value"),
        ({"customerNumber": 9360080000000011}, Case.FIELD_FORMAT, "customerNumber"),
        ({"customerNumber": "0812-3456"}, Case.FIELD_FORMAT, "customerNumber"),
        ({"customerNumber": "12\n"}, Case.FIELD_FORMAT, "customerNumber"),
        ({"partnerReferenceNo": "x" * 65}, Case.FIELD_FORMAT, "partnerReferenceNo"),
        ({"partnerReferenceNo": "\ud800"}, Case.FIELD_FORMAT, "partnerReferenceNo"),
        ({"feeAmount": {"value": "0.00"}}, Case.MANDATORY_FIELD, "feeAmount.currency"),
    ],
)
def test_the_field_at_fault_is_named(changed: dict[str, Any], case: Case, field: str) -> None:
    with pytest.raises(SnapRefusal) as refused:
        read(body(**changed), TopUpRequest, {})
    assert (refused.value.case, refused.value.about) == (case, field)


@pytest.mark.parametrize("sent", [b"", b"[]", b"1", b"{", b"\xff", b"[" * 60_000])
def test_what_is_no_object_is_a_bad_request(sent: bytes) -> None:
    with pytest.raises(SnapRefusal) as refused:
        read(sent, TopUpRequest, {})
    assert refused.value.case is Case.BAD_REQUEST


def test_fields_are_spelt_as_the_partner_does() -> None:
    spelling = {"grantType": "grant_type", "expiresIn": "expires_in"}
    assert read(b'{"grant_type": "x"}', TokenRequest, spelling).grant_type == "x"
    with pytest.raises(SnapRefusal) as refused:
        read(b"{}", TokenRequest, spelling)
    assert refused.value.about == "grant_type"
    answer = TokenAnswer(
        response_code="2007300",
        response_message="Successful",
        access_token="t",
        token_type="Bearer",
        expires_in=900,
    )
    assert json.loads(write(answer, spelling)) == {
        "responseCode": "2007300",
        "responseMessage": "Successful",
        "accessToken": "t",
        "tokenType": "Bearer",
        "expires_in": 900,
    }


def test_a_refusal_has_its_code_and_words() -> None:
    case = Case.MANDATORY_FIELD
    refusal = Answer(
        response_code=case.code(Service.TOP_UP), response_message=case.message("amount.value")
    )
    assert write(refusal, {}) == (
        b'{"responseCode":"4003802","responseMessage":"Invalid Mandatory Field amount.value"}'
    )
    assert Case.UNAUTHORIZED.message() == "Unauthorized"
    assert Case.UNAUTHORIZED.message("[Signature]") == "Unauthorized. [Signature]"
    assert len(Case.FIELD_FORMAT.message("x" * 500)) == 150


def test_timestamps_are_read_as_instants() -> None:
    at = datetime(2024, 3, 5, 10, 37, 16, tzinfo=UTC)
    assert fields.read_timestamp("2024-03-05T10:37:16Z") == at
    assert fields.read_timestamp("2024-03-05T17:37:16+07:00") == at
    assert fields.read_timestamp("2024-03-05T17:37:16+0700") == at
    assert fields.read_timestamp("2024-03-05T10:37:16.738Z") == at + timedelta(milliseconds=738)
    assert fields.read_timestamp("2024-03-05T10:37:16.123456789Z").microsecond == 123_456
    assert fields.write_timestamp(at, JAKARTA) == "2024-03-05T17:37:16+07:00"
    for wrong in ("", "2024-03-05", "2024-03-05T10:37:16", "2024-13-05T10:37:16Z", "٢٠٢٤"):
        with pytest.raises(ValueError):
            fields.read_timestamp(wrong)


def test_amounts_have_two_decimals() -> None:
    assert fields.read_amount("10000.00", "IDR") == 10_000
    assert fields.write_amount(10_000, "IDR") == "10000.00"
    assert fields.read_amount("2.90", "USD") == 290
    assert fields.write_amount(290, "USD") == "2.90"
    for wrong in ("10000", "10000.0", "-1.00", "1,000.00", "1e3", "10000.50", "", "1" * 16 + ".00"):
        with pytest.raises(ValueError):
            fields.read_amount(wrong, "IDR")


def test_a_masked_number_shows_its_ends() -> None:
    assert fields.mask("9360080000000014") == "936008******0014"
    assert fields.mask("6281234567890") == "*********7890"
    assert fields.mask("12345") == "*2345"
    assert fields.mask("") == ""


TOKEN_PATH = '"73" = "/v1.0/access-token/b2b"\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('paths = { "38" = "/v1.0/emoney/topup" }', "symmetric signature needs"),
        (f'signature = "asymmetric"\n[paths]\n{TOKEN_PATH}', "symmetric signature needs"),
        (f'[paths]\n"99" = "/x"\n{TOKEN_PATH}', "paths.99"),
        (f'[paths]\n"38" = "/v1.0/emoney/top-up"\n{TOKEN_PATH}', "does not end in /emoney/topup"),
        (f'[paths]\n"38" = "v1.0/emoney/topup"\n{TOKEN_PATH}', "does not end in"),
        (f"tolerance_s = 0\n[paths]\n{TOKEN_PATH}", "tolerance_s"),
        (f"colour = 1\n[paths]\n{TOKEN_PATH}", "colour"),
        ("paths = 1", "paths"),
        ("[", "Invalid|Expected"),
    ],
)
def test_a_wrong_profile_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_profile(text)


def test_a_path_may_have_a_suffix() -> None:
    path = "/authorization/v1/access-token/b2b.htm"
    profile = read_profile(f'[paths]\n"73" = "{path}"')
    assert profile.opens(Service.ACCESS_TOKEN, path)
    assert not profile.opens(Service.ACCESS_TOKEN, "/v1.0/access-token/b2b")
    assert not profile.opens(Service.TOP_UP, "/v1.0/emoney/topup")
