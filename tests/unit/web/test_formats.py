"""Money, numbers and times as people read them."""

from __future__ import annotations

import pytest

from satu.web.design.formats import clock_time, count, money, percent, zone_name

SHORTLY_AFTER_FIVE = 1_795_385_520_000  # 23 November 2026, 05:12 in Jakarta


@pytest.mark.parametrize(
    ("written", "indonesian", "english"),
    [
        (lambda to: money(3_500, "IDR", to), "Rp\u00a03.500", "Rp\u00a03,500"),
        (
            lambda to: money(-1_250_000, "IDR", to),
            "\u2212Rp\u00a01.250.000",
            "\u2212Rp\u00a01,250,000",
        ),
        (lambda to: money(290, "USD", to), "USD\u00a02,90", "USD\u00a02.90"),
        (lambda to: money(0, "IDR", to), "Rp\u00a00", "Rp\u00a00"),
        (lambda to: count(18_342, to), "18.342", "18,342"),
        (lambda to: count(-94, to), "\u221294", "\u221294"),
        (lambda to: percent(99.2, to), "99,2\u00a0%", "99.2%"),
        (lambda to: percent(100, to), "100,0\u00a0%", "100.0%"),
        (lambda to: clock_time(SHORTLY_AFTER_FIVE, "Asia/Jakarta", to), "05.12", "05:12"),
    ],
)
def test_both_languages(written, indonesian, english):
    assert written("id") == indonesian
    assert written("en") == english


def test_a_zone_has_its_own_name() -> None:
    assert zone_name(SHORTLY_AFTER_FIVE, "Asia/Jakarta") == "WIB"
    assert zone_name(SHORTLY_AFTER_FIVE, "America/Argentina/Buenos_Aires") == "-03"
