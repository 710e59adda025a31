"""The components of the faces as template tags; docs/reference/design-system.md shows each.

Words given to a tag are escaped; further attributes are written with underscores
(`hx_get="…"` becomes `hx-get="…"`). A tag with an end holds what stands between.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from satu.web.design import cells, icons
from satu.web.design.menus import Step, steps_of
from satu.web.design.sheets import DESCENDING, SORT, Column, Sheet

register = template.Library()

KINDS = {"primary": "utama", "quiet": "tenang", "danger": "bahaya", "plain": "polos"}


@register.simple_tag
def icon(name: str) -> SafeString:
    return icons.icon(name)


@register.simple_tag
def button(
    label: str,
    kind: str = "primary",
    *,
    href: str = "",
    type: str = "submit",
    icon: str = "",
    icon_after: str = "",
    **further: object,
) -> SafeString:
    """A button, or with `href` a link that looks like one."""
    name = "a" if href else "button"
    given: dict[str, object] = {"href": href} if href else {"type": type}
    return format_html(
        '<{} class="tombol" data-jenis="{}"{}>{}{}{}</{}>',
        name,
        KINDS[kind],
        cells.attributes(given | further),
        icons.icon(icon) if icon else "",
        label,
        icons.icon(icon_after) if icon_after else "",
        name,
    )


@register.simple_tag
def badge(state: str, word: str) -> SafeString:
    return cells.badge(cells.Badge(state, word))


@register.simple_tag
def amount(amount: int, asset: str = "IDR", signed: bool = False) -> SafeString:
    return cells.money(cells.Money(amount, asset, signed))


@register.simple_tag
def mark(letters: str, colour: str) -> SafeString:
    return cells.mark(letters, colour)


@register.simple_tag
def bar(part: int, whole: int, label: str, state: str = "good") -> SafeString:
    return cells.bar(part, whole, label, state)


@register.filter
def shown(cell: cells.Cell) -> SafeString:
    """A value of design.cells as it stands in a table."""
    return cells.shown(cell)


@register.inclusion_tag("design/parts/field.html")
def field(bound: BoundField, help: str = "", unit: str = "") -> dict[str, object]:
    """A form's field: label, help, the control, and what is wrong with it, tied to each other.

    `unit` stands inside the control ("Rp"); `help` replaces the form's own help.
    """
    told = help or bound.help_text
    described = [f"{bound.auto_id}_helptext"] if told else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attributes: dict[str, str | bool] = {}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {
        "field": bound,
        "help": told,
        "unit": unit,
        "control": bound.as_widget(attrs=attributes),
        "is_tick": isinstance(bound.field.widget, CheckboxInput),
        "described": " ".join(described),
    }


@register.inclusion_tag("design/parts/field.html")
def code_field(bound: BoundField, help: str = "") -> dict[str, object]:
    """The field of a one-time code: large figures that a phone fills in from its message."""
    bound.field.widget.attrs.update(
        {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "masukan"}
    )
    return field(bound, help) | {"is_code": True}


@register.inclusion_tag("design/parts/fields.html")
def fields(form: BaseForm, unit: str = "") -> dict[str, object]:
    """All fields of a form, under what is wrong with the whole of it; `unit` stands inside the
    field `amount`, if it has one."""
    return {"form": form, "unit": unit}


@register.inclusion_tag("design/parts/card_face.html")
def card_face(
    *,
    bank: str,
    balance: int,
    caption: str,
    number: str,
    asset: str = "IDR",
    product: str = "",
    kind: str = "",
    until: str = "",
    state: str = "active",
    word: str = "",
    href: str = "",
) -> dict[str, object]:
    """The face of a card. `state` active, frozen or blocked; `word` names the last two."""
    return dict(locals()) | {"mark": icons.one()}


@register.simple_block_tag
def card_deck(content: str, label: str) -> SafeString:
    """Several `card_face`s beside each other, to be pushed along; `label` says whose they are."""
    return format_html(
        '<div class="geser" role="region" aria-label="{}" tabindex="0">{}</div>', label, content
    )


@register.simple_block_tag
def quick(content: str) -> SafeString:
    """Tiles under a card's face; holds `quick_action` tags."""
    return format_html('<div class="cepat">{}</div>', content)


