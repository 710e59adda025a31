"""What goes into the rating engine and what comes out: legs, riders, priced legs. Pure."""

from __future__ import annotations

from datetime import date

import msgspec

from satu.kernel.refusal import UseClass


class Rider(msgspec.Struct, frozen=True):
    """Who rides, as far as a price depends on it."""

    category: str = "adult"


class Leg(msgspec.Struct, frozen=True, gc=False):
    """One ride, or one visit, as a price sees it.

    `day` is the service day on which it began (it chooses the tariff's version), `minute` the
    local minute of the day at its entry, `ended_ms` 0 while it is open, `metres` None if unknown.
    """

    network: str
    operator: int
    day: date
    minute: int
    started_ms: int
    ended_ms: int
    use_class: UseClass
    area_in: str = ""
    area_out: str = ""
    metres: int | None = None


class PricedLeg(msgspec.Struct, frozen=True, gc=False):
    """What a leg costs: `full_fare` by itself, `fare` among the others; `shares` sum to `fare`.

    `is_known` is false while the price waits for the leg's end (both amounts are 0 then).
    `trace` names the rules that made `fare`, in order; it is empty unless asked for.
    """

    full_fare: int
    fare: int
    shares: tuple[tuple[int, int], ...]
    is_known: bool
    trace: tuple[str, ...] = ()


class TransferWindow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A chain of transfers that can go on: from which network, since when, until when."""

    network: str
    started_ms: int
    until_ms: int


class RunningPackage(msgspec.Struct, frozen=True, array_like=True):
    """A package that can go on: what its legs add up to, and `given`, what they were charged."""

    name: str
    started_ms: int
    last_ms: int
    until_ms: int
    modes: tuple[str, ...]
    metres: int
    unknown: int
    surcharge: int
    is_continued: bool
    given: int


class Running(msgspec.Struct, frozen=True, array_like=True):
    """What earlier legs mean for later ones. A day hands it to the next; their fares stay."""

    windows: tuple[TransferWindow, ...] = ()
    packages: tuple[RunningPackage, ...] = ()

    def since(self, at_ms: int) -> Running:
        """What still matters to a leg that begins at `at_ms` or later."""
        return Running(
            tuple(window for window in self.windows if window.until_ms >= at_ms),
            tuple(package for package in self.packages if package.until_ms >= at_ms),
        )


NOTHING_RUNS = Running()


class Rated(msgspec.Struct, frozen=True):
    """The outcome of a rating: one priced leg for each leg, and, if asked, what runs on after."""

    legs: tuple[PricedLeg, ...]
    running: Running
