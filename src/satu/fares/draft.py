"""A rating in the making: what the steps read and write, one entry of each list a unit. Pure.

A unit is an effective leg: one leg, or several that a join rule makes one. Steps change a unit's
fare through `change` alone, so that the traces of a fare always sum to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import msgspec

from satu.fares.legs import Leg, Rider, Running, Trace
from satu.fares.prices import Option, Prices


class Unit(msgspec.Struct, frozen=True, gc=False):
    """An effective leg: as the price sees it, and the indices of the legs that make it up."""

    leg: Leg
    members: tuple[int, ...]


class Draft:
    """Lists by unit: `own`, what each costs by itself; `fares`, as they stand; `options`, every
    way to pay for it as the rider's own category; `chosen`, the one that its fare came from (None:
    it waits for the leg's end). A unit whose option is not plain takes no part in transfers and
    packages, and in caps only where those count it.

    Only if `runs_on` do steps put what later legs must know into `after`, each its own part.
    `packages` are those that apply, each with the units it covers: what shares are worked out by.
    """

    __slots__ = (
        "after",
        "before",
        "chosen",
        "fares",
        "legs",
        "options",
        "own",
        "packages",
        "prices",
        "prices_on",
        "rider",
        "runs_on",
        "traces",
        "units",
    )

    def __init__(
        self,
        prices_on: Callable[[date], Prices],
        legs: Sequence[Leg],
        rider: Rider,
        before: Running,
        trace: bool,
        runs_on: bool,
    ) -> None:
        self.prices_on = prices_on
        self.legs = legs
        self.units = [Unit(leg, (index,)) for index, leg in enumerate(legs)]
        self.prices = [prices_on(leg.day) for leg in legs]
        self.rider = rider
        self.before = before
        self.after = before
        self.runs_on = runs_on
        self.packages: list[tuple[str, list[int]]] = []
        self.own: list[int] = []
        self.fares: list[int] = []
        self.options: list[tuple[Option, ...]] = []
        self.chosen: list[Option | None] = []
        self.traces: list[list[Trace]] | None = [[] for _ in legs] if trace else None

    def is_plain(self, index: int) -> bool:
        """Whether a unit's price is known and its own, not one for a missing tap."""
        option = self.chosen[index]
        return option is not None and option.is_plain

    def change(
        self, index: int, step: str, rule: str, fare: int, is_estimated: bool = False
    ) -> None:
        """Make `fare` what a unit costs; a rule that leaves it as it was is noted with 0.

        `is_estimated`: the rule itself rests on estimated metres; those of the unit's price tell.
        """
        assert fare >= 0, "a fare is never below nothing"
        if self.traces is not None:
            option = self.chosen[index]
            is_estimated = is_estimated or (option is not None and option.is_estimated)
            moved = Trace(step, rule, fare - self.fares[index], is_estimated)
            self.traces[index].append(moved)
        self.fares[index] = fare
