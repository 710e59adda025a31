"""One card's books in memory: the road's decisions without a database, for tests of linked days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from satu.kernel.ids import MAX_SEQUENCE
from satu.services import all as all_services  # noqa: F401  (registers them)
from satu.services.base import TapSeen, Use
from satu.services.rules import Rules
from satu.taps.card import Card, CardWork, NeedsDays
from satu.taps.day import Day
from satu.taps.directory import Directory
from satu.taps.settle import Purse
from satu.taps.tap import Answer, Arrival, Decided, Told
from satu.wire.messages import Tap

BANK, PURSE, RECEIVABLE = 1, 1, 2
DIRECTIONS = ("either", "entry", "exit")


class Books:
    """A card of the bank and what was posted for it; every batch is a commit of its own."""

    def __init__(self, rules: Rules, balance: int = 1_000_000, rights: bytes | None = None) -> None:
        self.rules = rules
        operators = [operator.id for operator in rules.bundle.operators]
        self.directory = Directory(
            {(BANK, operator): 10 + operator for operator in operators},
            {operator: 50 + operator for operator in operators},
        )
        purse = Purse(BANK, PURSE, RECEIVABLE, 0, balance, balance)
        self.card = Card(1, 0, 0, "adult", purse, 0, (), rights=rights)
        self.days: dict[date, Day] = {}
        self.seen: dict[int, TapSeen] = {}
        self.owed: dict[int, int] = {}

    def send(self, *taps: TapSeen, decided: Decided = Decided.OPEN) -> list[Answer]:
        """Decide a batch of taps, in the order of their times; one answer each in that order."""
        tolds = [self._told(tap, decided) for tap in sorted(taps, key=lambda t: (t.at_ms, t.id))]
        work = CardWork(self._loaded(None), self.rules, self.directory)
        try:
            for told in tolds:
                work.decide(told)
        except NeedsDays as late:
            work = CardWork(self._loaded(late.on), self.rules, self.directory)
            while True:
                try:
                    work.decide_together(tolds)
                    break
                except NeedsDays as later:
                    work = CardWork(self._loaded(later.on), self.rules, self.directory)
        self._keep(work)
        return [row.answer for row in work.rows]

    def close(self, before: date) -> None:
        """End the card's days before a service day."""
        work = CardWork(self._loaded(None), self.rules, self.directory)
        work.close(before)
        self._keep(work)

    def uses(self) -> list[Use]:
        """Every use as it stands, once: one that went on belongs to its later day."""
        found = {use.id: use for on in sorted(self.days) for use in self.days[on].all_uses()}
        return sorted(found.values(), key=lambda use: (use.started_ms, use.id))

    def _told(self, tap: TapSeen, decided: Decided) -> Told:
        direction = DIRECTIONS[tap.direction]
        wire = Tap(tap.id, tap.at_ms, "1", "x", direction=direction, riders=tap.riders)  # type: ignore[arg-type]
        assert tap.id <= MAX_SEQUENCE
        on = self.rules.calendar.day_of(tap.at_ms)
        return Told(0, Arrival(1, wire, tap.at_ms), tap, on, 1, decided, 0, None)

    def _loaded(self, first: date | None) -> Card:
        """The card with its newest day, or with all from the one before `first` on."""
        newest = sorted(self.days)[-1:]
        if first is None:
            return replace(self.card, days=tuple(self.days[on] for on in newest))
        earlier = [on for on in sorted(self.days) if on < first][-1:]
        wanted = [*earlier, *(on for on in sorted(self.days) if on >= first)]
        days = tuple(self.days[on] for on in wanted)
        return replace(self.card, days=days, loaded_from=first, seen=self.seen)

    def _keep(self, work: CardWork) -> None:
        for day in work.changed_days():
            self.days[day.day] = replace(day, revision=day.revision + 1)
        self.seen |= work.seen
        for entry in work.entries:
            for account, amount in ((entry.debit, -entry.amount), (entry.credit, entry.amount)):
                self.owed[account] = self.owed.get(account, 0) + amount
        self.card = replace(self.card, version=self.card.version + 1, purse=work.purse)

    def due(self) -> dict[int, int]:
        """What each operator is due, paid and unfunded together."""
        return {
            operator.id: self.owed.get(10 + operator.id, 0) + self.owed.get(50 + operator.id, 0)
            for operator in self.rules.bundle.operators
        }


def in_turn(books: Books, taps: Sequence[TapSeen]) -> None:
    """Send taps one by one as they happen, each day closed when the next has begun."""
    for tap in sorted(taps, key=lambda one: (one.at_ms, one.id)):
        books.close(books.rules.calendar.day_of(tap.at_ms))
        books.send(tap)
