"""Why a card's day cost what it cost: journeys, legs, and every rule behind each amount. Pure.

Asked by `satu fare explain`, by the staff's address for it, and by quotes, which are days that
nobody rode. The amounts are the engine's own, and each leg's rules sum to its fare.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from satu.fares.legs import PricedLeg, Trace
from satu.fares.words import CLASSES, Phrases
from satu.kernel.days import from_ms
from satu.kernel.refusal import REAL_CLASSES, WHOLE_CLASSES
from satu.services.base import Rider, TapSeen, Use, network_of, operator_of, service_named
from satu.services.rules import Rules
from satu.taps import fold
from satu.taps.day import Day
from satu.taps.fold import Folding
from satu.wire.messages import Words

MINUTE_MS = 60_000


class RuleTold(msgspec.Struct, frozen=True):
    """One rule's part in a fare, with its sentence."""

    step: str
    rule: str
    amount: int
    is_estimated: bool
    words: Words


class RiderTold(msgspec.Struct, frozen=True):
    """What one rider of a leg pays. `rider` 1 is the card's holder; the rules sum to `fare`."""

    rider: int
    full_fare: int
    fare: int
    rules: tuple[RuleTold, ...]


class Share(msgspec.Struct, frozen=True):
    """What an operator is due of a leg."""

    operator: str
    amount: int


class Place(msgspec.Struct, frozen=True):
    """A point: its code and what people call it."""

    code: str
    name: str


class LegTold(msgspec.Struct, frozen=True):
    """A ride or a visit. Times are local; a place or time that no tap told is None.

    `is_known` is false while the price waits for the leg's end; the amounts are then 0.
    """

    use: int
    kind: str
    network: str
    operator: str
    route: str
    start: Place | None
    end: Place | None
    started_at: datetime
    ended_at: datetime | None
    use_class: str
    class_words: Words
    riders: int
    full_fare: int
    fare: int
    is_known: bool
    is_estimated: bool
    shares: tuple[Share, ...]
    paid_by: tuple[RiderTold, ...]


class JourneyTold(msgspec.Struct, frozen=True):
    """Legs that follow each other closely enough to be one way to go."""

    fare: int
    legs: tuple[LegTold, ...]


class DayTold(msgspec.Struct, frozen=True):
    """A card's service day by the rules in force. `fare` is what all of it costs by them.

    `charged` is what the stored uses cost; it differs from `fare` only if rules in force or the
    card's rights were changed since, and the day was not rated again.
    """

    day: date
    tariff: str
    asset: str
    category: str
    category_words: Words
    fare: int
    charged: int
    journeys: tuple[JourneyTold, ...]


class Posted(msgspec.Struct, frozen=True):
    """A posting that moved the card's own money for the day; `amount` < 0 was given back.

    `kind` is a satu.ledger.kinds.PostingKind in lower case: a `shortfall` is a ride that the
    purse could not pay, `shortfall_undone` takes of it what was paid later or no longer due.
    `use` is the use that it is for; of several that one posting pays, the last.
    """

    kind: str
    operator: str
    amount: int
    posted_at: datetime
    settlement_day: date
    use: int = 0


class Looked(msgspec.Struct, frozen=True):
    """A card's day as staff see it. `posted` sums to what the stored uses cost."""

    card: int
    number: str
    told: DayTold
    posted: tuple[Posted, ...]


class _Priced(NamedTuple):
    """A use with its priced legs: the holder's, then each companion's."""

    use: Use
    legs: tuple[PricedLeg, ...]


def explain(rules: Rules, day: Day, rider: Rider) -> DayTold:
    """A stored or folded day, told rule by rule."""
    told = _Telling(rules, day.day)
    priced = sorted(_priced(rules, day, rider), key=lambda one: (one.use.started_ms, one.use.id))
    tariff = rules.tariff_on(day.day)
    return DayTold(
        day.day,
        tariff.version,
        tariff.asset,
        rider.category,
        told.phrases(day.day).category(rider.category),
        sum(one.use.fare for one in priced),
        sum(use.fare for use in day.all_uses()),
        tuple(told.journey(group) for group in told.grouped(priced)),
    )


def imagine(rules: Rules, taps: Sequence[TapSeen], rider: Rider) -> Day:
    """The day that taps of one service day would make, of a card that did nothing before."""
    assert taps, "a day without taps is no day"
    folding = Folding(rules, rider)
    on = rules.calendar.day_of(min(tap.at_ms for tap in taps))
    day: Day | None = None
    for tap in sorted(taps, key=fold.key_of):
        (*_, day) = fold.append(folding, day, on, tap).days
    assert day is not None
    return day


