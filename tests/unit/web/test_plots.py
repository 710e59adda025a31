"""Charts: from zero, to scale, labelled, and with words that stay words."""

from __future__ import annotations

import re

from django.template import Context, Template
from django.utils import translation

from satu.web.design.charts import Pair, Part
from satu.web.design.plots import Bar, Column, columns

RIDERS = [Column("04", 50), Column("05", 200, 100), Column("06", 0, 150), Column("<b>", 100)]


def heights(picture: str) -> list[float]:
    return [float(high) for high in re.findall(r'<rect [^>]*height="([\d.]+)"', picture)]


def test_columns_are_to_scale_from_zero():
    found = heights(columns(RIDERS, str, "x"))
    assert found == [35.0, 140.0, 0.0, 70.0]


def test_what_is_usual_counts_for_the_scale():
    assert heights(columns([Column("04", 50, 100)], str, "x")) == [70.0]


def test_the_highest_says_its_value_and_words_stay_words():
    picture = columns(RIDERS, lambda value: f"{value} riders", "a & b")
    assert re.findall(r'class="gambar-tinggi"[^>]*>([^<]+)', picture) == ["200 riders"]
    assert "<b>" not in picture and 'aria-label="a &amp; b"' in picture


def test_an_empty_day_is_an_empty_picture():
    assert heights(columns([], str, "x")) == []
    assert heights(columns([Column("04", 0)], str, "x")) == [0.0]


def drawn(tag: str, **context: object) -> str:
    with translation.override("id"):
        return Template("{% load satu_charts %}" + tag).render(Context(context))


def test_bars_are_a_table():
    rows = [Bar("Bus <Kota>", 18_342, "#D62126", "/x"), Bar("Ragunan", 0)]
    html = drawn('{% bars rows "Penumpang" "Operator" "Jumlah" %}', rows=rows)
    assert '<a href="/x">Bus &lt;Kota&gt;</a>' in html and ">18.342<" in html
    assert re.findall(r'rect width="(\d+)%"', html) == ["100", "0"]
    money = drawn('{% bars rows "Uang" "Bank" "Saldo" asset="IDR" %}', rows=rows)
    assert ">Rp\u00a018.342<" in money


def test_behind_a_chart_stands_its_table():
    html = drawn('{% columns found "A" "B" "C" usual="D" %}', found=RIDERS[:2])
    cells = re.findall(r'<th scope="row">(\d+)</th><td class="angka">(\d+)</td>', html)
    assert cells == [("04", "50"), ("05", "200")]
    assert re.findall(r'<td class="angka redup">(\d*)</td>', html) == ["", "100"]


def test_pairs_have_one_scale_and_say_what_changed():
    rows = [Pair("Bus <Kota>", "4 riders", 500, 1_000, "+100 %"), Pair("Ragunan", "", 250, 0, "")]
    html = drawn('{% pairs rows names "IDR" %}', rows=rows, names=("Sebelum", "Sesudah"))
    assert re.findall(r'rect width="([\d.]+)%"', html) == ["50.0", "100.0", "25.0", "0.0"]
    assert "Bus &lt;Kota&gt;" in html and html.count("Sesudah") == 2
    assert html.count("+100 %") == 1 and ">Rp\u00a01.000<" in html


def test_a_whole_is_split_without_a_gap():
    parts = [Part(n, f"{n} %", "", "", f"{n} cards") for n in (1, 0, 3)]
    html = drawn("{% split parts %}", parts=parts)
    found = re.findall(r'rect data-keadaan="(\w+)" x="([\d.]+)%" width="([\d.]+)%"', html)
    assert found == [("good", "0.0", "25.0"), ("none", "25.0", "0.0"), ("bad", "25.0", "75.0")]
    assert re.findall(r"<li[^>]*><span>(\d+) cards", html) == ["1", "0", "3"]
