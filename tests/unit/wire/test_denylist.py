"""The deny list on its way: exact, small, and never a change on the wrong base."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.wire.denylist import (
    MAX_SERIAL,
    Denied,
    DenyList,
    StaleBaseError,
    decode,
    gap_decode,
    gap_encode,
)

serials = st.sets(st.integers(0, 3_000), max_size=80)


@given(st.sets(st.integers(0, MAX_SERIAL), max_size=60))
def test_serials_come_back_sorted_and_exact(serials: set[int]) -> None:
    assert gap_decode(gap_encode(serials)) == sorted(serials)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_list_or_a_value_error(coded: bytes) -> None:
    try:
        found = gap_decode(coded)
    except ValueError:
        return
    assert found == sorted(set(found))
    assert gap_decode(gap_encode(found)) == found


def test_a_list_that_is_cut_short_is_refused() -> None:
    with pytest.raises(ValueError, match="cut short"):
        gap_decode(gap_encode([5, 1_000_000])[:-1])


@given(serials, serials)
def test_a_base_and_a_change_give_the_whole_list(before: set[int], after: set[int]) -> None:
    denied = Denied()
    denied.apply(DenyList(4, 0, 1, gap_encode(before)))
    change = DenyList(9, 4, 2, gap_encode(after - before), gap_encode(before - after))
    denied.apply(decode(change.encode()))
    assert [serial for serial in range(3_100) if serial in denied] == sorted(after)
    assert (denied.version, denied.issued_ms) == (9, 2)
    assert -1 not in denied


def test_a_change_of_another_version_changes_nothing() -> None:
    denied = Denied()
    denied.apply(DenyList(4, 0, 1, gap_encode([7])))
    with pytest.raises(StaleBaseError):
        denied.apply(DenyList(9, 5, 2, gap_encode([8]), gap_encode([7])))
    assert (7 in denied, 8 in denied, denied.version) == (True, False, 4)


def test_three_hundred_thousand_of_thirty_million_take_less_than_half_a_megabyte() -> None:
    drawn = random.Random(1).sample(range(30_000_000), 300_000)
    assert len(gap_encode(drawn)) < 450_000
