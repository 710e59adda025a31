"""A tariff rehearsed on recorded taps: revenue and riders before and after. Writes nothing.

"Before" is what the books hold; "after" is what the same taps, folded in the same order, would
have cost under the draft. People who would ride otherwise under other fares are not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from satu.fares.tariff import Tariff
from satu.kernel.refusal import REAL_CLASSES
from satu.services.base import Rider, Use, operator_of
from satu.services.rules import Bundle, Rules
from satu.taps.rerate import Order, Period, Rerated, rerate

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Side(msgspec.Struct):
    """Uses, the riders in them (several may ride on one card) and what they paid."""

    uses: int = 0
    riders: int = 0
    revenue: int = 0

    def count(self, uses: int, riders: int, revenue: int) -> None:
        self.uses += uses
        self.riders += riders
        self.revenue += revenue


class Change(msgspec.Struct):
    """A group before and after."""

    before: Side = msgspec.field(default_factory=Side)
    after: Side = msgspec.field(default_factory=Side)

    def join(self, other: Change) -> None:
        self.before.count(*msgspec.structs.astuple(other.before))
        self.after.count(*msgspec.structs.astuple(other.after))


class Rehearsed(msgspec.Struct):
    """What a rehearsal counted. `differences`: how many cards pay so much more (or less).

    An operator's revenue is its shares, its uses are those that it carried. A category is the one
    that the card's holder had on the day of the use.
    """

    cards: int = 0
    taps: int = 0
    total: Change = msgspec.field(default_factory=Change)
    by_category: dict[str, Change] = {}
    by_operator: dict[int, Change] = {}
    differences: dict[int, int] = {}

    def add(self, rules: Rules, one: Rerated) -> None:
        """Count a card in."""
        self.cards += 1
        self.taps += one.taps
        for is_after, uses in enumerate((one.before, one.after)):
            for use in uses:
                if use.use_class in REAL_CLASSES:
                    self._count(rules, one.rider, use, is_after=bool(is_after))
        difference = sum(use.fare for use in one.after) - sum(use.fare for use in one.before)
        self.differences[difference] = self.differences.get(difference, 0) + 1

    def _count(self, rules: Rules, rider: Rider, use: Use, *, is_after: bool) -> None:
        def side(change: Change) -> Side:
            return change.after if is_after else change.before

        on = rules.calendar.day_of(use.started_ms)
        side(self.total).count(1, use.riders, use.fare)
        category = self.by_category.setdefault(category_on(rider, on), Change())
        side(category).count(1, use.riders, use.fare)
        carrier = self.by_operator.setdefault(operator_of(use, rules), Change())
        side(carrier).count(1, use.riders, 0)
        for operator, amount in use.shares:
            side(self.by_operator.setdefault(operator, Change())).count(0, 0, amount)

    def join(self, other: Rehearsed) -> None:
        """Count in what another process counted."""
        self.cards += other.cards
        self.taps += other.taps
        self.total.join(other.total)
        for category, change in other.by_category.items():
            self.by_category.setdefault(category, Change()).join(change)
        for operator, change in other.by_operator.items():
            self.by_operator.setdefault(operator, Change()).join(change)
        for amount, cards in other.differences.items():
            self.differences[amount] = self.differences.get(amount, 0) + cards

    def cards_where(self, fits: Callable[[int], bool]) -> int:
        """How many cards pay a difference that fits."""
        return sum(cards for amount, cards in self.differences.items() if fits(amount))

    def quantiles(self) -> dict[float, int]:
        """Of all cards, what the card at each quantile pays more (or less)."""
        return quantiles(self.differences, QUANTILES)


def category_on(rider: Rider, on: date) -> str:
    """The category that a rider has on a service day: an entitlement's, else the card's own."""
    held = (one.category for one in rider.entitlements if one.first <= on <= one.last)
    return next(held, rider.category)


def quantiles(counts: dict[int, int], wanted: Iterable[float]) -> dict[float, int]:
    """The value at each quantile of a population that is counted by value; empty if it is."""
    total = sum(counts.values())
    found = {}
    for share in wanted if total else ():
        left = share * total
        for value in sorted(counts):
            left -= counts[value]
            if left <= 0:
                break
        found[share] = value
    return found


def missing_networks(bundle: Bundle, draft: Tariff) -> list[str]:
    """The networks of places and routes that a draft does not know: it cannot price their taps."""
    used = {point.network for point in bundle.points} | {one.network for one in bundle.routes}
    return sorted(used - {network.id for network in draft.networks})


def rehearse(
    *,
    url: str,
    bundle: Bundle,
    draft: Tariff,
    period: Period,
    processes: int,
    on_batch: Callable[[int, int], None] = lambda *_: None,
) -> Rehearsed:
    """Fold the cards that tapped in a period as if the draft had been in force in all of it.

    Days before the period keep what they were charged; what they handed on is taken as it was.
    """
    assert not missing_networks(bundle, draft)
    drafted = msgspec.structs.replace(bundle, tariffs=_with_draft(bundle, draft, period))
    counted = rerate(Order(url, drafted, period, Rehearsed), processes=processes, on_batch=on_batch)
    assert isinstance(counted, Rehearsed)
    return counted


def _with_draft(bundle: Bundle, draft: Tariff, period: Period) -> tuple[Tariff, ...]:
    """The draft from the period's first day on, and the versions in force before it."""
    earlier = [one for one in bundle.tariffs if one.valid_from < period.first]
    names = {one.version for one in earlier}
    version = draft.version if draft.version not in names else f"{draft.version} (draft)"
    begun = msgspec.structs.replace(draft, version=version, valid_from=period.first)
    return (*earlier, begun)
