"""A tariff made ready for pricing: look-ups, not lists. Pure; slow to build, fast to ask."""

from __future__ import annotations

from datetime import date

from satu.fares.apportion import shared_of
from satu.fares.cap_rules import caps_of
from satu.fares.faults import faults
from satu.fares.legs import Leg
from satu.fares.matching import LegRules
from satu.fares.offers import MINUTE_MS as MINUTE_MS
from satu.fares.offers import Market
from satu.fares.products import Option as Option
from satu.fares.products import Products
from satu.fares.tariff import (
    Concession,
    JoinRule,
    Network,
    Package,
    SpecialDay,
    Tariff,
)
from satu.fares.timeframes import Clock
from satu.fares.transfer_rules import TransferRules


class Prices:
    """One tariff version, ready to price legs. ValueError, naming every fault, if it has any."""

    def __init__(self, tariff: Tariff) -> None:
        found = faults(tariff)
        if found:
            told = "; ".join(map(str, found))
            raise ValueError(f"tariff {tariff.version} cannot be used: {told}")
        self.tariff = tariff
        self.networks: dict[str, Network] = {network.id: network for network in tariff.networks}
        self.steps = tariff.steps
        self.used_steps = tuple(name for name in tariff.steps if _is_used(name, tariff))
        self.lone_steps = tuple(name for name in self.used_steps if _is_used_alone(name, tariff))
        self.package_of: dict[str, tuple[Package, str]] = {
            name: (package, mode[0])
            for package in tariff.packages
            for mode in package.modes
            for name in mode
        }
        self.gap_ms = tariff.journey_gap_minutes * MINUTE_MS
        self.joins: dict[tuple[str, str], tuple[JoinRule, ...]] = _joins(tariff)
        self.transfers = TransferRules(tariff)
        self.concessions: dict[str, tuple[Concession, ...]] = {}
        for concession in tariff.concessions:
            known = self.concessions.get(concession.category, ())
            self.concessions[concession.category] = (*known, concession)
        self.special_days: dict[date, tuple[SpecialDay, ...]] = {}
        for special in tariff.special_days:
            of_day = self.special_days.get(special.day, ())
            self.special_days[special.day] = (*of_day, special)
        self._clock = Clock(tariff.timeframes, tariff.services)
        self.caps = caps_of(tariff, self.is_in)
        self.shared = shared_of(tariff)
        self._categories = {category.name for category in tariff.categories}
        self._default = _default_category(tariff)
        self._media = {medium.id for medium in tariff.media}
        self._products = Products(tariff)
        self._stop_areas: dict[str, tuple[str, ...]] = {}
        for stop, area in tariff.stop_areas:
            self._stop_areas[stop] = (*self._stop_areas.get(stop, ()), area)
        self._areas_of: dict[tuple[str, str], tuple[str, ...]] = {}
        self._product_amounts: dict[tuple[str, str, str], int | None] = {}
        self._markets: dict[tuple[str, str, str], Market] = {}
        self._rules: dict[str, LegRules] = {}

    def options(self, leg: Leg, category: str, medium: str) -> tuple[Option, ...]:
        """Every way to pay for a leg by itself: the first is what it costs; those that need a
        transfer stand last. Empty while the price waits for the leg's end.

        A category or medium that the tariff does not know, or sells nothing to, pays what the
        default category pays, or what any medium costs. A leg that no rule fits costs as if a tap
        were missing; if that tells nothing, nothing ("no_rule"). LookupError: no such network.
        """
        market = self._markets.get((leg.network, category, medium))
        if market is None:
            market = self._market(leg.network, category, medium)
        return market.options(leg)

    def fits(self, leg: Leg, category: str, medium: str) -> bool:
        """Whether a rule of the leg's network prices it, or may once it has ended."""
        return self._market(leg.network, category, medium).fits(leg)

    def category(self, category: str) -> str:
        """The category that a rider pays as: the default one if the tariff does not know it."""
        return category if category in self._categories else self._default

    def is_in(self, timeframe: str, on: date, minute: int) -> bool:
        """Whether a local minute of a calendar date lies in a timeframe of that name."""
        return timeframe in self._clock.at(on, minute)

    def areas_of(self, point_code: str, station: str) -> tuple[str, ...]:
        """The fare areas of a point: its own, else its station's, else the station itself."""
        key = (point_code, station)
        found = self._areas_of.get(key)
        if found is None:
            own = self._stop_areas.get(point_code) or self._stop_areas.get(station)
            found = self._areas_of[key] = own or (station or point_code,)
        return found

    def product_amount(self, product: str, category: str, medium: str) -> int | None:
        """What a flat product costs a rider ("" costs nothing): the cheapest of rows that fit.

        None: neither the rider nor the default category can have it.
        """
        if not product:
            return 0
        key = (product, category, medium)
        if key not in self._product_amounts:
            own = self._products.flat_amount(product, *self._known(category, medium))
            if own is None:
                own = self._products.flat_amount(product, self._default, "")
            self._product_amounts[key] = own
        return self._product_amounts[key]

    def _market(self, network: str, category: str, medium: str) -> Market:
        found = self._markets.get((network, category, medium))
        if found is not None:
            return found
        if network not in self.networks:
            raise LookupError(f"tariff {self.tariff.version} has no network {network!r}")
        known_category, known_medium = self._known(category, medium)
        key = (network, known_category, known_medium)
        market = self._markets.get(key)
        if market is None:
            if network not in self._rules:
                self._rules[network] = LegRules(self.tariff, network)
            buyers = dict.fromkeys(
                (
                    (known_category, known_medium),
                    (self._default, known_medium),
                    (known_category, ""),
                    (self._default, ""),
                )
            )
            market = Market(
                self.networks[network],
                self._rules[network],
                self._clock,
                self._products,
                tuple(buyers),
            )
            self._markets[key] = market
        self._markets[network, category, medium] = market
        return market

    def _known(self, category: str, medium: str) -> tuple[str, str]:
        return self.category(category), medium if medium in self._media else ""


def _is_used(step: str, tariff: Tariff) -> bool:
    """Whether a step can change a fare by a tariff: one that says nothing to it cannot."""
    match step:
        case "join":
            return bool(tariff.joins)
        case "pass":
            return bool(tariff.passes)
        case "transfer":
            return bool(tariff.transfers)
        case "package":
            return bool(tariff.packages)
        case "cap":
            return bool(tariff.caps)
        case "rounding":
            return tariff.round_to > 1
    return True


def _is_used_alone(step: str, tariff: Tariff) -> bool:
    """Whether a step can change the fare of a leg that is the only one."""
    if step == "package":
        return any(package.min_modes == 1 for package in tariff.packages)
    return step not in ("join", "transfer")


def _default_category(tariff: Tariff) -> str:
    """The category that the tariff marks, else its first; "" if it has none."""
    marked = [category.name for category in tariff.categories if category.is_default]
    names = marked or [category.name for category in tariff.categories]
    return names[0] if names else ""


def _joins(tariff: Tariff) -> dict[tuple[str, str], tuple[JoinRule, ...]]:
    """The join rules of every pair of networks; an empty network of a rule is any."""
    found: dict[tuple[str, str], tuple[JoinRule, ...]] = {}
    names = [network.id for network in tariff.networks]
    for rule in tariff.joins:
        for one in [rule.from_network] if rule.from_network else names:
            for other in [rule.to_network] if rule.to_network else names:
                found[one, other] = (*found.get((one, other), ()), rule)
    return found
