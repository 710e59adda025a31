"""A bank that does not answer is left alone, for longer each time, and probed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag

from satu.partners.breaker import LONGEST, Breaker
from satu.partners.sealed import open_sealed, seal

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def test_five_failures_in_a_row_open_it_and_one_answer_closes_it() -> None:
    breaker = Breaker(0, None)
    for _ in range(4):
        breaker = breaker.after_failure(AT)
        assert not breaker.is_open and breaker.may_call(AT)
    assert breaker.after_answer() == Breaker(0, None)
    waits = []
    for _ in range(8):
        breaker = breaker.after_failure(AT)
        assert breaker.open_until is not None
        waits.append(breaker.open_until - AT)
        assert not breaker.may_call(breaker.open_until - timedelta(microseconds=1))
        assert breaker.may_call(breaker.open_until) and breaker.is_open
    assert [wait // timedelta(seconds=60) for wait in waits] == [1, 2, 4, 8, 15, 15, 15, 15]
    assert waits[-1] == LONGEST
    assert breaker.after_answer() == Breaker(0, None)
    assert Breaker(10**6, None).after_failure(AT).open_until == AT + LONGEST


def test_what_is_sealed_about_one_row_opens_for_no_other() -> None:
    key = b"k" * 32
    sealed = seal(key, "bank:1", b"secret")
    assert b"secret" not in sealed and seal(key, "bank:1", b"secret") != sealed
    assert open_sealed(key, "bank:1", sealed) == b"secret"
    for other_key, about in ((key, "bank:2"), (b"x" * 32, "bank:1")):
        with pytest.raises(InvalidTag):
            open_sealed(other_key, about, sealed)
