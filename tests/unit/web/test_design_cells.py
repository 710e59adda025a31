"""Values as a page shows them and as a file has them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation

from satu.web.design.cells import (
    Badge,
    Coded,
    Link,
    Money,
    Noted,
    attributes,
    bar,
    mark,
    plain,
    shown,
)
from satu.web.design.colours import INK, PAPER, on_colour

EVENING = datetime(2026, 8, 22, 22, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "indonesian", "english"),
    [
        (Money(-2_000, "IDR", True), ">\u2212Rp\u00a02.000<", ">\u2212Rp\u00a02,000<"),
        (Money(50_000, "IDR", True), ' data-arah="masuk">+Rp\u00a050.000<', "+Rp\u00a050,000<"),
        (Money(50_000), '"uang">Rp\u00a050.000<', '"uang">Rp\u00a050,000<'),
        (1_203, "1.203", "1,203"),
        (EVENING, ">23\u00a0Agu\u00a02026, 05.41<", ">23\u00a0Aug\u00a02026, 05:41<"),
        (None, "", ""),
    ],
)
def test_a_value_is_shown_in_the_pages_language(cell, indonesian, english):
    for language, expected in (("id", indonesian), ("en", english)):
        with translation.override(language):
            assert expected in shown(cell)


def test_words_of_people_never_become_code():
    evil = '"><script>'
    cells = (
        evil,
        Badge("bad", evil),
        Link(evil, evil, evil),
        Noted(evil, evil),
        Coded(evil, evil, evil),
        Coded("", evil),
    )
    for html in (*map(shown, cells), mark(evil, "#000000"), attributes({"a_b": evil})):
        assert "<script>" not in html


@pytest.mark.parametrize(
    ("cell", "field"),
    [
        (Money(-1_500), "-1500"),
        (Money(-290, "USD"), "-2.90"),
        (Money(5, "USD"), "0.05"),
        (EVENING, "2026-08-23T05:41:00+07:00"),
        (Badge("good", "Aktif"), "Aktif"),
        (Link("0093", "/x", "Flazz"), "0093"),
        (Noted("Budi", "terverifikasi"), "Budi"),
        (Coded("Diblokir", "card.blocked", "?"), "Diblokir"),
        (Coded("", "6V"), "6V"),
        (None, ""),
        (-3, "-3"),
        ("=HYPERLINK()", "'=HYPERLINK()"),
        ("+62812", "'+62812"),
        ("@x", "'@x"),
    ],
)
def test_a_value_is_a_plain_field_in_a_file(cell, field):
    assert plain(cell) == field


def test_attributes():
    given = {"hx_get": "/x?a=1&b=2", "disabled": True, "hidden": False, "id": None, "for_": "y"}
    assert attributes(given) == ' hx-get="/x?a=1&amp;b=2" disabled for="y"'


@pytest.mark.parametrize(
    ("part", "whole", "width"), [(0, 10, 0), (5, 10, 50), (20, 10, 100), (-1, 10, 0), (3, 0, 0)]
)
def test_a_bar_stays_in_its_place(part, whole, width):
    assert f'width="{width}%"' in bar(part, whole, "x")


def test_letters_can_be_read_on_any_lines_colour():
    assert on_colour("#D62126") == PAPER
    assert on_colour("#1F3A8A") == PAPER
    assert on_colour("#F2A900") == INK
    assert on_colour("#FFFFFF") == INK
    assert on_colour("#000000") == PAPER
    assert "13WX" in mark("13WXY", "#D62126") and "13WXY" not in mark("13WXY", "#D62126")
