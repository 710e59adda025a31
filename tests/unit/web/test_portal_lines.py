"""How a line is marked and dated: few letters that tell it from the others, and its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from satu.web.portal.lines import clock_of, letters_of, short_day


@pytest.mark.parametrize(
    ("route", "operator", "letters"),
    [
        ("6V", "Transjakarta", "6V"),
        ("JAK.10A", "Transjakarta", "10A"),
        ("MRTJ-NS", "MRT Jakarta", "MRTJ"),
        ("KRL-B", "KAI Commuter", "KRL"),
        ("", "MRT Jakarta", "M"),
        ("", "", "?"),
    ],
)
def test_letters_of_a_line(route: str, operator: str, letters: str) -> None:
    assert letters_of(route, operator) == letters


@pytest.mark.parametrize(
    ("day", "indonesian", "english"),
    [
        (date(2026, 11, 22), "", ""),
        (date(2026, 11, 21), "kemarin", "yesterday"),
        (date(2026, 11, 3), "3 Nov", "3 Nov"),
        (date(2026, 8, 3), "3 Agu", "3 Aug"),
        (date(2025, 12, 31), "31 Des 2025", "31 Dec 2025"),
        (date(2026, 11, 23), "23 Nov", "23 Nov"),
    ],
)
def test_a_line_of_another_day_says_which(day: date, indonesian: str, english: str) -> None:
    for language, words in (("id", indonesian), ("en", english)):
        with translation.override(language):
            assert short_day(day, date(2026, 11, 22)) == words


def test_a_time_of_another_day_stands_with_its_day() -> None:
    now = datetime(2026, 11, 22, 5, tzinfo=UTC)
    with translation.override("id"):
        assert clock_of(now, now) == "12.00"
        assert clock_of(now - timedelta(days=1), now) == "kemarin\N{NO-BREAK SPACE}12.00"
