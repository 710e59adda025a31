"""What a service is: a pure fold over one card's taps of a day. Called by taps.engine and readers.

A service registers itself under the kinds of point it serves; nobody else knows its name. Its
state is a msgspec Struct that holds the whole day: `fold` is given the state before a tap and
returns the state after it, what the tap meant and every use of the day as it now stands.
Nothing here knows a balance, a clock or a database.
"""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from satu.fares.legs import PricedLeg
from satu.fares.legs import Rider as Rider
from satu.kernel.refusal import Meaning, Outcome, UseClass
from satu.services.rules import Rules

ENTRY, EXIT, EITHER = 1, 2, 0


class TapSeen(msgspec.Struct, frozen=True):
    """A tap as a fold sees it: `at_ms` is corrected device time; route 0 is "not told".

    `riders` is how many people go in, or out, on this touch of the card.
    """

    id: int
    at_ms: int
    point: int
    route: int = 0
    direction: int = EITHER
    riders: int = 1


class Use(msgspec.Struct, frozen=True, array_like=True):
    """What taps add up to: a journey's leg, a visit. `id` is its first tap.

    `fare` is what the use costs now, `full_fare` what it would cost alone; `shares` are the
    (operator, amount) pairs that make up `fare`; `held` is reserved while the end is open. All
    amounts are for all `riders` together.
    Times are milliseconds since 1970; `ended_ms` 0 is "not ended".
    """

    id: int
    kind: str
    point_in: int
    point_out: int
    route: int
    started_ms: int
    ended_ms: int
    use_class: UseClass
    full_fare: int
    fare: int
    shares: tuple[tuple[int, int], ...]
    held: int = 0
    riders: int = 1


class Step(msgspec.Struct, frozen=True):
    """The outcome of folding one tap.

    `uses` are all uses of the state, in order of their first taps. `minimum` is the balance
    asked for before this entry (0: none asked); `is_entry` tells guards that funds may refuse.
    `refusal` is why a reader that asks is told no, whatever the balance; a tap that was let in
    offline is folded all the same.
    """

    state: Any
    meaning: Meaning
    uses: tuple[Use, ...]
    minimum: int = 0
    is_entry: bool = False
    refusal: Outcome = Outcome.ACCEPTED


class Service(Protocol):
    """One module's rules. `State` must encode to the same bytes for equal states."""

    name: str
    point_kinds: tuple[str, ...]
    State: type[Any]

    def start(self, carried: Any | None) -> Any:
        """The state in which a day begins; `carried` is what the day before handed on."""

    def standing(self, rules: Rules, carried: Any, rider: Rider) -> tuple[Use, ...]:
        """The uses that a day begins with: those that the day before handed on, still open."""

    def fold(self, rules: Rules, state: Any, tap: TapSeen, rider: Rider) -> Step:
        """Fold one tap, not earlier than those already folded."""

    def close(self, rules: Rules, state: Any, end_ms: int, rider: Rider) -> Step:
        """End the service day at `end_ms`: what stays open too long is closed by rule.

        Every state is closed before it is carried, whether something is open in it or not.
        """

    def carry(self, state: Any, end_ms: int) -> Any | None:
        """What the next day must know (an open journey, a running package); None: nothing.

        Only called on a state that was closed.
        """

    def is_open(self, state: Any) -> bool:
        """Whether `close` could change the state: some use waits for its end."""

    def priced(self, rules: Rules, state: Any, rider: Rider) -> tuple[tuple[Use, PricedLeg], ...]:
        """Why the uses of a state cost what they do: each with its priced leg and its trace.

        A use of several riders comes once for each of them, the card's holder first, with what
        that rider's leg costs; the legs' fares sum to the use's.
        """


def operator_of(use: Use, rules: Rules) -> int:
    """Who carried or received the card holder, whatever the use cost."""
    if use.route in rules.routes:
        return rules.routes[use.route].operator
    return rules.points[use.point_in or use.point_out].operator


def network_of(use: Use, rules: Rules) -> str:
    """The fare network that a use was on: its route's, if a known one was told."""
    if use.route in rules.routes:
        return rules.routes[use.route].network
    return rules.points[use.point_in or use.point_out].network


_by_name: dict[str, Service] = {}
_by_point_kind: dict[str, Service] = {}


def register(service: Service) -> None:
    """Make a service known; a kind of point has exactly one service."""
    _by_name[service.name] = service
    for kind in service.point_kinds:
        assert _by_point_kind.get(kind, service) is service, f"{kind} is served twice"
        _by_point_kind[kind] = service


def service_for(point_kind: str) -> Service:
    """The service that registered the kind of point; KeyError if none did."""
    return _by_point_kind[point_kind]


def service_named(name: str) -> Service:
    return _by_name[name]
