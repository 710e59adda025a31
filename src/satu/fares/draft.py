"""A rating in the making: what the steps read and write, one entry of each list a leg. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from satu.fares.legs import Leg, Rider, Running, RunningPackage, TransferWindow
from satu.fares.prices import Prices


class Draft:
    """`fares` is changed step by step; `is_plain`: known, and no price for a missing tap.

    Only if `runs_on` do steps work out what later legs must know (`windows`, `packages`).
    """

    __slots__ = (
        "before",
        "fares",
        "full_fares",
        "is_known",
        "is_plain",
        "legs",
        "packages",
        "prices",
        "rider",
        "runs_on",
        "traces",
        "windows",
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
        self.legs = legs
        self.prices = [prices_on(leg.day) for leg in legs]
        self.rider = rider
        self.before = before
        self.runs_on = runs_on
        self.fares: list[int] = []
        self.full_fares: list[int] = []
        self.is_known: list[bool] = []
        self.is_plain: list[bool] = []
        self.traces: list[list[str]] | None = [[] for _ in legs] if trace else None
        self.windows: tuple[TransferWindow, ...] = before.windows
        self.packages: tuple[RunningPackage, ...] = before.packages

    def note(self, index: int, rule: str) -> None:
        """Write a rule's name into a leg's trace, if one is kept."""
        if self.traces is not None:
            self.traces[index].append(rule)
