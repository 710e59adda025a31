"""The door's first part: headers, and problems as they are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.gateway import door
from satu.gateway.clock import real_now_ms
from satu.gateway.problems import CATALOGUE, ProblemError

GOOD = [
    (b"satu-device", b"77"),
    (b"satu-time", b"1700000000000"),
    (b"satu-signature", b"ab" * 32),
    (b"content-type", b"Application/JSON; charset=utf-8"),
    (b"content-length", b"12"),
]


def test_headers_are_read_whatever_their_order() -> None:
    for headers in (GOOD, GOOD[::-1]):
        signed = door.read_headers({"headers": headers})
        assert (signed.device, signed.time_ms, signed.signature) == (
            77,
            1_700_000_000_000,
            "ab" * 32,
        )
        assert (signed.content_type, signed.content_length) == (b"application/json", 12)


@given(
    st.sampled_from([b"satu-device", b"satu-time", b"satu-signature"]),
    st.sampled_from([b"", b"-1", b"1.5", b"x!", b"\xff", "٣".encode(), b"9" * 40 + b"!"]),
)
def test_a_header_that_is_wrong_is_a_problem(name: bytes, value: bytes) -> None:
    headers = [(known, value if known == name else good) for known, good in GOOD]
    with pytest.raises(ProblemError) as raised:
        door.read_headers({"headers": headers})
    assert raised.value.code == "signature_missing"


@pytest.mark.parametrize("number", [b"0", b"8388608", b"99999999"])
def test_a_device_has_a_number_of_23_bits(number: bytes) -> None:
    with pytest.raises(ProblemError):
        door.read_headers({"headers": [(b"satu-device", number), *GOOD[1:]]})


def test_a_request_has_five_minutes() -> None:
    def age(milliseconds: int) -> str | None:
        signed = door.Signed(1, real_now_ms() - milliseconds, "", b"", b"", None)
        try:
            signed.check_age()
        except ProblemError as problem:
            return problem.code
        return None

    assert [age(0), age(299_000), age(-299_000)] == [None, None, None]
    assert [age(301_000), age(-302_000)] == ["request_too_old", "request_from_future"]


@pytest.mark.parametrize("code", list(CATALOGUE))
def test_every_problem_is_whole(code: str) -> None:
    problem = ProblemError(code, "more about it")
    document, headers = problem.document(), dict(problem.all_headers())
    assert (document.code, document.status) == (code, problem.kind.status)
    assert (document.title, document.words) == (problem.kind.title, problem.kind.words)
    assert document.words.id.endswith(".") and document.words.en.endswith(".")
    assert document.detail == f"more about it. {document.words.en}"
    assert ProblemError(code).document().detail == document.words.en
    assert headers[b"content-type"] == b"application/problem+json"
    assert (b"www-authenticate" in headers) is (document.status == 401)
    assert (b"retry-after" in headers) is (document.status in (408, 429, 503))
