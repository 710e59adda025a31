"""The rating engine: legs in, priced legs out. Pure; called by services' folds and by readers.

Re-rating the whole list is the only operation: a leg that is added, ended or found later changes
what its neighbours cost, and whoever posts money posts the difference. No clock, whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from satu.fares.caps import apply_caps
from satu.fares.concessions import apply_concessions
from satu.fares.draft import Draft
from satu.fares.joins import join_legs
from satu.fares.leg_fares import price_units
from satu.fares.legs import NOTHING_RUNS, Leg, Rated, Rider, Running
from satu.fares.packages import apply_packages
from satu.fares.passes import apply_passes
from satu.fares.prices import Prices
from satu.fares.rounding import apply_rounding
from satu.fares.shares import priced_legs
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
    for name in _steps(draft):
        STEPS[name](draft)
    return Rated(priced_legs(draft), draft.after)


def _steps(draft: Draft) -> tuple[str, ...]:
    """The steps that can change something, in order; most days are one leg when they are rated."""
    newest, before = draft.prices[-1], draft.before
    if len(draft.legs) == 1 and not (draft.runs_on or before.transfers or before.packages):
        return newest.lone_steps
    return newest.used_steps if draft.prices[0] is newest else newest.steps


# A tariff names its steps; `satu.fares.tariff.STEPS` are these names, in their usual order.
STEPS: dict[str, Callable[[Draft], None]] = {
    "join": join_legs,
    "leg": price_units,
    "entitlement": apply_concessions,
    "pass": apply_passes,
    "transfer": apply_transfers,
    "package": apply_packages,
    "cap": apply_caps,
    "rounding": apply_rounding,
}