@register.simple_tag
def quick_action(label: str, href: str, icon: str, **further: object) -> SafeString:
    return format_html(
        '<a href="{}"{}>{}{}</a>', href, cells.attributes(further), icons.icon(icon), label
    )


@register.simple_block_tag
def tiles(content: str) -> SafeString:
    """A row of `tile` tags."""
    return format_html('<div class="petak">{}</div>', content)


@register.inclusion_tag("design/parts/tile.html")
def tile(
    name: str, figure: object, note: str = "", *, href: str = "", state: str = ""
) -> dict[str, object]:
    """A figure with its name above and a note below; `figure` is a cell of design.cells."""
    is_cell = isinstance(figure, cells.Money | cells.Badge | int) and not isinstance(figure, bool)
    return {
        "name": name,
        "figure": cells.shown(figure) if is_cell else figure,  # type: ignore[arg-type]
        "note": note,
        "href": href,
        "state": state,
        "sign": cells.SIGNS.get(state, ""),
    }


@register.simple_block_tag
def rows(content: str, kind: str = "") -> SafeString:
    """A list of `row` tags; kind="cards" gives each a border of its own."""
    shape = cells.attributes({"data_jenis": "kartu" if kind == "cards" else None})
    return format_html('<ul class="deret"{}>{}</ul>', shape, content)


@register.inclusion_tag("design/parts/row.html")
def row(
    title: str,
    note: str = "",
    *,
    mark: str = "",
    value: cells.Cell = None,
    aside: str = "",
    href: str = "",
    badge: cells.Badge | None = None,
    bar: str = "",
) -> dict[str, object]:
    """A journey, a payment, a purse. `mark` and `bar` are made by the tags of those names."""
    return {
        "title": title,
        "note": note,
        "mark": mark,
        "value": cells.shown(value) if value is not None else "",
        "aside": aside,
        "href": href,
        "badge": cells.badge(badge) if badge else "",
        "bar": bar,
    }


@register.inclusion_tag("design/parts/tabs.html")
def tabs(items: Sequence[Any], label: str) -> dict[str, object]:
    """Tabs of `menus.Place`s: links, each with an address of its own."""
    return {"items": items, "label": label}


@register.inclusion_tag("design/parts/sheet.html", takes_context=True)
def sheet(context: Context, sheet: Sheet, target: str = "") -> dict[str, object]:
    """A table (design.sheets); with `target`, an element's id, sorting swaps that by htmx."""
    asked = context["request"].GET
    heads = [
        {"column": column, "href": f"?{_with(asked, SORT, way)}", "sort": said}
        for column in sheet.columns
        for way, said in [_turn(column, sheet)]
    ]
    pages = {
        name: f"?{_with(asked, sheet.page_parameter, value)}"
        for name, value in (("newer", sheet.newer), ("older", sheet.older))
        if value
    }
    export = f"?{_with(asked, 'format', sheet.export)}" if sheet.export else ""
    body = [list(zip(sheet.columns, row, strict=True)) for row in sheet.rows]
    return {
        "sheet": sheet,
        "heads": heads,
        "body": body,
        "pages": pages,
        "export": export,
        "target": target,
    }


def _turn(column: Column, sheet: Sheet) -> tuple[str, str]:
    """What a click on the heading asks for, and how the rows are sorted by it now."""
    if sheet.sort is None or sheet.sort.column != column.name:
        return column.name, ""
    if sheet.sort.is_down:
        return column.name, "descending"
    return DESCENDING + column.name, "ascending"


def _with(asked: Any, name: str, value: str) -> str:
    changed = asked.copy()
    changed.pop("hal", None)
    changed[name] = value
    return str(changed.urlencode())


