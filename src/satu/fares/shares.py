"""What comes out of a rating: a priced leg for each leg, and whose money its fare is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from satu.fares.apportion import Part, filled, owed
from satu.fares.draft import Draft
from satu.fares.legs import PricedLeg, Trace
from satu.fares.tariff import Apportionment


def priced_legs(draft: Draft) -> tuple[PricedLeg, ...]:
    """One priced leg for each leg, in order; shares and traces of each sum to its fare.

    A unit's fare is spread over its legs, each up to its own stand-alone price, the rest to the
    last. A leg's fare is its operator's, unless an apportionment tells otherwise.
    """
    units = range(len(draft.units))
    if len(draft.units) == len(draft.legs):
        priced = [_alone(draft, index) for index in units]
    else:
        found = {leg: one for index in units for leg, one in _of_unit(draft, index)}
        priced = [found[leg] for leg in range(len(draft.legs))]
    if draft.prices[0].shared or draft.prices[-1].shared:
        for rules, members in _shared(draft):
            _apportion(draft, priced, rules, members)
    return tuple(priced)


def _alone(draft: Draft, index: int) -> PricedLeg:
    """A unit of one leg."""
    fare, is_known = draft.fares[index], draft.chosen[index] is not None
    shares = ((draft.units[index].leg.operator, fare),) if fare else ()
    trace = tuple(draft.traces[index]) if draft.traces is not None else ()
    return PricedLeg(draft.own[index], fare, shares, is_known, trace)


def _of_unit(draft: Draft, index: int) -> Iterator[tuple[int, PricedLeg]]:
    """A unit's legs, by their indices."""
    members = draft.units[index].members
    if len(members) == 1:
        yield members[0], _alone(draft, index)
        return
    own = [_own_price(draft, index, member) for member in members]
    traces = _spread_traces(draft.traces[index], own) if draft.traces is not None else None
    is_known = draft.chosen[index] is not None
    for place, fare in enumerate(_spread(draft.fares[index], own)):
        member = members[place]
        shares = ((draft.legs[member].operator, fare),) if fare else ()
        trace = traces[place] if traces is not None else ()
        yield member, PricedLeg(own[place], fare, shares, is_known, trace)


def _own_price(draft: Draft, index: int, member: int) -> int:
    """What a leg of a joined unit would cost by itself; 0 while that waits for its end."""
    rider = draft.rider
    options = draft.prices[index].options(draft.legs[member], rider.category, rider.medium)
    return options[0].amount if options else 0


def _spread(fare: int, own: Sequence[int]) -> list[int]:
    """A fare over legs in order, each up to its own price, the rest to the last."""
    spread = []
    for price in own[:-1]:
        spread.append(min(fare, price))
        fare -= spread[-1]
    return [*spread, fare]


def _spread_traces(traces: Sequence[Trace], own: Sequence[int]) -> list[tuple[Trace, ...]]:
    """A unit's traces by leg: what each rule moved is how it moved the spread of the fare."""
    spread: list[list[Trace]] = [[] for _ in own]
    fare, before = 0, [0] * len(own)
    for trace in traces:
        fare += trace.amount
        after = _spread(fare, own)
        for place, found in enumerate(spread):
            moved = after[place] - before[place]
            if moved or not trace.amount:
                found.append(Trace(trace.step, trace.rule, moved, trace.is_estimated))
        before = after
    return [tuple(found) for found in spread]


def _shared(draft: Draft) -> Iterator[tuple[Apportionment, list[int]]]:
    """Legs that operators share the fares of, and how: a package's, else a joined unit's."""
    in_packages: set[int] = set()
    for name, units in draft.packages:
        rules = draft.prices[units[0]].shared.get(f"package:{name}")
        if rules is not None:
            in_packages.update(units)
            yield rules, [leg for unit in units for leg in draft.units[unit].members]
    for index, unit in enumerate(draft.units):
        if len(unit.members) > 1 and index not in in_packages:
            rules = draft.prices[index].shared.get("join")
            if rules is not None:
                yield rules, list(unit.members)


def _apportion(
    draft: Draft, priced: list[PricedLeg], rules: Apportionment, members: Sequence[int]
) -> None:
    """Replace the shares of some legs: their fares are filled with what is owed, in order."""
    parts = [Part(draft.legs[i], priced[i].full_fare, priced[i].fare) for i in members]
    sources = [
        (part.leg.operator, due) for part, due in zip(parts, owed(rules, parts), strict=True)
    ]
    fares = [part.charged for part in parts]
    for index, shares in zip(members, filled(fares, sources), strict=True):
        priced[index] = msgspec.structs.replace(priced[index], shares=shares)
