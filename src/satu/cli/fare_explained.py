"""A card's day on the screen: a table a journey, a line a rule."""

from __future__ import annotations

from collections.abc import Iterator

from rich.markup import escape
from rich.table import Table

from satu.cli.tariff_words import Language
from satu.kernel.money import show
from satu.taps.explain import JourneyTold, LegTold, Looked, Place, RiderTold
from satu.wire.messages import Words

JOURNEY = Words("Perjalanan {n}", "Journey {n}")
FULL = Words("Sendiri {amount}", "Alone {amount}")
COMPANION = Words("Penumpang ke-{n}", "Rider {n}")
WAITS = Words("Tarif menunggu tap keluar", "The fare waits for the tap out")
TOTAL = Words("Tarif hari ini", "Fares of the day")
POSTED = Words("Dibukukan", "Posted")
OTHERWISE = Words(
    "Aturan berubah sejak hari itu: yang ditagih {amount}",
    "The rules have changed since: charged were {amount}",
)
UNKNOWN = Words("tempat tidak diketahui", "an unknown place")
KINDS = {
    "fare": Words("tarif", "fare"),
    "shortfall": Words("belum terbayar", "owed"),
    "shortfall_undone": Words("utang dihapus", "no longer owed"),
    "correction": Words("koreksi", "correction"),
    "collection": Words("utang dibayar", "owed before, paid"),
}


def tables(looked: Looked, language: Language) -> Iterator[Table]:
    """One table a journey, then what the day cost and what was posted for it."""
    told = _Told(looked, language)
    for number, journey in enumerate(looked.told.journeys, 1):
        yield told.journey(number, journey)
    yield told.total()


class _Told:
    def __init__(self, looked: Looked, language: Language) -> None:
        self.looked = looked
        self.day = looked.told
        self.language = language

    def say(self, words: Words, **fields: str | int) -> str:
        return words.told(self.language).format(**fields)

    def words(self, words: Words) -> str:
        return escape(words.told(self.language))

    def money(self, amount: int) -> str:
        return show(amount, self.day.asset, self.language)

    def journey(self, number: int, journey: JourneyTold) -> Table:
        table = Table(title=self.say(JOURNEY, n=number), title_justify="left", show_header=False)
        table.add_column(ratio=1)
        table.add_column(justify="right", no_wrap=True)
        for leg in journey.legs:
            self.leg(table, leg)
        table.add_row("", f"[bold]{self.money(journey.fare)}[/bold]")
        return table

    def leg(self, table: Table, leg: LegTold) -> None:
        ended = f"–{self.clock(leg.ended_at)}" if leg.ended_at else ""
        way = f"{self.place(leg.start)} → {self.place(leg.end)}"
        if leg.start is None or leg.end is None:
            way = self.place(leg.start or leg.end)
        by = " · ".join(one for one in (leg.operator, leg.route) if one)
        table.add_row(f"[bold]{self.clock(leg.started_at)}{ended} {way}[/bold] ({escape(by)})", "")
        alone = self.say(FULL, amount=self.money(leg.full_fare))
        table.add_row(f"  {self.words(leg.class_words)} · {alone}", "")
        if not leg.is_known:
            table.add_row(f"  {self.words(WAITS)}", "")
        for rider in leg.paid_by:
            self.rider(table, rider)
        table.add_row("", f"= {self.money(leg.fare)}")
        table.add_section()

    def rider(self, table: Table, rider: RiderTold) -> None:
        if rider.rider > 1:
            table.add_row(f"  {self.say(COMPANION, n=rider.rider)}", "")
        for rule in rider.rules:
            table.add_row(f"  {self.words(rule.words)}", self.money(rule.amount))

    def total(self) -> Table:
        day, looked = self.day, self.looked
        head = f"{looked.number} · {day.day} · {day.tariff} · {self.words(day.category_words)}"
        table = Table(title=escape(head), title_justify="left", show_header=False)
        table.add_column(ratio=1)
        table.add_column(justify="right", no_wrap=True)
        table.add_row(f"[bold]{self.words(TOTAL)}[/bold]", f"[bold]{self.money(day.fare)}[/bold]")
        if day.charged != day.fare:
            table.add_row(self.say(OTHERWISE, amount=self.money(day.charged)), "")
        for one in looked.posted:
            kind = KINDS.get(one.kind, Words(one.kind, one.kind))
            table.add_row(
                f"{self.words(POSTED)} {one.settlement_day}: {self.words(kind)}"
                f" {escape(one.operator)}",
                self.money(one.amount),
            )
        return table

    def place(self, place: Place | None) -> str:
        return escape(place.name) if place else self.words(UNKNOWN)

    def clock(self, at: object) -> str:
        return format(at, "%H.%M" if self.language == "id" else "%H:%M")
