"""A tariff as tables for people. Called by `satu tariff show`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE
from rich.table import Table as Grid

from satu.cli.tariff_words import WEEKDAYS, Language, word
from satu.fares.files.read import content_hash
from satu.fares.tariff import (
    Charge,
    Distance,
    Flat,
    LegRule,
    Network,
    Product,
    Service,
    Table,
    Tariff,
    Timeframe,
    TransferRule,
)
from satu.kernel import money

SHOWN_DATES = 6
EVERYWHERE = "*"


def tariff_tables(tariff: Tariff, language: Language) -> Iterator[Grid]:
    """One table a subject; subjects that a tariff says nothing of are left out."""
    writer = _Writer(tariff, language)
    sections = (
        writer.head,
        writer.networks,
        writer.incomplete,
        writer.prices,
        writer.timeframes,
        writer.transfers,
        writer.joins,
        writer.packages,
        writer.caps,
        writer.concessions,
        writer.special_days,
        writer.passes,
        writer.shares,
    )
    for section in sections:
        grid = section()
        if grid.row_count:
            yield grid


class _Writer:
    """Writes a tariff's parts in one language."""

    def __init__(self, tariff: Tariff, language: Language) -> None:
        self.tariff = tariff
        self.language = language
        label = "label_en" if language is Language.ENGLISH else "label_id"
        self.labels = {one.name: getattr(one, label) or one.name for one in tariff.categories}
        self.media = {one.id: one.name or one.id for one in tariff.media}

    def head(self) -> Grid:
        tariff = self.tariff
        rows = [
            ("version", tariff.version),
            ("from", tariff.valid_from.isoformat()),
            ("currency", tariff.asset),
            ("source", tariff.source),
            ("content", content_hash(tariff)[:16]),
            ("steps", " → ".join(tariff.steps)),
            ("gap", self._minutes(tariff.journey_gap_minutes)),
        ]
        if tariff.round_to > 1:
            rounded = f"{self._money(tariff.round_to)}, {self._word(tariff.rounding)}"
            rows.append(("rounding", rounded))
        grid = Grid(show_header=False, box=None)
        for name, value in rows:
            grid.add_row(self._word(name), value)
        return grid

    def networks(self) -> Grid:
        columns = ("network", "gates", "charged at", "minimum", "longest", "limits")
        return self._grid("networks", columns, map(self._network, self.tariff.networks))

    def _network(self, one: Network) -> Sequence[str]:
        limits = [
            (one.max_riders > 1, f"{one.max_riders} {self._word('riders')}"),
            (one.duplicate_s > 0, f"{self._word('same touch')} {one.duplicate_s} s"),
            (one.passback_minutes > 0, f"{self._word('passback')} {one.passback_minutes}'"),
            (
                one.gate_change_minutes > 0,
                f"{self._word('gate change')} {one.gate_change_minutes}'",
            ),
            (one.autocompletes > 0, f"{one.autocompletes} {self._word('autocompletes')}"),
            (one.repairs > 0, f"{one.repairs} {self._word('repairs')}"),
        ]
        return (
            one.id,
            self._word("yes" if one.closed else "entry only" if one.entry_only else "no"),
            self._word(one.charge_at),
            self._money(one.minimum),
            self._minutes(one.longest_minutes),
            "\n".join(words for applies, words in limits if applies),
        )

    def incomplete(self) -> Grid:
        columns = ("network", "missing exit", "missing entry", "same station", "over time")
        rows = (
            (
                one.id,
                self._charge(one.missing_exit),
                self._charge(one.missing_entry),
                "; ".join(
                    f"≥ {self._minutes(row.from_minutes)}: {self._charge(row.charge)}"
                    for row in one.same_station
                )
                or self._word("own"),
                self._charge(one.over_time),
            )
            for one in self.tariff.networks
        )
        return self._grid("incomplete", columns, rows)

    def _charge(self, charge: Charge) -> str:
        return self._money(charge.amount) if charge.kind == "flat" else self._word(charge.kind)

    def prices(self) -> Grid:
        columns = ("network", "area", "hours", "price", "product", "group")
        return self._grid("prices", columns, map(self._price_row, self.tariff.leg_rules))

    def _price_row(self, rule: LegRule) -> Sequence[str]:
        places = (rule.from_area or EVERYWHERE, rule.to_area or EVERYWHERE)
        times = [name for name in (rule.from_timeframe, rule.to_timeframe) if name]
        after = f" ({self._word('only after a change')})" if rule.is_transfer_only else ""
        return (
            rule.network or EVERYWHERE,
            "" if places == (EVERYWHERE, EVERYWHERE) else " → ".join(places),
            " → ".join(times),
            self._prices_of(rule.product) + after,
            rule.product,
            rule.leg_group,
        )

    def _prices_of(self, name: str) -> str:
        """A product's prices: one for all, or by category and medium."""
        rows = [product for product in self.tariff.products if product.id == name]
        by_price: dict[str, list[str]] = {}
        for row in rows:
            by_price.setdefault(self._price(row), []).append(self._eligible(row))
        if len(by_price) == 1:
            return next(iter(by_price))
        return "\n".join(f"{', '.join(who)}: {price}" for price, who in by_price.items())

    def _eligible(self, row: Product) -> str:
        parts = (self.labels.get(row.category, ""), self.media.get(row.medium, ""))
        return " ".join(part for part in parts if part) or self._word("all")

    def _price(self, product: Product) -> str:
        price = product.price
        match price:
            case Flat():
                return self._money(price.amount)
            case Table():
                amounts = [amount for _, _, amount in price.rows]
                least, most = self._money(min(amounts)), self._money(max(amounts))
                return f"{least} - {most} ({len(amounts)} {self._word('pairs')})"
            case Distance():
                return self._by_distance(price)

    def _by_distance(self, price: Distance) -> str:
        first = f"{self._money(price.base)} {self._word('up to')}"
        first = f"{first} {self._length(price.base_units * price.unit_m)}"
        then = f"{self._word('then each')} {self._length(price.step_units * price.unit_m)}"
        cap = "" if price.cap is None else f", {self._word('at most')} {self._money(price.cap)}"
        return f"{first}, {then} {self._money(price.step)}{cap}"

    def _length(self, metres: int) -> str:
        return f"{metres} m" if metres % 1000 else f"{metres // 1000} km"

    def timeframes(self) -> Grid:
        services = {service.id: service for service in self.tariff.services}
        rows = (
            (one.name, _hours(one), self._days(services.get(one.service)))
            for one in self.tariff.timeframes
        )
        return self._grid("timeframes", ("timeframe", "hours", "days"), rows)

    def _days(self, service: Service | None) -> str:
        if service is None:
            return self._word("every day")
        names = WEEKDAYS[self.language]
        runs = [name for name, is_run in zip(names, service.weekdays, strict=True) if is_run]
        week = self._word("every day") if len(runs) == len(names) else ", ".join(runs)
        parts = [f"{week} {service.first} - {service.last}"]
        for name, dates in (("also", service.added), ("not", service.removed)):
            if dates:
                shown = ", ".join(day.isoformat() for day in dates[:SHOWN_DATES])
                more = len(dates) - SHOWN_DATES
                rest = f" + {more} {self._word('dates')}" if more > 0 else ""
                parts.append(f"{self._word(name)} {shown}{rest}")
        return "; ".join(parts)

    def transfers(self) -> Grid:
        columns = ("of", "to", "costs", "within", "times")
        rows = (
            (
                rule.from_group or EVERYWHERE,
                rule.to_group or EVERYWHERE,
                self._transfer_cost(rule),
                self._transfer_time(rule),
                self._times(rule),
            )
            for rule in self.tariff.transfers
        )
        return self._grid("transfers", columns, rows)

    def _transfer_cost(self, rule: TransferRule) -> str:
        own = self._prices_of(rule.product) if rule.product else ""
        if rule.kind == 1:
            return " + ".join(part for part in (self._word("full"), own) if part)
        return f"AB = {own}" if rule.kind == 2 else own or self._word("free")

    def _transfer_time(self, rule: TransferRule) -> str:
        parts = [self._within(rule.duration_s)]
        parts += [self._word("of the first ride")] if rule.from_first else []
        parts += [self._word("other network")] if rule.other_network else []
        return ", ".join(parts)

    def _times(self, rule: TransferRule) -> str:
        return self._word("any number") if rule.count == -1 else str(rule.count or 1)

    def joins(self) -> Grid:
        rows = (
            (
                f"{rule.from_network} {rule.from_stop}".strip(),
                f"{rule.to_network} {rule.to_stop}".strip(),
                self._within(rule.duration_s),
            )
            for rule in self.tariff.joins
        )
        return self._grid("joins", ("of", "to", "within"), rows)

    def packages(self) -> Grid:
        rows = (
            (
                one.name,
                " + ".join("/".join(mode) for mode in one.modes) + f" (≥ {one.min_modes})",
                f"{self._money(one.base)} + {self._money(one.per_unit)}/{self._length(one.unit_m)}"
                f" ({self._word(one.rounding)}), {self._word('at most')} {self._money(one.cap)}, "
                f"{self._word(one.when)}",
                f"{self._minutes(one.duration_minutes)} (+ {one.change_minutes}')",
            )
            for one in self.tariff.packages
        )
        return self._grid("packages", ("name", "modes", "price", "within"), rows)

    def caps(self) -> Grid:
        rows = []
        for one in self.tariff.caps:
            limits = [] if one.limit is None else [self._money(one.limit)]
            limits += [] if one.rides is None else [f"{one.rides} {self._word('rides')}"]
            labels = tuple(self.labels.get(name, name) for name in one.categories)
            scope = (one.networks, one.areas, labels, (one.timeframe,) if one.timeframe else ())
            covers = "; ".join(", ".join(part) for part in scope if part)
            rolling = f" {self._minutes(one.rolling_minutes)}" if one.rolling_minutes else ""
            period = f"{self._word(one.period)}{rolling} ({self._word(one.mode)})"
            rows.append((one.name, period, ", ".join(limits), covers or self._word("all")))
        return self._grid("caps", ("name", "period", "limit", "covers"), rows)

    def concessions(self) -> Grid:
        rows = (
            (
                self.labels.get(one.category, one.category),
                f"{one.percent} %" if one.amount is None else self._money(one.amount),
                ", ".join(one.networks) or self._word("all"),
                one.timeframe,
            )
            for one in self.tariff.concessions
        )
        return self._grid("concessions", ("category", "pays", "network", "hours"), rows)

    def special_days(self) -> Grid:
        rows = (
            (
                one.day.isoformat(),
                one.name,
                self._money(one.amount),
                ", ".join(one.networks) or self._word("all"),
                ", ".join(self.labels.get(name, name) for name in one.categories)
                or self._word("all"),
            )
            for one in self.tariff.special_days
        )
        return self._grid("special days", ("date", "name", "pays", "network", "category"), rows)

    def passes(self) -> Grid:
        rows = (
            (
                one.name or one.product,
                self._money(one.price),
                f"{one.whole_days} {self._word('day')}"
                if one.whole_days
                else self._minutes(one.minutes),
                self._word(one.activation),
                ", ".join(one.networks),
                "" if one.rides is None else str(one.rides),
            )
            for one in self.tariff.passes
        )
        columns = ("name", "price", "valid", "from", "network", "rides")
        return self._grid("passes", columns, rows)

    def shares(self) -> Grid:
        rows = (
            (
                one.scope,
                one.method,
                ", ".join(f"{name} {parts}" for name, parts in one.parts),
                one.bearer,
            )
            for one in self.tariff.apportionments
        )
        return self._grid("shares", ("name", "method", "network", "bearer"), rows)

    def _grid(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Grid:
        grid = Grid(title=self._word(title), title_justify="left", title_style="bold", box=SIMPLE)
        for name in columns:
            grid.add_column(self._word(name), overflow="fold")
        for row in rows:
            grid.add_row(*row)
        return grid

    def _word(self, name: str) -> str:
        return word(name, self.language)

    def _money(self, amount: int) -> str:
        return money.show(amount, self.tariff.asset, self.language)

    def _minutes(self, minutes: int) -> str:
        return f"{minutes} {self._word('min')}"

    def _within(self, seconds: int) -> str:
        return self._minutes(seconds // 60 if seconds else self.tariff.journey_gap_minutes)


def _hours(band: Timeframe) -> str:
    start, end = (f"{m // 60:02}:{m % 60:02}" for m in (band.start_minute, band.end_minute))
    return f"{start} - {end}"
