"""Tables: what an address asks for, and what a file holds."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from satu.web.design.cells import Link, Money
from satu.web.design.menus import Entry, shown, steps_of
from satu.web.design.sheets import Column, Sheet, Sort, asked_page, asked_sort, csv_answer

COLUMNS = (
    Column("who", "Who", is_sortable=True),
    Column("sum", "Sum", is_number=True, is_sortable=True),
    Column("note", "Note"),
)
ROWS = [(Link("Ani", "/a"), Money(1_500), "x, y"), (Link("Budi", "/b"), Money(-2), "")]


def asked(query: str):
    return RequestFactory().get(f"/x?{query}")


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        ("urut=sum", Sort("sum", False)),
        ("urut=-sum", Sort("sum", True)),
        ("urut=note", Sort("who", True)),
        ("urut=password", Sort("who", True)),
        ("urut=--sum", Sort("who", True)),
        ("", Sort("who", True)),
    ],
)
def test_only_columns_that_can_be_are_sorted(query, sort):
    assert asked_sort(asked(query), COLUMNS, Sort("who", True)) == sort


@pytest.mark.parametrize(
    ("query", "page"),
    [("hal=3", 3), ("", 1), ("hal=0", 1), ("hal=-2", 1), ("hal=x", 1), ("hal=²", 1)],
)
def test_pages_begin_at_one(query, page):
    assert asked_page(asked(query)) == page


def drawn(sheet: Sheet, query: str = "") -> str:
    template = Template("{% load satu_parts %}{% sheet sheet %}")
    return template.render(Context({"sheet": sheet, "request": asked(query)}))


def test_links_keep_what_was_asked_and_go_back_to_the_first_page():
    sheet = Sheet(COLUMNS, ROWS, "People", sort=Sort("sum", False), older="4", export="csv")
    html = drawn(sheet, "q=an%26i&hal=3&urut=sum")
    assert 'href="?q=an%26i&amp;urut=-sum"' in html
    assert 'href="?q=an%26i&amp;urut=who"' in html
    assert 'href="?q=an%26i&amp;urut=sum&amp;hal=4"' in html
    assert 'href="?q=an%26i&amp;urut=sum&amp;format=csv"' in html
    assert html.count("aria-sort") == 1 and 'aria-sort="ascending"' in html
    assert html.count('<th scope="row"') == 2 and 'data-label="Note">x, y</td>' in html


def test_an_empty_table_says_so():
    html = drawn(Sheet(COLUMNS, [], "People", empty="Nobody yet"))
    assert "Nobody yet" in html and "<table" not in html


def test_a_file_has_the_same_rows():
    answer = csv_answer(Sheet(COLUMNS, ROWS, "People"), "orang")
    text = b"".join(answer.streaming_content).decode()
    assert text == '\ufeffWho,Sum,Note\r\nAni,1500,"x, y"\r\nBudi,-2,\r\n'
    assert answer.headers["Content-Disposition"] == 'attachment; filename="orang.csv"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_menu_shows_what_the_roles_may_see_and_marks_where_one_is():
    entries = (
        Entry("City", "public:city"),
        Entry("Room", "console:live", frozenset({"desk", "bank"})),
        Entry("Elsewhere", "nowhere:at_all"),
    )
    path = "/console/live/data"
    assert [place.label for place in shown(entries, path=path)] == ["City"]
    seen = shown(entries, path=path, roles={"desk"})
    assert [(place.label, place.is_here) for place in seen] == [("City", False), ("Room", True)]


def test_steps():
    assert [(step.is_done, step.is_here) for step in steps_of(["a", "b", "c"], 2)] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_a_sheet_of_figures_stays_a_table_on_a_phone():
    name, figures = Column("a", "A"), [Column(one, one, is_number=True) for one in "bcd"]
    words = [Column(one, one) for one in "xyz"]
    figured = Sheet([name, *figures, words[0]], [(1, 2, 3, 4, 5)], "Figures")
    mixed = Sheet([name, *figures, *words], [(1, 2, 3, 4, 5, 6, 7)], "Mixed")
    assert figured.is_figures and not mixed.is_figures
    assert "data-lipat" in drawn(mixed) and "data-lipat" not in drawn(figured)
