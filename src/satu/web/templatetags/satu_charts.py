"""Charts as template tags: bars that are a table, and columns with the table behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from django import template

from satu.web.design import charts, formats, plots
from satu.web.said import language

register = template.Library()


class _Drawn(NamedTuple):
    name: str
    said: str
    share: int
    colour: str
    href: str


@register.inclusion_tag("design/parts/bars.html")
def bars(
    rows: Sequence[plots.Bar], caption: str, name: str, measure: str, asset: str = ""
) -> dict[str, object]:
    """Bars beside their names. `asset`: the values are money in its smallest unit."""
    say = _sayer(asset)
    most = max((row.value for row in rows), default=0) or 1
    drawn = [
        _Drawn(
            row.name, say(row.value), max(round(100 * row.value / most), 0), row.colour, row.href
        )
        for row in rows
    ]
    return {"bars": drawn, "caption": caption, "names": (name, measure)}


@register.inclusion_tag("design/parts/pairs.html")
def pairs(
    rows: Sequence[charts.Pair], names: tuple[str, str], asset: str = ""
) -> dict[str, object]:
    """Two bars a row, before and after, to one scale: a picture beside the table of the same."""
    say = _sayer(asset)
    most = max((max(row.before, row.after) for row in rows), default=0) or 1
    drawn = [
        (row, [(100 * value / most, say(value)) for value in (row.before, row.after)])
        for row in rows
    ]
    return {"rows": drawn, "names": names}


@register.inclusion_tag("design/parts/split.html")
def split(parts: Sequence[charts.Part]) -> dict[str, object]:
    """One bar that is a whole: what got better, stayed and got worse; each part says its words."""
    total = sum(part.amount for part in parts) or 1
    drawn, start = [], 0.0
    for state, part in zip(("good", "none", "bad"), parts, strict=True):
        share = 100 * part.amount / total
        drawn.append((state, start, share, part))
        start += share
    return {"parts": drawn}


@register.inclusion_tag("design/parts/chart.html")
def columns(
    found: Sequence[plots.Column],
    title: str,
    name: str,
    measure: str,
    asset: str = "",
    usual: str = "",
) -> dict[str, object]:
    """Columns of `plots.Column`s under a title; `usual` names the thin line, if there is one."""
    say = _sayer(asset)
    return {
        "picture": plots.columns(found, say, title),
        "title": title,
        "names": (name, measure),
        "usual": usual,
        "rows": [
            (one.label, say(one.value), "" if one.usual is None else say(one.usual))
            for one in found
        ],
    }


def _sayer(asset: str) -> Callable[[int], str]:
    if asset:
        return lambda value: formats.money(value, asset, language())
    return lambda value: formats.count(value, language())
