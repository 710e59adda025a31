"""A rehearsal told: its figures as an object, its tables and its chart in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any, NamedTuple

from satu.fares.tariff import Tariff
from satu.kernel.money import show
from satu.services.rules import Bundle
from satu.taps.rehearsal import Change, Rehearsed
from satu.taps.rerate import Period
from satu.web.design import charts
from satu.web.design.charts import Pair, Part
from satu.web.design.formats import MINUS, NO_BREAK, count, day, percent

LANGUAGES = ("id", "en")
MOST_ROWS = 12

WORDS = {
    "title": ("Gladi tarif {version}", "Rehearsal of tariff {version}"),
    "period": (
        "Tap tercatat {first} sampai {last}: {cards} kartu, {taps} tap.",
        "Recorded taps from {first} to {last}: {cards} cards, {taps} taps.",
    ),
    "total": (
        "Pendapatan {before} → {after}: {change}.",
        "Revenue {before} → {after}: {change}.",
    ),
    "before": ("Sebelum", "Before"),
    "after": ("Sesudah", "After"),
    "operators": ("Pendapatan per operator", "Revenue by operator"),
    "categories": ("Pendapatan per kelompok penumpang", "Revenue by rider category"),
    "riders": ("{n} penumpang", "{n} riders"),
    "riders_changed": ("{n} → {m} penumpang", "{n} → {m} riders"),
    "cards": ("Siapa membayar lebih, siapa kurang", "Who pays more, who pays less"),
    "less": ("▼ {n} kartu membayar lebih sedikit", "▼ {n} cards pay less"),
    "same": ("= {n} kartu membayar sama", "= {n} cards pay the same"),
    "more": ("▲ {n} kartu membayar lebih banyak", "▲ {n} cards pay more"),
    "quantiles": (
        "Selisih per kartu: 5 % hingga {q5}, separuh hingga {q50}, 95 % hingga {q95}.",
        "Difference per card: 5% up to {q5}, half up to {q50}, 95% up to {q95}.",
    ),
    "others": ("lainnya", "others"),
    "group": ("Kelompok", "Group"),
    "riders_name": ("Penumpang", "Riders"),
    "change": ("Selisih", "Difference"),
    "guess": (
        "Perubahan perilaku penumpang tidak diperkirakan.",
        "That people may ride otherwise under other fares is not guessed.",
    ),
}


class Told(NamedTuple):
    """A rehearsal with the names that people know its groups by."""

    rehearsed: Rehearsed
    draft: Tariff
    period: Period
    operators: Mapping[int, str]
    categories: Mapping[str, tuple[str, str]]


def told(rehearsed: Rehearsed, draft: Tariff, bundle: Bundle, period: Period) -> Told:
    """A rehearsal with the names of the city's operators and the draft's categories."""
    return Told(
        rehearsed,
        draft,
        period,
        {operator.id: operator.name for operator in bundle.operators},
        {one.name: (one.label_id or one.name, one.label_en or one.name)
         for one in draft.categories},
    )  # fmt: skip


def figures(what: Told) -> dict[str, Any]:
    """The rehearsal as one JSON object; amounts in the asset's smallest unit."""
    done = what.rehearsed
    return {
        "tariff": what.draft.version,
        "from": what.period.first.isoformat(),
        "to": what.period.last.isoformat(),
        "asset": what.draft.asset,
        "cards": done.cards,
        "taps": done.taps,
        **_change(done.total),
        "by_category": {name: _change(one) for name, one in sorted(done.by_category.items())},
        "by_operator": {
            what.operators.get(number, str(number)): _change(one)
            for number, one in sorted(done.by_operator.items())
        },
        "cards_paying_less": done.cards_where(lambda amount: amount < 0),
        "cards_paying_same": done.cards_where(lambda amount: amount == 0),
        "cards_paying_more": done.cards_where(lambda amount: amount > 0),
        "difference_quantiles": {f"{share:g}": at for share, at in done.quantiles().items()},
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "uses_before": change.before.uses,
        "uses_after": change.after.uses,
        "riders_before": change.before.riders,
        "riders_after": change.after.riders,
        "revenue_before": change.before.revenue,
        "revenue_after": change.after.revenue,
        "difference": change.after.revenue - change.before.revenue,
    }


