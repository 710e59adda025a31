"""What goes into the rating engine and what comes out: legs, riders, priced legs. Pure."""

from __future__ import annotations

from datetime import date

import msgspec

from satu.kernel.refusal import UseClass


class Entitlement(msgspec.Struct, frozen=True, array_like=True):
    """A right to ride as another category, from one service day to another, both included."""

    category: str
    first: date
    last: date


class PassHeld(msgspec.Struct, frozen=True, array_like=True):
    """A period product that was sold with the card: `id` is unique on the card.

    `bought_on` is the service day of the sale.
    """

    id: int
    product: str
    bought_ms: int
    bought_on: date


class Rider(msgspec.Struct, frozen=True):
    """Who rides, as far as a price depends on it.

    `category` is what the card's row says; `medium` a fare medium of the tariff ("": any).
    A companion rides on another's card: nobody knows who, so that no cap adds its legs up.
    """

    category: str = "adult"
    medium: str = ""
    entitlements: tuple[Entitlement, ...] = ()
    passes: tuple[PassHeld, ...] = ()
    is_companion: bool = False


class Leg(msgspec.Struct, frozen=True, gc=False):
    """One ride, or one visit, as a price sees it.

    `day` is the service day on which it began (it chooses the tariff's version). `on` and
    `minute` are the local calendar date and minute of its entry, `ended_on` and `ended_minute`
    those of its exit. `ended_ms` is 0 while it is open, `metres` None if unknown, `is_estimated`
    tells that they rest on an estimate. `areas_in`, `areas_out` are fare areas, `stop_in` and
    `stop_out` stations ("" if that tap is missing).
    """

    network: str
    operator: int
    day: date
    on: date
    minute: int
    started_ms: int
    ended_ms: int
    use_class: UseClass
    areas_in: tuple[str, ...] = ()
    areas_out: tuple[str, ...] = ()
    stop_in: str = ""
    stop_out: str = ""
    ended_on: date | None = None
    ended_minute: int = 0
    metres: int | None = None
    is_estimated: bool = False


class Trace(msgspec.Struct, frozen=True, array_like=True):
    """One rule's part in a fare: the step, the rule's name, and by how much it moved the fare.

    A leg's traces sum to its fare. `is_estimated`: the amount rests on estimated metres.
    """

    step: str
    rule: str
    amount: int
    is_estimated: bool = False


class PricedLeg(msgspec.Struct, frozen=True, gc=False):
    """What a leg costs: `full_fare` by itself, `fare` among the others; `shares` sum to `fare`.

    `is_known` is false while the price waits for the leg's end (both amounts are 0 then).
    `trace` is what made `fare`, in order; it is empty unless asked for.
    """

    full_fare: int
    fare: int
    shares: tuple[tuple[int, int], ...]
    is_known: bool
    trace: tuple[Trace, ...] = ()


class RunningTransfer(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A chain of transfers that can go on: its last leg, and the run of equal groups so far.

    `first_started_ms` and `first_ended_ms` are of the first leg that the run was matched from,
    `count` how many transfers it spans; `given` is what a change can replace: the own fare of the
    chain's first leg while it is the last (0 after a change).
    `network` is that of the last leg, `chain_started_ms` when the chain's very first leg began.
    """

    leg_group: str
    product: str
    medium: str
    started_ms: int
    ended_ms: int
    first_started_ms: int
    first_ended_ms: int
    count: int
    given: int
    until_ms: int
    network: str = ""
    chain_started_ms: int = 0


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
    is_estimated: bool = False


class RunningCap(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A cap's period so far, from the service day `first` on; `rides` are the paid legs.

    `given` is what was charged: within the cap if sequential, else by its whole group. Of best
    value only, `inside` is what legs of its scope cost before the cap, as far as they are paid
    for, and `outside` what the group's other legs did.
    """

    name: str
    first: date
    until_ms: int
    inside: int
    outside: int
    given: int
    rides: int


class RunningPass(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A pass that was used: when it was activated, on which service day, how many legs it covered.

    It goes on for as long as the card has the pass, so that what has ended stays ended.
    """

    id: int
    activated_ms: int
    first: date
    rides: int


class Running(msgspec.Struct, frozen=True, array_like=True):
    """What earlier legs mean for later ones. A day hands it to the next; their fares stay."""

    transfers: tuple[RunningTransfer, ...] = ()
    packages: tuple[RunningPackage, ...] = ()
    caps: tuple[RunningCap, ...] = ()
    passes: tuple[RunningPass, ...] = ()

    def since(self, at_ms: int) -> Running:
        """What still matters to a leg that begins at `at_ms` or later."""
        if self is NOTHING_RUNS:
            return self
        return Running(
            tuple([one for one in self.transfers if one.until_ms >= at_ms]),
            tuple([one for one in self.packages if one.until_ms >= at_ms]),
            tuple([one for one in self.caps if one.until_ms > at_ms]),
            self.passes,
        )


NOTHING_RUNS = Running()


class Rated(msgspec.Struct, frozen=True):
    """The outcome of a rating: one priced leg for each leg, and, if asked, what runs on after."""

    legs: tuple[PricedLeg, ...]
    running: Running
