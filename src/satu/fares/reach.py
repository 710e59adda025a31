"""Which rules of a tariff a journey can reach: one is constructed for each, and rated. Pure.

What no journey reaches is named with the reason, so that nothing in a tariff is silently ignored.
Used by `satu tariff check`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from satu.fares.draft import Draft
from satu.fares.journeys import ANYWHERE, RIDE_MINUTES, Maker, ride
from satu.fares.legs import NOTHING_RUNS, Leg, Rider
from satu.fares.prices import Option, Prices
from satu.fares.rate import STEPS
from satu.fares.tariff import Flat, JoinRule, LegRule, Product, Tariff, TransferRule
from satu.formats.faults.fault import Value, Values, words_of
from satu.wire.messages import Words

Kind = Literal["leg_rule", "transfer", "join", "network", "product"]

CHANGE_MINUTES = 1
PROBE = "satu:probe"  # a product by whose price a transfer rule is told from its neighbours
ENDS_OF_A_GROUP = 48  # journeys that are tried as the first part of a transfer


class Journey(NamedTuple):
    """Rides of one rider, in order."""

    legs: tuple[Leg, ...]
    rider: Rider


class Why(NamedTuple):
    """Why nothing reaches a rule: a code, and what its words name."""

    code: str
    values: Values = ()

    @property
    def words(self) -> Words:
        return words_of(self.code, self.values)


class Unreached(NamedTuple):
    """A rule by its number in the tariff and its name, and why nothing reaches it."""

    kind: Kind
    number: int
    name: str
    why: Why

    def as_json(self) -> dict[str, Any]:
        """For programs: the rule, the code with its values, the words in both languages."""
        told = {"code": self.why.code, "values": dict(self.why.values)}
        words = {"id": self.why.words.id, "en": self.why.words.en}
        return {"kind": self.kind, "number": self.number, "name": self.name, **told, "words": words}


class Reach(NamedTuple):
    """The journeys that reach each leg, transfer and join rule, by number; and what none does."""

    leg_rules: dict[int, Journey]
    transfers: dict[int, Journey]
    joins: dict[int, Journey]
    unreached: tuple[Unreached, ...]


def reach(tariff: Tariff) -> Reach:
    """A journey for every rule that one can reach. ValueError: a tariff that cannot be used."""
    return _Search(tariff).run()


def leg_rule_name(rule: LegRule) -> str:
    """A leg rule for people: where, when, which product."""
    places = f"{rule.from_area or '*'} → {rule.to_area or '*'}"
    times = " → ".join(part for part in (rule.from_timeframe, rule.to_timeframe) if part)
    parts = (rule.leg_group, rule.network or "*", places, times, rule.product)
    return ", ".join(part for part in parts if part)


def transfer_name(rule: TransferRule) -> str:
    """A transfer rule for people: its groups, and what tells it from others between them."""
    parts = [f"{rule.from_group or '*'} → {rule.to_group or '*'}"]
    parts += [f"count {rule.count}"] if rule.count else []
    parts += [name for name in (rule.product, rule.filter_product) if name]
    return ", ".join(parts)


def join_name(rule: JoinRule) -> str:
    """A join rule for people: its networks and stops."""
    stops = f", {rule.from_stop} → {rule.to_stop}" if rule.from_stop else ""
    return f"{rule.from_network} → {rule.to_network}{stops}"


class _Ride(NamedTuple):
    """A ride that a leg rule (its number) has a price for, if only after a change."""

    leg: Leg
    rule: int
    product: str


class _Search:
    """Finds what can be reached: rides alone, then changes from them, and changes from those."""

    def __init__(self, tariff: Tariff) -> None:
        self.tariff = tariff
        self.prices = Prices(tariff)
        self.maker = Maker(tariff, self.prices)
        self.legs: dict[int, Journey] = {}
        self.transfers: dict[int, Journey] = {}
        self.joins: dict[int, Journey] = {}
        # Why a leg rule was not reached so far; of several reasons the last in their order.
        self.why: dict[int, tuple[int, Why]] = {}
        # By leg group: journeys whose last ride it prices, and rides that it could price.
        self.ends: dict[str, list[Journey]] = defaultdict(list)
        self.rides: dict[str, list[_Ride]] = defaultdict(list)

    def run(self) -> Reach:
        for number, rule in enumerate(self.tariff.leg_rules):
            self._ride_alone(number, rule)
        while self._change_once_more():
            pass
        for number, join in enumerate(self.tariff.joins):
            self._join(number, join)
        return Reach(self.legs, self.transfers, self.joins, tuple(self._unreached()))

    def _riders(self) -> Iterator[Rider]:
        categories = sorted(self.tariff.categories, key=lambda one: not one.is_default)
        for category in categories:
            for medium in ("", *(one.id for one in self.tariff.media)):
                yield Rider(category.name, medium)

    def _ride_alone(self, number: int, rule: LegRule) -> None:
        """Look for rides that the rule prices by itself; one for each rider is kept."""
        named = [rule.network] if rule.network else [one.id for one in self.tariff.networks]
        self.why[number] = (0, self._why_never(rule))
        for rider in self._riders():
            for leg in (leg for name in named for leg in self.maker.legs(rule, name)):
                if self._is_paid(number, rule, Journey((leg,), rider)):
                    break

    def _is_paid(self, number: int, rule: LegRule, journey: Journey) -> bool:
        """Whether a ride alone costs what the rule says; else why it does not."""
        leg, rider = journey.legs[0], journey.rider
        options = self.prices.options(leg, rider.category, rider.medium)
        own = next((one for one in options if one.leg_rule == number), None)
        if own is None:
            other = leg_rule_name(self.tariff.leg_rules[options[0].leg_rule]) if options else ""
            self._because(number, 1, _why("rule_goes_before", rule=other))
            return False
        self.rides[rule.leg_group].append(_Ride(leg, number, rule.product))
        if own.is_transfer_only:
            self._because(number, 3, Why("no_transfer_leads"))
            return False
        if own.amount > options[0].amount:
            cheaper = options[0].product or options[0].rule
            self._because(number, 2, _why("cheaper_for_all", product=cheaper))
            return False
        self.legs.setdefault(number, journey)
        self.ends[rule.leg_group].append(journey)
        return True

    def _because(self, number: int, order: int, why: Why) -> None:
        if order > self.why[number][0]:
            self.why[number] = (order, why)

    def _why_never(self, rule: LegRule) -> Why:
        """Why no ride can even be constructed, or that none was offered the product."""
        names = {band.name for band in self.tariff.timeframes}
        for timeframe in (rule.from_timeframe, rule.to_timeframe):
            if timeframe and timeframe not in names:
                return _why("timeframe_undefined", name=timeframe)
            if timeframe and not any(
                timeframe in one.names_in | one.names_out for one in self.maker.instants
            ):
                since = self.tariff.valid_from.isoformat()
                return _why("timeframe_dayless", name=timeframe, day=since)
        return Why("product_unusable")

    def _change_once_more(self) -> bool:
        """Try every change from what is reached; whether that reached anything new."""
        known = len(self.legs) + len(self.transfers)
        for number, rule in enumerate(self.tariff.transfers):
            for from_group in self._groups(rule.from_group, "from_group"):
                for to_group in self._groups(rule.to_group, "to_group"):
                    self._change(number, from_group, to_group)
        return len(self.legs) + len(self.transfers) > known

    def _groups(self, group: str, field: str) -> list[str]:
        """A group, or those that an empty one stands for."""
        if group:
            return [group]
        listed = {getattr(rule, field) for rule in self.tariff.transfers}
        groups = dict.fromkeys(rule.leg_group for rule in self.tariff.leg_rules)
        return [name for name in groups if name and name not in listed]

    def _change(self, number: int, from_group: str, to_group: str) -> None:
        """Look for a journey that the rule leads on from, for each ride that is still to reach."""
        for second in _spread(self.rides[to_group], self.legs):
            for first in _spread_journeys(self.ends[from_group]):
                if number in self.transfers and second.rule in self.legs:
                    break
                journey = first._replace(legs=(*first.legs, _after(first.legs[-1], second.leg)))
                if not self._applies(number, journey, from_group, to_group):
                    continue
                self.transfers.setdefault(number, journey)
                self.ends[to_group].append(journey)
                for alike in self._last_options(journey):
                    self.legs.setdefault(alike.leg_rule, journey)

    def _applies(self, number: int, journey: Journey, start: str, end: str) -> bool:
        """Whether the last change was priced by this rule.

        Where there are several between the groups, the fares tell: they follow its price.
        """
        draft = self._drafted(self.prices, journey)
        if not _is_transferred(draft, start, end):
            return False
        rules = list(self.tariff.transfers)
        rule, rider = rules[number], journey.rider
        if sum(_same_groups(one, rule) for one in rules) == 1:
            return True
        amount = self.prices.product_amount(rule.product, rider.category, rider.medium)
        if amount is None:
            return False
        rules[number] = replace(rule, product=PROBE)
        for probe in (amount - 1, amount + 1):
            if probe < 0 and rule.kind == 2:
                continue
            products = (*self.tariff.products, Product(PROBE, Flat(probe)))
            probed = Prices(replace(self.tariff, transfers=tuple(rules), products=products))
            if self._drafted(probed, journey).fares != draft.fares:
                return True
        return False

    def _last_options(self, journey: Journey) -> list[Option]:
        """What paid for the last ride, and options of other rules that are the same to it."""
        chosen = self._drafted(self.prices, journey).chosen[-1]
        rider = journey.rider
        options = self.prices.options(journey.legs[-1], rider.category, rider.medium)
        return [
            one for one in options if chosen and one._replace(leg_rule=chosen.leg_rule) == chosen
        ]

    def _drafted(self, prices: Prices, journey: Journey) -> Draft:
        """A rating up to its transfers."""
        draft = Draft(lambda _: prices, journey.legs, journey.rider, NOTHING_RUNS, True, False)
        for name in prices.steps:
            STEPS[name](draft)
            if name == "transfer":
                break
        return draft

    def _join(self, number: int, rule: JoinRule) -> None:
        """Whether two rides, soon after one another at its stops, are made one by the rule."""
        on, minute = self.maker.instants[0][:2]
        first = ride(rule.from_network, on, minute, ANYWHERE, ANYWHERE, None)
        second = ride(rule.to_network, on, minute, ANYWHERE, ANYWHERE, None)
        legs = (
            replace(first, stop_out=rule.from_stop or "in"),
            replace(_after(first, second), stop_in=rule.to_stop or "in"),
        )
        journey = Journey(legs, Rider())
        if len(self._drafted(self.prices, journey).units) == 1:
            self.joins[number] = journey

    def _unreached(self) -> Iterator[Unreached]:
        for number, rule in enumerate(self.tariff.leg_rules):
            if number not in self.legs:
                yield Unreached("leg_rule", number, leg_rule_name(rule), self.why[number][1])
        for number, transfer in enumerate(self.tariff.transfers):
            if number not in self.transfers:
                why = self._why_no_transfer(transfer)
                yield Unreached("transfer", number, transfer_name(transfer), why)
        for number, join in enumerate(self.tariff.joins):
            if number not in self.joins:
                yield Unreached("join", number, join_name(join), Why("rides_not_joined"))
        named = {rule.network for rule in self.tariff.leg_rules}
        for number, network in enumerate(self.tariff.networks):
            if network.id not in named and "" not in named:
                yield Unreached("network", number, network.id, Why("network_unpriced"))
        used = {rule.product for rule in self.tariff.leg_rules}
        used |= {rule.product for rule in self.tariff.transfers}
        used |= {one.product for one in self.tariff.passes}
        for name in dict.fromkeys(product.id for product in self.tariff.products):
            if name not in used:
                yield Unreached("product", 0, name, Why("product_unused"))

    def _why_no_transfer(self, rule: TransferRule) -> Why:
        for field, found in (("from_group", self.ends), ("to_group", self.rides)):
            group = getattr(rule, field)
            if not any(found.get(name) for name in self._groups(group, field)):
                return _why("group_unpaid", name=group or "*")
        if rule.filter_product:
            return _why("filter_never_both", product=rule.filter_product)
        return Why("transfer_goes_before")


def _why(code: str, /, **values: Value) -> Why:
    return Why(code, tuple(values.items()))


def _spread(rides: list[_Ride], reached: Collection[int]) -> list[_Ride]:
    """A ride of each rule that is still to reach, and one of each network and product."""
    found: dict[tuple[str, str, int], _Ride] = {}
    for one in rides:
        number = -1 if one.rule in reached else one.rule
        found.setdefault((one.leg.network, one.product, number), one)
    return list(found.values())


def _spread_journeys(journeys: list[Journey]) -> list[Journey]:
    """A journey of each rider, last network and length, the first few of them."""
    found: dict[tuple[Rider, str, int], Journey] = {}
    for one in journeys:
        found.setdefault((one.rider, one.legs[-1].network, len(one.legs)), one)
    return list(found.values())[:ENDS_OF_A_GROUP]


def _after(before: Leg, leg: Leg) -> Leg:
    """A leg's ride soon after another, on the other's clock."""
    minutes = before.minute + RIDE_MINUTES + CHANGE_MINUTES
    on = before.on + timedelta(days=minutes // (24 * 60))
    minute = minutes % (24 * 60)
    return ride(leg.network, on, minute, leg.areas_in, leg.areas_out, leg.metres)


def _is_transferred(draft: Draft, from_group: str, to_group: str) -> bool:
    traces = draft.traces[-1] if draft.traces else []
    name = f"{from_group}>{to_group}"
    return any((one.step, one.rule) == ("transfer", name) for one in traces)


def _same_groups(one: TransferRule, other: TransferRule) -> bool:
    return (one.from_group, one.to_group) == (other.from_group, other.to_group)
