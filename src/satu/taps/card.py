"""One card's turn on the tap's road: guards, folds, money, and the rows to write. Pure.

A `CardWork` takes a card's queued taps in order. What it decided is a plan: the commit applies
it whole if the card is still as it was loaded, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
from msgspec.structs import replace

from satu.cards.kinds import CardState
from satu.cards.rights import decode as decode_rights
from satu.kernel.ids import tap_posting_key
from satu.kernel.refusal import Outcome, UseClass
from satu.ledger.entry import Entry
from satu.ledger.kinds import PostingKind
from satu.services.base import Rider, Step, TapSeen, Use
from satu.services.rules import Rules
from satu.taps import fold
from satu.taps.day import Day, HoldKept
from satu.taps.directory import Directory
from satu.taps.fold import Folded, Folding
from satu.taps.settle import Cause, Purse, settle, share_changes
from satu.taps.tap import Answer, Decided, Told

# A card that is held to readers more often in a day is not held by a person. Folding a day again
# costs its taps squared, so that this is also what one late tap can cost at most.
MAX_DAY_TAPS = 256


class Card(msgspec.Struct, frozen=True):
    """A card as it was loaded; `days` are its newest day, or for a late tap all from it on.

    `rights` are its entitlements and passes as its row has them; None: it has none.
    `has_several`: it has other purses than `purse`, the one in use.
    """

    id: int
    version: int
    state: int
    category: str
    purse: Purse
    owed: int
    days: tuple[Day, ...]
    loaded_from: date | None = None
    seen: Mapping[int, TapSeen] | None = None
    rights: bytes | None = None
    has_several: bool = False


class TapRow(msgspec.Struct, frozen=True):
    """A decided tap to store; `balance_change` is the purse's since the batch began."""

    told: Told
    answer: Answer
    balance_change: int
    is_new: bool = True


def rider_of(card: Card, rules: Rules) -> Rider:
    """Who rides, as a price sees it. A day is folded with the rights that the card has now."""
    return rider_with(card.category, card.rights, rules)


def rider_with(category: str, content: bytes | None, rules: Rules) -> Rider:
    """The rider that a card's row tells of: its category, and its rights as they are stored."""
    if content is None:
        return Rider(category, rules.card_medium)
    rights = decode_rights(content)
    return Rider(category, rules.card_medium, rights.entitlements, rights.passes)


class NeedsDays(Exception):
    """A late tap: the card must be loaded with its days from `on` and their taps."""

    def __init__(self, on: date) -> None:
        super().__init__(on)
        self.on = on


