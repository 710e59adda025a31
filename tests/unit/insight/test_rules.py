"""Which taps are complete, and what the public may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.insight.rules import (
    Sign,
    Span,
    Watermark,
    coarse,
    dwell_of,
    rounded,
    shown_cells,
    sign_of,
)
from satu.kernel.refusal import Outcome

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TABLES = st.dictionaries(st.integers(0, 12), st.integers(0, 40), max_size=8)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_time_is_complete_a_lag_after_it_was_first_seen():
    mark = Watermark(NOON, lag_s=2.5)
    assert mark.advance(later(10), now_s=100) is None
    assert mark.advance(later(11), now_s=101) is None
    assert mark.advance(later(12), now_s=102.4) is None
    assert mark.advance(later(13), now_s=102.5) == Span(NOON, later(10), float("inf"))
    assert mark.advance(later(14), now_s=104) == Span(later(10), later(11), 1.0)
    assert not mark.is_idle


def test_a_quiet_city_is_idle_once_everything_is_complete():
    mark = Watermark(NOON, lag_s=2.5)
    mark.advance(later(10), now_s=100)
    assert not mark.is_idle
    assert mark.advance(later(10), now_s=103) == Span(NOON, later(10), float("inf"))
    assert mark.is_idle
    assert mark.advance(later(10), now_s=110) is None and mark.is_idle


def test_a_tap_after_a_quiet_minute_covers_only_the_last_look():
    mark = Watermark(later(10), lag_s=2.5)
    mark.advance(later(10), now_s=159)
    mark.advance(later(70), now_s=160)
    assert mark.advance(later(70), now_s=163) == Span(later(10), later(70), 1.0)


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 9)), max_size=30))
def test_spans_join_without_gap_or_overlap(steps):
    mark, now_s, newest, spans = Watermark(NOON, lag_s=2.5), 0.0, NOON, []
    for waited, added in steps:
        now_s += waited
        newest += timedelta(seconds=added)
        if span := mark.advance(newest, now_s):
            spans.append(span)
    ends = [NOON, *(span.upto for span in spans)]
    assert [span.after for span in spans] == ends[:-1]
    assert all(span.after < span.upto <= newest for span in spans)


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({}, {}),
        ({"bus": 500, "zoo": 10}, {"bus": 500, "zoo": 10}),
        ({"bus": 500, "metro": 60, "zoo": 9}, {"bus": 500}),
        ({"bus": 500, "metro": 60, "zoo": 9, "tower": 8}, {"bus": 500, "metro": 60}),
        ({"bus": 500, "metro": 60, "zoo": 3, "tower": 2}, {"bus": 500}),
        ({"bus": 500, "zoo": 0}, {"bus": 500}),
        ({"bus": 9}, {}),
        ({"bus": 10}, {"bus": 10}),
    ],
)
def test_small_cells_and_what_would_tell_them_are_left_out(cells, shown):
    assert shown_cells(cells) == shown


@given(TABLES)
def test_no_cell_under_ten_is_shown_or_can_be_subtracted(cells):
    shown = shown_cells(cells)
    hidden = [n for cell, n in cells.items() if cell not in shown and n]
    assert all(cells[cell] == n >= 10 for cell, n in shown.items())
    if hidden and shown:
        assert len(hidden) >= 2
        assert sum(hidden) >= 10


@given(st.integers(0, 200_000))
def test_public_totals_are_coarse_and_never_too_high(count):
    assert 0 <= coarse(count) <= count and 0 <= rounded(count) <= count
    assert (coarse(count) == 0) == (count < 10) == (rounded(count) == 0)
    assert count - rounded(count) < 10


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_a_sign(outcome):
    expected = Sign.ACCEPTED if outcome.accepted else Sign.REFUSED
    assert sign_of(outcome) is (Sign.ASIDE if outcome.quarantined else expected)


@pytest.mark.parametrize(
    ("median_s", "cards", "minutes"),
    [(None, 0, None), (5_400.0, 9, None), (5_400.0, 10, 90), (5_459.9, 11, 90), (0.0, 12, 0)],
)
def test_a_stay_is_told_in_whole_minutes_of_ten_cards_or_more(median_s, cards, minutes):
    assert dwell_of(median_s, cards) == minutes
