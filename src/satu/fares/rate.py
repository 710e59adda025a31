"""The rating engine: legs in, priced legs out. Pure; called by services' folds and by readers.

Re-rating the whole list is the only operation: a leg that is added, ended or found later changes
what its neighbours cost, and whoever posts money posts the difference. No clock, whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from satu.fares.draft import Draft
from satu.fares.legs import NOTHING_RUNS, Leg, PricedLeg, Rated, Rider, Running
from satu.fares.packages import apply_packages
from satu.fares.prices import Prices
from satu.fares.transfers import apply_transfers


def rate(
    prices_on: Callable[[date], Prices],
    legs: Sequence[Leg],
    rider: Rider,
    before: Running = NOTHING_RUNS,
    *,
    trace: bool = False,
    runs_on: bool = False,
) -> Rated:
    """Price legs, in order of their starts, each by the version in force when it began.

    `before` is what earlier days' legs handed on (their fares stay as they were charged); with
    `runs_on` the outcome tells what these legs hand on. The order of steps is that of the newest
    leg's version. LookupError: no tariff, or a network that the tariff does not have.
    """
    if not legs:
        return Rated((), before)
    draft = Draft(prices_on, legs, rider, before, trace, runs_on)
    for name in draft.prices[-1].steps:
        STEPS[name](draft)
    return Rated(_priced(draft), Running(draft.windows, draft.packages))


def price_legs(draft: Draft) -> None:
    """The first step: what each leg costs by itself."""
    category = draft.rider.category
    for index, leg in enumerate(draft.legs):
        price = draft.prices[index].leg(leg, category)
        amount = price.amount if price else 0
        draft.fares.append(amount)
        draft.full_fares.append(amount)
        draft.is_known.append(price is not None)
        draft.is_plain.append(price is not None and price.is_plain)
        if price:
            draft.note(index, price.rule)


# A tariff names its steps; `satu.fares.tariff.KNOWN_STEPS` are these names.
STEPS: dict[str, Callable[[Draft], None]] = {
    "leg": price_legs,
    "transfer": apply_transfers,
    "package": apply_packages,
}


def _priced(draft: Draft) -> tuple[PricedLeg, ...]:
    priced = []
    for index, leg in enumerate(draft.legs):
        fare = draft.fares[index]
        assert fare >= 0, "a fare is never below nothing"
        shares = ((leg.operator, fare),) if fare else ()
        trace = tuple(draft.traces[index]) if draft.traces else ()
        full_fare, is_known = draft.full_fares[index], draft.is_known[index]
        priced.append(PricedLeg(full_fare, fare, shares, is_known, trace))
    return tuple(priced)
