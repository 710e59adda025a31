"""What may be told of a day: no small cells, none that can be worked out, whole tens."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from satu.insight.open_data import last_public_day, told
from satu.kernel.days import Calendar

DAY = date(2026, 11, 22)
COUNTS = st.integers(0, 60)


def test_small_lines_are_hidden_with_the_next_smallest():
    lines = {(1, 1): 1_234, (1, 2): 57, (1, 3): 4, (2, 0): 9, (3, 7): 800, (3, 8): 40}
    public = told(DAY, lines, {}, {})
    # Operator 2 is under ten; were 3 shown, the city's total would tell 2.
    assert public.operators == {1: 1_290}
    # Line 3 is under ten; were line 2 shown, the operator's total would tell 3.
    assert public.lines == {(1, 1): 1_230}


def test_places_of_a_hidden_operator_are_hidden():
    lines = {(1, 1): 500, (2, 0): 6, (3, 0): 300, (4, 0): 11}
    places = {(1, "Kota"): 300, (1, "Blok M"): 200, (2, "Zoo"): 6, (4, "Monas"): 11}
    public = told(DAY, lines, places, {7: 500, 8: 3, 9: 12, 10: 302})
    assert 2 not in public.operators
    assert public.places == {(1, "Kota"): 300, (1, "Blok M"): 200}
    assert public.hours == {7: 500, 10: 300}


@settings(max_examples=50)
@given(st.dictionaries(st.tuples(st.integers(1, 3), st.integers(0, 4)), COUNTS))
def test_no_shown_figure_is_small_and_all_are_whole_tens(lines):
    public = told(DAY, lines, {}, {})
    for figures in (public.operators, public.lines):
        assert all(n >= 10 and n % 10 == 0 for n in figures.values())
    assert {operator for operator, _ in public.lines} <= set(public.operators)


def test_the_last_public_day_is_over_by_the_citys_own_hour():
    calendar = Calendar("Asia/Jakarta", 4)
    assert last_public_day(calendar, datetime(2026, 11, 22, 20, 59, tzinfo=UTC)) == date(
        2026, 11, 21
    )
    assert last_public_day(calendar, datetime(2026, 11, 22, 21, 0, tzinfo=UTC)) == DAY