@register.inclusion_tag("design/parts/search.html", takes_context=True)
def search(
    context: Context,
    action: str,
    label: str,
    value: str = "",
    *,
    name: str = "q",
    hint: str = "",
    key: str = "cari",
    method: str = "get",
) -> dict[str, object]:
    """A search field with its button; `key` is the field's id. POST what names a person."""
    given = dict(locals())
    return given | {"csrf_token": given.pop("context").get("csrf_token")}


@register.simple_block_tag
def notice(content: str, state: str, title: str = "", **further: object) -> SafeString:
    """What happened and what to do; `state` good, bad, wait or info."""
    return format_html(
        '<div class="kabar" data-keadaan="{}"{}><span class="bentuk" aria-hidden="true">{}</span>'
        '<div class="isi-kabar">{}{}</div></div>',
        state,
        cells.attributes(further),
        cells.SIGNS[state],
        format_html("<strong>{}</strong>", title) if title else "",
        content,
    )


@register.simple_block_tag
def empty(content: str, title: str, icon: str = "box") -> SafeString:
    """A place that holds nothing yet, and what would fill it."""
    return format_html(
        '<div class="hampa">{}<p class="nama">{}</p>{}</div>', icons.icon(icon), title, content
    )


@register.inclusion_tag("design/parts/steps.html")
def steps(names: Sequence[str], at: int) -> dict[str, list[Step]]:
    """Where one stands in a flow; `at` counts from 1."""
    return {"steps": steps_of(names, at)}


@register.simple_block_tag
def timeline(content: str) -> SafeString:
    """Events one after another; holds `happened` tags."""
    return format_html('<ol class="kejadian">{}</ol>', content)


@register.simple_tag
def happened(
    title: str, when: cells.Cell = None, note: str = "", state: str = "none"
) -> SafeString:
    return format_html(
        '<li><span class="bulat" data-keadaan="{}" aria-hidden="true">{}</span>'
        "<strong>{}</strong>{}{}</li>",
        state,
        cells.SIGNS[state],
        title,
        format_html('<div class="catatan">{}</div>', cells.shown(when)) if when else "",
        format_html("<div>{}</div>", note) if note else "",
    )


@register.simple_block_tag
def facts(content: str, kind: str = "") -> SafeString:
    """Names and values; kind="sum" puts the values under each other at the right."""
    shape = " jumlah" if kind == "sum" else ""
    return format_html('<dl class="fakta{}">{}</dl>', shape, content)


@register.simple_tag
def fact(name: str, value: cells.Cell) -> SafeString:
    return format_html("<dt>{}</dt><dd>{}</dd>", name, cells.shown(value))


@register.simple_tag
def download(label: str, href: str, note: str = "") -> SafeString:
    """A link to a file; `note` tells its kind and size."""
    return format_html(
        '<a class="unduh" href="{}" download>{}<span>{}{}</span></a>',
        href,
        icons.icon("download"),
        label,
        format_html(' <span class="redup kecil">{}</span>', note) if note else "",
    )


@register.inclusion_tag("design/parts/crumbs.html")
def crumbs(items: Sequence[Any]) -> dict[str, object]:
    """Where a page stands: `menus.Place`s from the front's first page down to this one."""
    return {"items": items}


@register.simple_block_tag
def panel(content: str, title: str = "") -> SafeString:
    """A bordered part of a page under its own heading."""
    head = format_html("<h2>{}</h2>", title) if title else ""
    return format_html('<section class="panel-kartu">{}{}</section>', head, content)


@register.inclusion_tag("design/parts/gate.html")
def gate(state: str, figure: str, rest: str = "", words: str = "") -> dict[str, str]:
    """The gate's screen. `state` accepted, low or refused; at most five words."""
    sign = "✕" if state == "refused" else "✓"
    return {"state": state, "figure": figure, "rest": rest, "words": words, "sign": sign}


@register.simple_tag
def journey_map(picture: SafeString | None, caption: str = "") -> SafeString:
    """A journey's picture (web.journey_map) in its frame; nothing, if there is none."""
    if not picture:
        return SafeString()
    said = format_html("<figcaption>{}</figcaption>", caption) if caption else ""
    return format_html('<figure class="peta-jalan">{}{}</figure>', picture, said)