def _priced(rules: Rules, day: Day, rider: Rider) -> Iterator[_Priced]:
    for name, state in day.states.items():
        found: dict[int, list[PricedLeg]] = {}
        uses: dict[int, Use] = {}
        for use, leg in service_named(name).priced(rules, state, rider):
            uses[use.id] = use
            found.setdefault(use.id, []).append(leg)
        for number, legs in found.items():
            assert sum(leg.fare for leg in legs) == uses[number].fare
            yield _Priced(uses[number], tuple(legs))


class _Telling:
    """The names and sentences of one service day."""

    def __init__(self, rules: Rules, on: date) -> None:
        self.rules = rules
        self.gap_ms = rules.tariff_on(on).journey_gap_minutes * MINUTE_MS
        self._phrases: dict[str, Phrases] = {}

    def phrases(self, on: date) -> Phrases:
        """The sentences of the version in force on a service day: a ride has that of its start."""
        tariff = self.rules.tariff_on(on)
        if tariff.version not in self._phrases:
            self._phrases[tariff.version] = Phrases(tariff)
        return self._phrases[tariff.version]

    def grouped(self, priced: Sequence[_Priced]) -> list[list[_Priced]]:
        """Rides that begin soon after the last one ended are one journey; a visit stands alone."""
        groups: list[list[_Priced]] = []
        for one in priced:
            last = groups[-1][-1].use if groups else None
            ended_ms = max(last.started_ms, last.ended_ms) if last else 0
            if (
                last is None
                or {last.kind, one.use.kind} != {"journey"}
                or one.use.started_ms - ended_ms > self.gap_ms
            ):
                groups.append([])
            groups[-1].append(one)
        return groups

    def journey(self, group: Sequence[_Priced]) -> JourneyTold:
        legs = tuple(self.leg(one) for one in group)
        return JourneyTold(sum(leg.fare for leg in legs), legs)

    def leg(self, one: _Priced) -> LegTold:
        use, legs = one
        network = network_of(use, self.rules)
        riders = tuple(self.rider(use, n, leg, network) for n, leg in enumerate(legs, 1))
        return LegTold(
            use.id,
            use.kind,
            network,
            self.rules.operators[operator_of(use, self.rules)].name,
            self.rules.routes[use.route].code if use.route in self.rules.routes else "",
            self.place(use.point_in),
            self.place(use.point_out),
            self.local(use.started_ms),
            self.local(use.ended_ms) if use.ended_ms else None,
            use.use_class.code,
            CLASSES[use.use_class],
            use.riders,
            use.full_fare,
            use.fare,
            all(leg.is_known for leg in legs),
            any(rule.is_estimated for rider in riders for rule in rider.rules),
            tuple(
                Share(self.rules.operators[operator].name, amount)
                for operator, amount in use.shares
            ),
            riders,
        )

    def rider(self, use: Use, number: int, leg: PricedLeg, network: str) -> RiderTold:
        traces = leg.trace
        if use.use_class not in REAL_CLASSES:
            traces = (Trace("leg", use.use_class.code, 0),)
        phrases = self.phrases(self.rules.calendar.day_of(use.started_ms))
        assert not leg.is_known or sum(one.amount for one in traces) == leg.fare
        # Of rides that were joined the price is that of all their metres.
        is_alone = all(one.step != "join" for one in traces)
        metres = self.metres(use, network) if is_alone else None
        told = tuple(
            RuleTold(
                one.step,
                one.rule,
                one.amount,
                one.is_estimated,
                phrases.say(one, network, metres),
            )
            for one in traces
        )
        return RiderTold(number, leg.full_fare, leg.fare, told)

    def metres(self, use: Use, network: str) -> int | None:
        """How long a ride with both its ends was; None: unknown."""
        if use.use_class not in WHOLE_CLASSES or not use.point_out:
            return None
        way = self.rules.way(network, use.route, use.point_in, use.point_out)
        return way.metres if way else None

    def place(self, point: int) -> Place | None:
        found = self.rules.points.get(point)
        return Place(found.code, found.name) if found else None

    def local(self, at_ms: int) -> datetime:
        return from_ms(at_ms).astimezone(self.rules.calendar.zone)
