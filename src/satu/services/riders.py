"""Several riders on one card: each is rated alone, and what they cost is summed. Pure.

The card's holder has every ride; the k-th companion those with more than k riders. Nobody knows
who companions are: they pay as the tariff's usual category, without the card's rights, without
caps, and what their legs mean for later ones (a transfer, a package) ends with the day.
"""

from __future__ import annotations

from collections.abc import Sequence

from satu.fares.legs import NOTHING_RUNS, Leg, PricedLeg, Rated, Rider, Running
from satu.fares.rate import rate
from satu.services.rules import Rules

COSTS_NOTHING = PricedLeg(0, 0, (), is_known=True)  # a touch that is no ride


def rate_riders(
    rules: Rules,
    legs: Sequence[Leg],
    riders: Sequence[int],
    rider: Rider,
    before: Running = NOTHING_RUNS,
    *,
    runs_on: bool = False,
) -> Rated:
    """Price legs of which each was ridden by so many: one priced leg a leg, for all together."""
    rated = rate(rules.prices_on, legs, rider, before, runs_on=runs_on)
    if max(riders, default=1) == 1:
        return rated
    each = [[priced] for priced in rated.legs]
    _add_companions(rules, legs, riders, rider, each, trace=False)
    return Rated(tuple(map(_together, each)), rated.running)


def trace_riders(
    rules: Rules,
    legs: Sequence[Leg],
    riders: Sequence[int],
    rider: Rider,
    before: Running = NOTHING_RUNS,
) -> list[list[PricedLeg]]:
    """For each leg what it costs each of its riders, with traces, the card's holder first."""
    rated = rate(rules.prices_on, legs, rider, before, trace=True)
    each = [[priced] for priced in rated.legs]
    _add_companions(rules, legs, riders, rider, each, trace=True)
    return each


def _add_companions(
    rules: Rules,
    legs: Sequence[Leg],
    riders: Sequence[int],
    rider: Rider,
    each: list[list[PricedLeg]],
    *,
    trace: bool,
) -> None:
    """Rate every companion's legs and add them to those of the legs' other riders."""
    for before_it in range(1, max(riders, default=1)):
        ridden = [index for index, count in enumerate(riders) if count > before_it]
        companion = rules.companion(legs[ridden[-1]].day, rider.medium)
        theirs = [legs[index] for index in ridden]
        rated = rate(rules.prices_on, theirs, companion, trace=trace)
        for index, priced in zip(ridden, rated.legs, strict=True):
            each[index].append(priced)


def _together(each: Sequence[PricedLeg]) -> PricedLeg:
    """One priced leg for all riders of a leg."""
    if len(each) == 1:
        return each[0]
    if not all(priced.is_known for priced in each):
        return PricedLeg(0, 0, (), is_known=False)
    shares: dict[int, int] = {}
    for priced in each:
        for operator, amount in priced.shares:
            shares[operator] = shares.get(operator, 0) + amount
    return PricedLeg(
        sum(priced.full_fare for priced in each),
        sum(priced.fare for priced in each),
        tuple(shares.items()),
        is_known=True,
    )
