"""A rehearsal told on the screen, and as a page that stands alone."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rich.markup import escape as rich_escape
from rich.table import Table

from satu.web.design import charts
from satu.web.rehearsed import LANGUAGES, Teller, Told


def screen(teller: Teller) -> Iterator[Table | str]:
    """What the screen shows: what it is, a table a group, who pays more or less."""
    yield f"[bold]{rich_escape(teller.title())}[/bold]"
    yield "\n".join(map(rich_escape, teller.about()))
    for title, rows in teller.groups():
        table = Table(title=title, title_justify="left")
        table.add_column(teller.say("group"))
        for heading in ("riders_name", "before", "after", "change"):
            table.add_column(teller.say(heading), justify="right", no_wrap=True)
        for name, one in rows:
            table.add_row(rich_escape(name), *teller.cells(one))
        yield table
    yield "\n".join([*(part.said for part in teller.parts()), *teller.notes()])


PAGE_STYLE = (
    f"body{{margin:0;background:{charts.KERTAS};color:{charts.TINTA};"
    f"font:16px/1.5 {charts.FONT}}}section{{max-width:960px;margin:0 auto;padding:24px 16px}}"
    "svg{max-width:100%;height:auto}table{border-collapse:collapse;width:100%;margin:16px 0}"
    "caption{font-weight:700;text-align:left;padding:8px 0}th,td{padding:6px 8px;text-align:right;"
    f"border-bottom:1px solid {charts.GARIS};font-variant-numeric:tabular-nums}}"
    "th:first-child{text-align:left}"
)


def page(what: Told) -> str:
    """One page in both languages, Indonesian first; it asks for nothing from anywhere."""
    sections = "".join(
        f'<section lang="{language}">{teller.svg()}{teller.html_tables()}</section>'
        for language in LANGUAGES
        for teller in (Teller(what, language),)
    )
    title = escape(Teller(what, "id").title())
    return (
        f'<!doctype html><html lang="id"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{PAGE_STYLE}</style>{sections}</html>\n"
    )
