"""What a network sells to a rider category on a medium, and what that costs for a leg. Pure.

A `Market` remembers which offers there are for the ends of a leg, so that a flat fare is a
look-up. Asked by `satu.fares.prices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from satu.fares.legs import Leg
from satu.fares.matching import End, LegRules
from satu.fares.products import Offer, Option, Products
from satu.fares.tariff import Charge, Network
from satu.fares.timeframes import Clock
from satu.kernel.refusal import WHOLE_CLASSES, UseClass

MINUTE_MS = 60_000
LAST_WARES = 65_536  # pairs of ends whose offers are kept at hand

# One end of a leg as rules see it: (areas, timeframes), an `End` that is cheap to make.
Sight = tuple[tuple[str, ...], tuple[str, ...]]
NOWHERE: Sight = ((), ())
_Asked = tuple[Sight | None, Sight | None, tuple[str, ...], tuple[str, ...]]


class Wares(NamedTuple):
    """What there is for two ends. `known`: the options, if neither the ends that are unknown nor
    the length of the leg can change them; `lots`: the offers of each pair of ends that may be.
    """

    known: tuple[Option, ...] | None
    lots: tuple[tuple[Offer, ...], ...]


FREE_CLASSES = (UseClass.PASSBACK, UseClass.DUPLICATE)


class Market:
    """One network's offers to one rider.

    `buyers` are the rider's category and medium, then those to fall back on, so that nobody's
    fare is unknown.
    """

    def __init__(
        self,
        network: Network,
        rules: LegRules,
        clock: Clock,
        products: Products,
        buyers: Sequence[tuple[str, str]],
    ) -> None:
        self.network = network
        self.rules = rules
        self.clock = clock
        self.products = products
        self.buyers = buyers
        self._wares: dict[tuple[Sight | None, Sight | None], Wares] = {}
        self._dearest_of: dict[_Asked, int | None] = {}
        self._areas_in: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._areas_out: dict[tuple[str, ...], tuple[str, ...]] = {}

    def options(self, leg: Leg) -> tuple[Option, ...]:
        """Every way to pay, those that need a transfer last, else the cheapest first.

        Empty while the price waits for the leg's end. ValueError: a void leg.
        """
        use_class = leg.use_class
        if use_class is UseClass.COMPLETE or use_class is UseClass.OPEN:
            end_in = self._end_in(leg)
            if use_class is UseClass.OPEN:
                return self._open(end_in)
            return self._whole(leg, end_in)
        if use_class in FREE_CLASSES:
            return (_charged(0, use_class.code),)
        charge = charge_for(self.network, leg)
        if charge is None or (charge.kind == "own" and use_class in WHOLE_CLASSES):
            return self._whole(leg, self._end_in(leg))
        if charge.kind == "flat":
            return (_charged(charge.amount, use_class.code),)
        if charge.kind == "own":
            return self._own(leg)
        return self._dearest(leg, use_class.code)

    def fits(self, leg: Leg) -> bool:
        """Whether rules price the leg from its entry, and to its exit if that is known."""
        is_whole = leg.use_class in WHOLE_CLASSES
        end_out = self._end_out(leg) if is_whole else None
        lots = self._wares_of(self._end_in(leg), end_out).lots
        return any(not is_whole or _priced(lot, leg) for lot in lots)

    def _open(self, end_in: Sight) -> tuple[Option, ...]:
        known = self._wares_of(end_in, None).known
        if known is None or (self.network.charge_at == "exit" and known[0].amount):
            return ()
        return known

    def _whole(self, leg: Leg, end_in: Sight) -> tuple[Option, ...]:
        """Both ends are known; what no rule or table knows costs as if a tap were missing."""
        wares = self._wares_of(end_in, self._end_out(leg))
        if wares.known is not None:
            return wares.known
        found = _priced(wares.lots[0], leg) if wares.lots else ()
        if found:
            return found
        is_length_unknown = leg.metres is None and any(
            offer.amount.is_by_metres for lot in wares.lots for offer in lot
        )
        return self._dearest(leg, "length_unknown" if is_length_unknown else "pair_unknown")

    def _own(self, leg: Leg) -> tuple[Option, ...]:
        """As if nothing were missing, where the missing end makes no difference."""
        if leg.use_class is UseClass.MISSING_EXIT:
            known = self._wares_of(self._end_in(leg), None).known
            if known is not None:
                return known
        elif leg.use_class is UseClass.MISSING_ENTRY:
            known = self._wares_of(None, self._end_out(leg)).known
        else:
            wares = self._wares_of(self._end_in(leg), self._end_out(leg))
            known = wares.known or (_priced(wares.lots[0], leg) if wares.lots else None)
        if known:
            return (known[0]._replace(is_plain=False),)
        return self._dearest(leg, leg.use_class.code)

    def _dearest(self, leg: Leg, why: str) -> tuple[Option, ...]:
        """The dearest from the entry, else to the exit, else of the network."""
        end_in = None if leg.use_class is UseClass.MISSING_ENTRY else self._end_in(leg)
        end_out = None if leg.use_class is UseClass.MISSING_EXIT else self._end_out(leg)
        key = (end_in, end_out, leg.areas_in, leg.areas_out)
        if key not in self._dearest_of:
            if len(self._dearest_of) >= LAST_WARES:
                self._dearest_of.clear()
            self._dearest_of[key] = self._dearest_amount(*key)
        amount = self._dearest_of[key]
        return (_charged(0, "no_rule") if amount is None else _charged(amount, why),)

    def _dearest_amount(
        self,
        end_in: Sight | None,
        end_out: Sight | None,
        areas_in: tuple[str, ...],
        areas_out: tuple[str, ...],
    ) -> int | None:
        tries = [ends for ends in ((end_in, None), (None, end_out)) if ends != (None, None)]
        for ends in (*tries, (None, None)):
            lots = self._wares_of(*ends).lots
            if lots:
                return max(
                    min(one.amount.dearest(areas_in, areas_out) for one in _usual(lot))
                    for lot in lots
                )
        return None

    def _wares_of(self, end_in: Sight | None, end_out: Sight | None) -> Wares:
        """What there is for two ends; None is an end that nobody knows."""
        key = (end_in, end_out)
        wares = self._wares.get(key)
        if wares is None:
            if len(self._wares) >= LAST_WARES:
                self._wares.clear()
            wares = self._wares[key] = self._looked_up(end_in, end_out)
        return wares

    def _looked_up(self, end_in: Sight | None, end_out: Sight | None) -> Wares:
        lots: dict[tuple[int, ...], tuple[Offer, ...]] = {}
        known_in = None if end_in is None else End(*end_in)
        known_out = None if end_out is None else End(*end_out)
        for one_in in self.rules.ends_in(known_out) if known_in is None else (known_in,):
            for one_out in self.rules.ends_out(one_in) if known_out is None else (known_out,):
                numbers = self.rules.fitting(one_in, one_out)
                if numbers not in lots:
                    lots[numbers] = self._lot(numbers)
        found = tuple(lot for lot in lots.values() if lot)
        return Wares(_known(found), found)

    def _lot(self, numbers: tuple[int, ...]) -> tuple[Offer, ...]:
        """The offers of some leg rules: the rider's own, else those to fall back on.

        An offer for transfers only is not one to fall back on, nor enough of one's own.
        """
        own: tuple[Offer, ...] = ()
        for buyer in self.buyers:
            lot = tuple(one for number in numbers for one in self.products.offers(number, *buyer))
            if any(not offer.is_transfer_only for offer in lot):
                return own + tuple(one for one in lot if not (own and one.is_transfer_only))
            own = own or lot
        return own

    def _end_in(self, leg: Leg) -> Sight:
        rules = self.rules
        if rules.looks_at_area_in:
            areas = _listed(leg.areas_in, rules.listed_in, self._areas_in)
            return areas, self.clock.at(leg.on, leg.minute) if rules.looks_at_time_in else ()
        return ((), self.clock.at(leg.on, leg.minute)) if rules.looks_at_time_in else NOWHERE

    def _end_out(self, leg: Leg) -> Sight:
        rules = self.rules
        if not (rules.looks_at_area_out or rules.looks_at_time_out):
            return NOWHERE
        areas: tuple[str, ...] = ()
        timeframes: tuple[str, ...] = ()
        if rules.looks_at_area_out:
            areas = _listed(leg.areas_out, rules.listed_out, self._areas_out)
        if rules.looks_at_time_out and leg.ended_on is not None:
            timeframes = self.clock.at(leg.ended_on, leg.ended_minute)
        return areas, timeframes


def charge_for(network: Network, leg: Leg) -> Charge | None:
    """The rule for a leg that is not as it should be; None: it is priced as it was ridden."""
    match leg.use_class:
        case UseClass.MISSING_EXIT:
            return network.missing_exit
        case UseClass.MISSING_ENTRY:
            return network.missing_entry
        case UseClass.SAME_STATION:
            return _same_station(network, leg)
        case UseClass.OVER_TIME:
            return network.over_time
        case UseClass.VOID:
            raise ValueError("a leg cannot be void")
    return None


def _same_station(network: Network, leg: Leg) -> Charge:
    minutes = (leg.ended_ms - leg.started_ms) // MINUTE_MS
    reached = [row for row in network.same_station if row.from_minutes <= minutes]
    return max(reached, key=lambda row: row.from_minutes).charge if reached else Charge()


def _listed(
    areas: tuple[str, ...], listed: frozenset[str], known: dict[tuple[str, ...], tuple[str, ...]]
) -> tuple[str, ...]:
    """Those of a stop's areas that rules name; there are few different answers."""
    found = known.get(areas)
    if found is None:
        if len(known) >= LAST_WARES:
            known.clear()
        found = known[areas] = tuple(sorted(listed.intersection(areas)))
    return found