class CardWork:
    """Decides a card's taps one after the other and collects what is to be written."""

    def __init__(self, card: Card, rules: Rules, books: Directory) -> None:
        self.card = card
        self.books = books
        self.folding = Folding(rules, rider_of(card, rules))
        self.purse = card.purse
        self.days = {day.day: day for day in card.days}
        self.before = dict(self.days)
        self.seen: dict[int, TapSeen] = dict(card.seen or {})
        self.rows: list[TapRow] = []
        self.entries: list[Entry] = []
        self.lines: dict[int, int] = {}
        self.is_exact = card.owed < 0
        # What a purse must have for the plan to lack nothing, if this one lacked something.
        self.lack = 0

    def decide(self, told: Told) -> Answer:
        """Admit or refuse a new tap and fold it. Raises NeedsDays for a late one."""
        if told.decided is Decided.REFUSED:
            return self._keep(told, Answer(Outcome.READER_REFUSED))
        folded = self._place(told.seen, told.day)
        if told.decided is Decided.ASK:
            refusal = self._guard(folded)
            if refusal is not Outcome.ACCEPTED:
                return self._keep(told, Answer(refusal))
        return self._keep(told, self._accept(folded, told.seen))

    def decide_together(self, tolds: Sequence[Told]) -> None:
        """Fold in taps that were decided offline, all of one day at once.

        A day is folded once, not once a tap: thousands that come late cost what they must. What
        the day costs more (or less) is charged by the last of them. Raises NeedsDays.
        """
        by_day: dict[date, list[Told]] = {}
        for told in tolds:
            by_day.setdefault(told.day, []).append(told)
        for on in sorted(by_day):
            late = sorted(by_day[on], key=lambda told: fold.key_of(told.seen))
            folded = self._refold(on, add=[told.seen for told in late])
            last = late[-1].seen
            charge = self._post(folded, last.id, last.at_ms)
            for told in late:
                tap, step = told.seen, folded.steps[told.seen.id]
                self.seen[tap.id] = tap
                charged = charge if tap is last else 0
                full_fare = _full_fare(step, tap)
                self._keep(told, Answer(Outcome.ACCEPTED, step.meaning, charged, full_fare))

    def room(self, on: date) -> int:
        """How many taps more a day takes, as far as its taps are loaded."""
        day = self.days.get(on)
        return MAX_DAY_TAPS - (len(day.taps) if day else 0)

    def refuse(self, told: Told, reason: Outcome) -> Answer:
        """Store a tap that asked and cannot even be folded."""
        return self._keep(told, Answer(reason))

    def replace(self, told: Told, stored: Answer) -> Answer:
        """A reader that had asked now tells what it did itself: that stands instead, once."""
        tap = told.seen
        answer = stored
        if told.decided is Decided.REFUSED:
            answer = Answer(Outcome.READER_REFUSED)
            if stored.outcome.accepted:
                folded = self._refold(told.day, remove=tap.id)
                answer = replace(answer, charge=self._post(folded, tap.id, tap.at_ms))
        elif not stored.outcome.accepted:
            answer = self._accept(self._place(tap, told.day), tap)
        return self._keep(told, answer, is_new=False)

    def close(self, now_on: date) -> None:
        """End the card's newest day if it is over; nothing is decided."""
        latest = self._latest()
        while latest is not None and latest.day < now_on and not latest.is_closed:
            end_ms = self.folding.rules.calendar.end_ms(latest.day)
            tap = latest.last.tap or self._last_tap()
            self._post(fold.close(self.folding, latest), tap, end_ms)
            latest = self._latest()

    def take(self, again: Sequence[Day]) -> None:
        """Take over days that were folded again by other rules and post what that changes."""
        for day in again:
            at_ms = day.last.at_ms or self.folding.rules.calendar.start_ms(day.day)
            self._post(Folded([day], {}), day.last.tap or self._last_tap(), at_ms)

    def _last_tap(self) -> int:
        """The newest tap of the card that is known here: an empty day has none of its own."""
        return max(use.id for day in self.days.values() for use in day.all_uses())

    def _latest(self) -> Day | None:
        return self.days[max(self.days)] if self.days else None

    def _place(self, tap: TapSeen, on: date) -> Folded:
        latest = self._latest()
        if fold.is_next(latest, on, tap):
            return fold.append(self.folding, latest, on, tap)
        return self._refold(on, add=[tap])

    def _refold(
        self, on: date, *, add: Sequence[TapSeen] = (), remove: int | None = None
    ) -> Folded:
        if self.card.loaded_from is None or on < self.card.loaded_from:
            raise NeedsDays(on)
        stored = [self.days[day] for day in sorted(self.days)]
        return fold.refold(self.folding, stored, self.seen, on, add=add, remove=remove)

    def _guard(self, folded: Folded) -> Outcome:
        """The reasons to refuse a tap that asks, in order of precedence. Exits always pass."""
        (step,) = folded.steps.values()
        if not step.is_entry:
            return Outcome.ACCEPTED
        if self.card.state == CardState.BLOCKED:
            return Outcome.CARD_BLOCKED
        if self.card.state == CardState.CLOSED:
            return Outcome.CARD_CLOSED
        if step.refusal is not Outcome.ACCEPTED:
            return step.refusal
        cost = max(step.minimum, self._cost(folded))
        if self.purse.available < cost:
            self.is_exact = True
            self._lacks(cost)
            return Outcome.BALANCE_INSUFFICIENT
        return Outcome.ACCEPTED

    def _cost(self, folded: Folded) -> int:
        """What admitting would take from the purse, with what it would hold."""
        cost = 0
        for day in folded.days:
            was = self.days.get(day.day)
            cost += sum(use.fare + use.held for use in day.all_uses())
            cost -= sum(use.fare + use.held for use in was.all_uses()) if was else 0
        return cost

    def _accept(self, folded: Folded, tap: TapSeen) -> Answer:
        step = folded.steps[tap.id]
        charge = self._post(folded, tap.id, tap.at_ms)
        self.seen[tap.id] = tap
        return Answer(Outcome.ACCEPTED, step.meaning, charge, _full_fare(step, tap))

    def _post(self, folded: Folded, tap: int, at_ms: int) -> int:
        """Take over the days that changed and post the difference; returns what was charged."""
        charged = 0
        for day in folded.days:
            was = self.days.get(day.day)
            change, use_of = share_changes(was.all_uses() if was else (), day.all_uses())
            kept, ended = _split_holds(day)
            if not (change or ended or self.purse.shortfalls):
                opened = self._open_holds(day, kept, tap, at_ms)
                self.days[day.day] = replace(day, holds=(*kept, *opened)) if opened else day
                continue
            settled = settle(
                change,
                use_of,
                cause=Cause(tap, self.card.version + 1, at_ms, day.day),
                purse=self.purse,
                books=self.books,
                last=day.postings,
                ended=ended,
                first_line=self.lines.get(tap, 0),
            )
            self.is_exact |= bool(settled.purse.shortfalls or self.purse.shortfalls)
            if settled.purse.shortfalls:
                self._lacks(max(1, sum(change.values())))
            self.purse = settled.purse
            self.entries += settled.entries
            self.lines[tap] = self.lines.get(tap, 0) + len(settled.entries)
            charged += sum(change.values())
            opened = self._open_holds(day, kept, tap, at_ms)
            postings = {**day.postings, **settled.last} if settled.last else day.postings
            self.days[day.day] = replace(day, holds=(*kept, *opened), postings=postings)
        return charged

    def _open_holds(
        self, day: Day, kept: Sequence[HoldKept], tap: int, at_ms: int
    ) -> list[HoldKept]:
        """Reserve what open uses ask for, as far as the purse has it."""
        held = {hold.use for hold in kept}
        opened = []
        for use in day.all_uses():
            if not use.held or use.id in held:
                continue
            amount = min(use.held, self.purse.available)
            if amount < use.held:
                self._lacks(use.held)
            if amount <= 0:
                continue
            self.is_exact |= amount < use.held
            line = self.lines.get(tap, 0)
            key = tap_posting_key(tap, self.card.version + 1, line)
            self.lines[tap] = line + 1
            account = self.purse.account
            self.entries.append(
                Entry(
                    key, account, account, 0, PostingKind.FARE, at_ms, day.day,
                    self.purse.card_group, tap, use.id, hold=key, hold_change=amount,
                )
            )  # fmt: skip
            self.purse = replace(self.purse, available=self.purse.available - amount)
            opened.append(HoldKept(use.id, key.bytes, amount, use.held))
        return opened

    def _lacks(self, amount: int) -> None:
        """The purse cannot pay `amount` more than the plan took from it so far."""
        taken = self.card.purse.available - self.purse.available
        self.lack = max(self.lack, taken + amount)

    def _keep(self, told: Told, answer: Answer, *, is_new: bool = True) -> Answer:
        change = self.purse.balance - self.card.purse.balance
        self.rows.append(TapRow(told, answer, change, is_new))
        return answer

    def changed_days(self) -> list[Day]:
        """The days to write, oldest first."""
        changed = [day for on, day in self.days.items() if day is not self.before.get(on)]
        return sorted(changed, key=_date_of) if len(changed) > 1 else changed

    def changed_uses(self) -> list[tuple[date, Use]]:
        """The uses to write with their days; a use that no longer is one is written as void."""
        before: dict[int, tuple[date, Use]] = {}
        after: dict[int, tuple[date, Use]] = {}
        for day in self.changed_days():
            was = self.before.get(day.day)
            for use in was.all_uses() if was else ():
                before[use.id] = (day.day, use)
            for use in day.all_uses():
                after[use.id] = (day.day, use)
        changed = [kept for name, kept in after.items() if before.get(name) != kept]
        for name, (on, use) in before.items():
            if name not in after:
                void = replace(use, use_class=UseClass.VOID, fare=0, full_fare=0)
                changed.append((on, void))
        return changed

    def need(self) -> int:
        """The least that must be available for the plan: its low water, as a positive number."""
        account, level, low = self.purse.account, 0, 0
        for entry in self.entries:
            if entry.debit == account:
                level -= entry.amount + entry.hold_change
            elif entry.credit == account:
                level += entry.amount
            low = min(low, level)
        return -low


def _date_of(day: Day) -> date:
    return day.day


def _split_holds(day: Day) -> tuple[list[HoldKept], dict[int, HoldKept]]:
    """The holds that still stand for an open use, and by use those that ended."""
    if not day.holds:
        return [], {}
    asked = {use.id: use.held for use in day.all_uses() if use.held}
    kept, ended = [], {}
    for hold in day.holds:
        if asked.get(hold.use) == hold.asked:
            kept.append(hold)
        else:
            ended[hold.use] = hold
    return kept, ended


def _full_fare(step: Step, tap: TapSeen) -> int:
    """What the use that a tap began or ended would cost alone; 0 if it did neither."""
    for use in reversed(step.uses):
        if use.id == tap.id or use.ended_ms == tap.at_ms:
            return use.full_fare
    return 0
