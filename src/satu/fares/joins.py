"""The join step: consecutive legs that a join rule makes one effective leg. Pure."""

from __future__ import annotations

import msgspec

from satu.fares.draft import Draft, Unit
from satu.fares.durations import elapsed_ms
from satu.fares.legs import Leg
from satu.fares.prices import Prices
from satu.fares.tariff import JoinRule
from satu.kernel.refusal import UseClass

JOINED_ONTO = (UseClass.COMPLETE, UseClass.INTERCHANGE, UseClass.AUTO_COMPLETED)
JOINING = (*JOINED_ONTO, UseClass.OPEN, UseClass.MISSING_EXIT)


def join_legs(draft: Draft) -> None:
    """Gather legs into units. A chain of joins is one unit; joins do not cross the service day."""
    if len(draft.legs) < 2 or not any(prices.joins for prices in draft.prices):
        return
    units: list[Unit] = []
    for index, leg in enumerate(draft.legs):
        joined = _joined(draft, units[-1], index) if units else None
        if joined is None:
            units.append(Unit(leg, (index,)))
        else:
            units[-1] = joined
    if len(units) == len(draft.legs):
        return
    draft.units = units
    draft.prices = [draft.prices[unit.members[0]] for unit in units]
    if draft.traces is not None:
        draft.traces = [[] for _ in units]


def are_joined(prices: Prices, last: Leg, leg: Leg) -> bool:
    """Whether a join rule makes a leg one with the leg right before it."""
    rules = prices.joins.get((last.network, leg.network))
    return (
        bool(rules)
        and last.day == leg.day
        and last.use_class in JOINED_ONTO
        and leg.use_class in JOINING
        and any(_fits(rule, last, leg, prices) for rule in rules or ())
    )


def _joined(draft: Draft, unit: Unit, index: int) -> Unit | None:
    """A unit and the leg after it as one; None if no rule joins them, or not yet.

    A leg that is still open is joined only where both it and the whole are priced at the entry:
    else what was paid stays paid until it ends, and no money goes back and forth at a gate.
    """
    prices = draft.prices[unit.members[0]]
    last, leg = draft.legs[unit.members[-1]], draft.legs[index]
    if not are_joined(prices, last, leg):
        return None
    members = (*unit.members, index)
    whole = _merged(unit.leg, leg)
    rider = draft.rider
    # Fares v2 wants one network of all legs. Where they differ, the first that can price it.
    networks = dict.fromkeys(draft.legs[member].network for member in members)
    for network in networks:
        named = msgspec.structs.replace(whole, network=network)
        if prices.fits(named, rider.category, rider.medium):
            whole = named
            break
    if leg.use_class is UseClass.OPEN and not all(
        prices.options(one, rider.category, rider.medium) for one in (leg, whole)
    ):
        return None
    return Unit(whole, members)


def _fits(rule: JoinRule, last: Leg, leg: Leg, prices: Prices) -> bool:
    if rule.from_stop or rule.to_stop:
        if last.stop_out != rule.from_stop or leg.stop_in != rule.to_stop:
            return False
    elif not last.stop_out or last.stop_out != leg.stop_in:
        return False
    if not rule.duration_s:
        return leg.started_ms - last.ended_ms <= prices.gap_ms
    taken_ms = elapsed_ms(rule.duration_type, last.started_ms, last.ended_ms, leg)
    return taken_ms <= rule.duration_s * 1000


def _merged(first: Leg, last: Leg) -> Leg:
    """A leg from the one's start to the other's end. `first` may be such a leg itself."""
    is_measured = first.metres is not None and last.metres is not None
    return msgspec.structs.replace(
        first,
        use_class=last.use_class,
        ended_ms=last.ended_ms,
        ended_on=last.ended_on,
        ended_minute=last.ended_minute,
        areas_out=last.areas_out,
        stop_out=last.stop_out,
        metres=(first.metres or 0) + (last.metres or 0) if is_measured else None,
        is_estimated=first.is_estimated or last.is_estimated,
    )