class Teller:
    """The same rehearsal in one language."""

    def __init__(self, what: Told, language: str) -> None:
        self.what = what
        self.language = language
        self.place = LANGUAGES.index(language)

    def say(self, name: str, **fields: str) -> str:
        return WORDS[name][self.place].format(**fields)

    def money(self, amount: int) -> str:
        return show(amount, self.what.draft.asset, self.language).replace(" ", NO_BREAK)

    def count(self, number: int) -> str:
        return count(number, self.language)

    def day(self, one: date) -> str:
        return day(one, self.language).replace(" ", NO_BREAK)

    def change(self, change: Change) -> str:
        """`+Rp 500.000 (+2,1 %)`."""
        difference = change.after.revenue - change.before.revenue
        sign = "+" if difference > 0 else ""
        share = self.share(change)
        return f"{sign}{self.money(difference)}" + (f" ({share})" if share else "")

    def share(self, change: Change) -> str:
        """`+2,1 %`, or nothing where there was nothing before."""
        difference = change.after.revenue - change.before.revenue
        if not change.before.revenue:
            return ""
        sign = MINUS if difference < 0 else "+" if difference > 0 else ""
        return sign + percent(abs(100 * difference / change.before.revenue), self.language)

    def about(self) -> list[str]:
        """The lines under the title."""
        done, period = self.what.rehearsed, self.what.period
        total = done.total
        return [
            self.say(
                "period",
                first=self.day(period.first),
                last=self.day(period.last),
                cards=self.count(done.cards),
                taps=self.count(done.taps),
            ),
            self.say(
                "total",
                before=self.money(total.before.revenue),
                after=self.money(total.after.revenue),
                change=self.change(total),
            ),
            self.say("guess"),
        ]

    def title(self) -> str:
        return self.say("title", version=self.what.draft.version)

    def groups(self) -> Iterator[tuple[str, list[tuple[str, Change]]]]:
        """Each table: its title and its rows, the largest first, the smallest put together."""
        done, what = self.what.rehearsed, self.what
        operators = [
            (what.operators.get(number, str(number)), one)
            for number, one in done.by_operator.items()
        ]
        categories = [
            (what.categories.get(name, (name, name))[self.place], one)
            for name, one in done.by_category.items()
        ]
        yield self.say("operators"), self._largest(operators)
        yield self.say("categories"), self._largest(categories)

    def _largest(self, rows: list[tuple[str, Change]]) -> list[tuple[str, Change]]:
        def size(row: tuple[str, Change]) -> tuple[int, int, str]:
            change = row[1]
            most = max(change.before.revenue, change.after.revenue)
            return -most, -change.before.riders, row[0]

        ordered = sorted(rows, key=size)
        shown, rest = ordered[:MOST_ROWS], ordered[MOST_ROWS:]
        if rest:
            others = Change()
            for _, change in rest:
                others.join(change)
            shown.append((self.say("others"), others))
        return shown

    def riders(self, change: Change) -> str:
        before, after = change.before.riders, change.after.riders
        if before == after:
            return self.say("riders", n=self.count(before))
        n, m = self.count(before), self.count(after)
        return self.say("riders_changed", n=n, m=m)

    def parts(self) -> list[Part]:
        done = self.what.rehearsed
        sides = (
            ("less", done.cards_where(lambda n: n < 0), charts.PANDAN, charts.KERTAS),
            ("same", done.cards_where(lambda n: n == 0), charts.GARIS, charts.TINTA),
            ("more", done.cards_where(lambda n: n > 0), charts.CABAI, charts.KERTAS),
        )
        return [
            Part(
                cards,
                percent(100 * cards / (done.cards or 1), self.language),
                colour,
                on_colour,
                self.say(name, n=self.count(cards)),
            )
            for name, cards, colour, on_colour in sides
        ]

    def notes(self) -> list[str]:
        found = self.what.rehearsed.quantiles()
        if not found:
            return []
        named = {f"q{round(100 * share)}": self.money(at) for share, at in found.items()}
        return [self.say("quantiles", **named)]

    def names(self) -> tuple[str, str]:
        """What the two bars of a pair are."""
        return self.say("before"), self.say("after")

    def pairs(self, rows: Sequence[tuple[str, Change]]) -> list[Pair]:
        """The rows of a group as pairs of bars."""
        return [
            Pair(name, self.riders(one), one.before.revenue, one.after.revenue, self.share(one))
            for name, one in rows
        ]

    def svg(self) -> str:
        """The chart: revenue by operator and category, and who pays more or less."""
        panels = [
            charts.paired_bars(title, self.names(), self.pairs(rows), self.money)
            for title, rows in self.groups()
        ]
        panels.append(charts.split_bar(self.say("cards"), self.parts(), self.notes()))
        return charts.picture(self.title(), self.about(), panels, self.language)

    def cells(self, one: Change) -> tuple[str, ...]:
        """A row of a table: riders, before, after, difference."""
        return (
            self.count(one.after.riders),
            self.money(one.before.revenue),
            self.money(one.after.revenue),
            self.change(one),
        )

    def html_tables(self) -> str:
        """The figures behind the chart, for those who cannot see it."""
        headings = ("group", "riders_name", "before", "after", "change")
        head = "".join(f'<th scope="col">{escape(self.say(name))}</th>' for name in headings)
        tables = []
        for title, rows in self.groups():
            body = "".join(
                f'<tr><th scope="row">{escape(name)}</th>'
                + "".join(f"<td>{escape(cell)}</td>" for cell in self.cells(one))
                + "</tr>"
                for name, one in rows
            )
            tables.append(
                f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead>"
                f"<tbody>{body}</tbody></table>"
            )
        return "".join(tables)