def _known(lots: Sequence[tuple[Offer, ...]]) -> tuple[Option, ...] | None:
    """The options, if all that may be sold is the same and flat."""
    if not lots or not all(offer.amount.is_flat for lot in lots for offer in lot):
        return None
    found = [
        _sorted([offer.option(offer.amount.dearest((), ()), False) for offer in lot])
        for lot in lots
    ]
    alike = {tuple(option._replace(leg_rule=-1) for option in options) for options in found}
    return found[0] if len(alike) == 1 else None


def _usual(lot: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """The offers that need no transfer; all of them where every one does."""
    return tuple(offer for offer in lot if not offer.is_transfer_only) or lot


def _priced(lot: tuple[Offer, ...], leg: Leg) -> tuple[Option, ...]:
    options = []
    for offer in lot:
        amount = offer.amount.of(leg)
        if amount is not None:
            is_estimated = leg.is_estimated and offer.amount.is_by_metres
            options.append(offer.option(amount, is_estimated))
    return _sorted(options)


def _sorted(options: list[Option]) -> tuple[Option, ...]:
    if len(options) < 2:
        return tuple(options)
    return tuple(sorted(options, key=lambda one: (one.is_transfer_only, one.amount, one.leg_rule)))


def _charged(amount: int, why: str) -> Option:
    return Option(amount, "", "", "", False, False, why)
