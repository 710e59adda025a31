"""The entitlement step: what a rider's categories pay instead, and dated overrides. Pure.

`ways` and `reduced` are asked by the transfer step too, which chooses among a leg's options anew.
"""

from __future__ import annotations

from typing import NamedTuple

from satu.fares.amounts import rounded_units
from satu.fares.draft import Draft
from satu.fares.legs import Leg, Rider
from satu.fares.prices import Option, Prices
from satu.fares.tariff import Concession, SpecialDay

# What a ride costs that is free wherever it ends: no price of its own, for that is not known yet.
FREE = Option(0, "", "", "", is_plain=False, is_transfer_only=False, rule="free")


class Way(NamedTuple):
    """One way to pay for a unit: an option, for one of the rider's categories, and its fare.

    `is_conceded`: concessions have been taken off, and hold for what a transfer costs.
    """

    fare: int
    option: Option
    category: str
    is_conceded: bool = True


def apply_concessions(draft: Draft) -> None:
    """Lower fares to the cheapest that any one of the rider's categories pays; never raise one."""
    rider = draft.rider
    for index, unit in enumerate(draft.units):
        prices = draft.prices[index]
        is_usual = not rider.entitlements and rider.category not in prices.concessions
        if is_usual and unit.leg.day not in prices.special_days:
            continue
        option = draft.chosen[index]
        categories = categories_of(rider, unit.leg)
        if option is None:
            _free_from_the_start(draft, index, categories)
            continue
        if len(categories) > 1 or categories[0] in prices.concessions:
            _apply_category(draft, index, option, categories)
        special = _special_day(prices, unit.leg, categories)
        if special is not None and special.amount < draft.fares[index]:
            draft.change(index, "entitlement", f"day:{special.name}", special.amount)


def _free_from_the_start(draft: Draft, index: int, categories: tuple[str, ...]) -> None:
    """A ride that costs nothing wherever it ends waits for no end: nothing is asked for or held."""
    prices, leg = draft.prices[index], draft.units[index].leg
    for category in categories:
        if any(
            0 in (one.percent, one.amount) and _covers(one, prices, leg)
            for one in prices.concessions.get(category, ())
        ):
            draft.chosen[index] = FREE
            draft.change(index, "entitlement", f"category:{category}", 0)
            return


def categories_of(rider: Rider, leg: Leg) -> tuple[str, ...]:
    """The rider's own category, then those of the entitlements in force that service day."""
    if not rider.entitlements:
        return (rider.category,)
    entitled = (one.category for one in rider.entitlements if one.first <= leg.day <= one.last)
    return tuple(dict.fromkeys((rider.category, *entitled)))


def ways(draft: Draft, index: int) -> list[Way]:
    """Every way to pay for a unit after concessions; the first that needs no transfer is what it
    costs by itself.
    """
    leg, prices, rider = draft.units[index].leg, draft.prices[index], draft.rider
    options = draft.options[index]
    if not (rider.entitlements or prices.special_days or rider.category in prices.concessions):
        return [Way(option.amount, option, rider.category) for option in options]
    categories = categories_of(rider, leg)
    found = [
        Way(reduced(prices, leg, categories, category, option.amount), option, category)
        for category in categories
        for option in (
            options if category == rider.category else prices.options(leg, category, rider.medium)
        )
    ]
    found.sort(key=lambda way: (way.option.is_transfer_only, way.fare))
    return found


def reduced(
    prices: Prices, leg: Leg, categories: tuple[str, ...], category: str, amount: int
) -> int:
    """What a leg costs one of the rider's categories whose price for it is `amount`."""
    least = _conceded(prices, leg, category, amount)
    special = _special_day(prices, leg, categories)
    return least if special is None else min(least, special.amount)


def _apply_category(draft: Draft, index: int, option: Option, categories: tuple[str, ...]) -> None:
    """Charge the unit as the one category that pays least for it.

    Where an earlier step moved the fare, concessions are taken from what it left.
    """
    prices, leg = draft.prices[index], draft.units[index].leg
    fare = draft.fares[index]
    is_moved = fare != option.amount
    best = Way(_conceded(prices, leg, categories[0], fare), option, categories[0])
    for category in categories[1:]:
        options = (option,) if is_moved else prices.options(leg, category, draft.rider.medium)
        for other in options[:1]:
            least = _conceded(prices, leg, category, fare if is_moved else other.amount)
            if least < best.fare:
                best = Way(least, other, category)
    if best.fare < fare:
        draft.chosen[index] = best.option
        draft.change(index, "entitlement", f"category:{best.category}", best.fare)


def _conceded(prices: Prices, leg: Leg, category: str, amount: int) -> int:
    """An amount after the cheapest of a category's concessions for a leg; never more."""
    least = amount
    for concession in prices.concessions.get(category, ()):
        if _covers(concession, prices, leg):
            if concession.percent is not None:
                rounding = prices.tariff.rounding
                least = min(least, rounded_units(amount * concession.percent, 100, rounding))
            if concession.amount is not None:
                least = min(least, concession.amount)
    return least


def _covers(concession: Concession, prices: Prices, leg: Leg) -> bool:
    if concession.networks and leg.network not in concession.networks:
        return False
    return not concession.timeframe or prices.is_in(concession.timeframe, leg.on, leg.minute)


def _special_day(prices: Prices, leg: Leg, categories: tuple[str, ...]) -> SpecialDay | None:
    """The cheapest dated override for a leg."""
    if leg.day not in prices.special_days:
        return None
    found = [
        special
        for special in prices.special_days[leg.day]
        if (not special.networks or leg.network in special.networks)
        and (not special.categories or not set(categories).isdisjoint(special.categories))
    ]
    return min(found, key=lambda special: special.amount, default=None)
