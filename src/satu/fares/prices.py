"""A tariff made ready for pricing: look-ups, not lists. Pure; slow to build, fast to ask."""

from __future__ import annotations

from typing import NamedTuple

from satu.fares.legs import Leg
from satu.fares.tariff import Charge, Flat, LegRule, Network, Package, Tariff, TransferRule, faults
from satu.kernel.refusal import UseClass

MINUTE_MS = 60_000
MINUTES_A_DAY = 1_440


class LegPrice(NamedTuple):
    """What a leg costs by itself. `is_plain`: its own price, not one for a missing tap."""

    amount: int
    is_plain: bool
    rule: str


class _Fares:
    """A leg rule made ready: its band of the clock, its amount or its table."""

    __slots__ = ("amount", "amounts", "dearest_from", "dearest_to", "end", "plain", "start")

    def __init__(self, rule: LegRule, band: tuple[int, int]) -> None:
        self.start, self.end = band
        self.amounts: dict[tuple[str, str], int] | None = None
        self.dearest_from: dict[str, int] = {}
        self.dearest_to: dict[str, int] = {}
        name = f"leg:{rule.network}" + "".join(
            f"/{p}" for p in (rule.timeframe, rule.category) if p
        )
        if isinstance(rule.price, Flat):
            self.amount = rule.price.amount
        else:
            self.amounts = {(a, b): amount for a, b, amount in rule.price.rows}
            self.amount = max(self.amounts.values(), default=0)
            for (area_in, area_out), amount in self.amounts.items():
                self.dearest_from[area_in] = max(amount, self.dearest_from.get(area_in, 0))
                self.dearest_to[area_out] = max(amount, self.dearest_to.get(area_out, 0))
        self.plain = LegPrice(self.amount, True, name)

    def dearest(self, leg: Leg) -> int:
        """The dearest from the known entry or to the known exit; else of the whole table."""
        found = self.dearest_from.get(leg.area_in)
        if found is None:
            found = self.dearest_to.get(leg.area_out)
        return self.amount if found is None else found


class Prices:
    """One tariff version, ready to price legs. ValueError, naming every fault, if it has any."""

    def __init__(self, tariff: Tariff) -> None:
        found = faults(tariff)
        if found:
            raise ValueError(f"tariff {tariff.version} cannot be used: " + "; ".join(found))
        self.tariff = tariff
        self.networks: dict[str, Network] = {network.id: network for network in tariff.networks}
        self.steps = tariff.steps
        self.package_of: dict[str, tuple[Package, str]] = {
            name: (package, mode[0])
            for package in tariff.packages
            for mode in package.modes
            for name in mode
        }
        self.transfers_to: dict[str, tuple[TransferRule, ...]] = {}
        self.transfer_ms: dict[str, int] = {}
        for rule in tariff.transfers:
            known = self.transfers_to.get(rule.to_network, ())
            self.transfers_to[rule.to_network] = (*known, rule)
            longest = self.transfer_ms.get(rule.from_network, 0)
            self.transfer_ms[rule.from_network] = max(longest, rule.duration_minutes * MINUTE_MS)
        self._fares = self._made_ready(tariff)

    @staticmethod
    def _made_ready(tariff: Tariff) -> dict[str, dict[str, tuple[_Fares, ...]]]:
        bands = {t.name: (t.start_minute, t.end_minute) for t in tariff.timeframes}
        bands[""] = (0, MINUTES_A_DAY)
        ready = [(rule, _Fares(rule, bands[rule.timeframe])) for rule in tariff.leg_rules]
        names = ["", *(category.name for category in tariff.categories)]
        return {
            category: {
                network.id: tuple(
                    fares
                    for rule, fares in ready
                    if rule.network == network.id and rule.category in ("", category)
                )
                for network in tariff.networks
            }
            for category in names
        }

    def leg(self, leg: Leg, category: str) -> LegPrice | None:
        """What a leg costs by itself; None while that waits for its end.

        A category the tariff does not know pays what everyone pays. LookupError: no such network.
        """
        fares = self._at(leg, category)
        network = self.networks[leg.network]
        match leg.use_class:
            case UseClass.OPEN:
                is_flat = fares.amounts is None
                is_known = is_flat and (network.charge_at == "entry" or fares.amount == 0)
                return fares.plain if is_known else None
            case UseClass.COMPLETE:
                if leg.ended_ms - leg.started_ms <= network.longest_minutes * MINUTE_MS:
                    return self._by_table(fares, leg)
                if network.over_time.kind == "own":
                    return self._by_table(fares, leg)
                return self._charged(network.over_time, fares, leg, "over_time")
            case UseClass.MISSING_EXIT:
                return self._charged(network.missing_exit, fares, leg, "missing_exit")
            case UseClass.MISSING_ENTRY:
                return self._charged(network.missing_entry, fares, leg, "missing_entry")
            case UseClass.SAME_STATION:
                return self._charged(self._same_station(network, leg), fares, leg, "same_station")
        raise ValueError(f"a leg cannot be {leg.use_class.code}")

    def _at(self, leg: Leg, category: str) -> _Fares:
        networks = self._fares.get(category) or self._fares[""]
        for fares in networks[leg.network]:
            if fares.start <= leg.minute < fares.end:
                return fares
        raise LookupError(f"no price for {leg.network} at minute {leg.minute}")

    @staticmethod
    def _by_table(fares: _Fares, leg: Leg) -> LegPrice:
        if fares.amounts is None:
            return fares.plain
        amount = fares.amounts.get((leg.area_in, leg.area_out))
        if amount is None:  # a station the table does not know: as if that tap were missing
            return LegPrice(fares.dearest(leg), False, fares.plain.rule + "/pair_unknown")
        return LegPrice(amount, True, fares.plain.rule)

    @staticmethod
    def _charged(charge: Charge, fares: _Fares, leg: Leg, why: str) -> LegPrice:
        if charge.kind == "flat":
            return LegPrice(charge.amount, False, why)
        if charge.kind == "own" and fares.amounts is None:
            return LegPrice(fares.amount, leg.use_class is UseClass.MISSING_EXIT, fares.plain.rule)
        return LegPrice(fares.dearest(leg), False, why)

    @staticmethod
    def _same_station(network: Network, leg: Leg) -> Charge:
        minutes = (leg.ended_ms - leg.started_ms) // MINUTE_MS
        reached = [row for row in network.same_station if row.from_minutes <= minutes]
        return max(reached, key=lambda row: row.from_minutes).charge if reached else Charge()
