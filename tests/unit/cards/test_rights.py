"""Rights on a card's row: the same bytes for the same rights, and what cannot stand together."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.cards.errors import Refusal
from satu.cards.rights import (
    MAX_ENTITLEMENTS,
    NO_RIGHTS,
    Rights,
    decode,
    encode,
    first_change,
    in_order,
    refuse_entitlements,
)
from satu.cards.words import REFUSALS
from satu.fares.legs import Entitlement, PassHeld

KNOWN = {"student", "senior", "birthday"}
FIRST = date(2026, 1, 1)


def right(category: str, first: int, last: int) -> Entitlement:
    """An entitlement by days after the year's first."""
    return Entitlement(category, FIRST + timedelta(first), FIRST + timedelta(last))


entitlements = st.builds(
    lambda category, first, length: right(category, first, first + length),
    st.sampled_from(sorted(KNOWN)),
    st.integers(0, 60),
    st.integers(0, 30),
)
passes = st.builds(
    PassHeld,
    st.integers(1, 2**40),
    st.text(max_size=20),
    st.integers(0, 2**45),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
all_rights = st.builds(
    Rights,
    st.lists(entitlements, max_size=5).map(tuple),
    st.lists(passes, max_size=5).map(tuple),
)


@given(all_rights)
@settings(max_examples=50)
def test_what_is_encoded_comes_back(rights: Rights) -> None:
    assert decode(encode(rights)) == rights


def test_no_rights_are_null_and_bytes_are_those_of_the_column() -> None:
    assert encode(NO_RIGHTS) is None and decode(None) is NO_RIGHTS
    held = Rights((right("student", 0, 180),), (PassHeld(7, "month", 1_767_200_000_000, FIRST),))
    content = encode(held)
    assert content is not None
    assert content == encode(decode(memoryview(content)))


def test_the_order_of_asking_does_not_matter() -> None:
    later, earlier = right("senior", 9, 10), right("student", 0, 5)
    assert in_order([later, earlier, later]) == (earlier, later)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ([], None),
        ([right("student", 0, 180)], None),
        ([right("student", 0, 9), right("senior", 10, 99)], None),
        ([right("student", 0, 9), right("student", 5, 99)], None),
        ([right("student", 0, 180), right("birthday", 40, 40)], None),
        ([right("student", 0, 9), right("senior", 9, 99)], Refusal.ENTITLEMENTS_OVERLAP),
        ([right("student", 0, 99), right("senior", 20, 30)], Refusal.ENTITLEMENTS_OVERLAP),
        ([right("student", 9, 8)], Refusal.ENTITLEMENT_DATES_INVALID),
        ([Entitlement("student", date(202, 1, 1), FIRST)], Refusal.ENTITLEMENT_DATES_INVALID),
        ([Entitlement("student", FIRST, date(2206, 1, 1))], Refusal.ENTITLEMENT_DATES_INVALID),
        ([right("pilot", 0, 9)], Refusal.CATEGORY_UNKNOWN),
        ([right("pilot", 9, 0)], Refusal.ENTITLEMENT_DATES_INVALID),
        ([right("pilot", 0, 9), right("senior", 0, 9)], Refusal.CATEGORY_UNKNOWN),
        (
            [right("birthday", day, day) for day in range(MAX_ENTITLEMENTS + 1)],
            Refusal.ENTITLEMENTS_TOO_MANY,
        ),
    ],
)
def test_what_cannot_be_set(asked: list[Entitlement], refusal: Refusal | None) -> None:
    assert refuse_entitlements(asked, KNOWN) is refusal


@given(st.lists(entitlements, max_size=6))
@settings(max_examples=50)
def test_on_no_day_is_a_person_in_two_groups(asked: list[Entitlement]) -> None:
    if refuse_entitlements(asked, KNOWN) is None:
        for day in (FIRST + timedelta(n) for n in range(100)):
            groups = {
                one.category
                for one in asked
                if one.first < one.last and one.first <= day <= one.last
            }
            assert len(groups) <= 1


def test_the_first_day_that_changes() -> None:
    old, new = right("student", 10, 99), right("senior", 20, 50)
    assert first_change(Rights((old,)), Rights((old,))) is None
    assert first_change(Rights(), Rights((old,))) == old.first
    assert first_change(Rights((old,)), Rights()) == old.first
    assert first_change(Rights((old,)), Rights((old, new))) == new.first
    assert first_change(Rights(), Rights((), (PassHeld(1, "day", 0, FIRST),))) is None


def test_every_refusal_has_its_words() -> None:
    assert list(REFUSALS) == list(Refusal)
