"""Best-value caps, passes, packages, shares and rounding: any order of arrival, the same money."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from satu.cards.rights import Rights
from satu.cards.rights import encode as encode_rights
from satu.fares.legs import PassHeld
from satu.fares.tariff import Apportionment, Cap, JoinRule, Package, Pass
from satu.services.base import TapSeen
from satu.services.rules import Rules
from tests.unit.services.gates import MONDAY, at, bundle, on, tariff
from tests.unit.taps.memory import Books, in_turn
from tests.unit.taps.test_linked_days import some_taps, standing

BEST: dict[str, Any] = {"mode": "best_value", "group": "best"}
RULES = Rules(
    bundle(
        tariff(
            joins=(JoinRule("rail", "rail"),),
            packages=(
                Package(
                    "both", (("rail",), ("tram",)), 1_500, 300, 1_000, 4_000, 90, 20, "nearest"
                ),
            ),
            caps=(
                Cap("rail", "day", 6_000, networks=("rail",), **BEST),
                Cap("all", "day", 9_000, counts_incomplete=True, **BEST),
                Cap("rides", "week", rides=4, mode="best_value"),
                Cap("month", "month", 25_000),
            ),
            passes=(
                Pass("days", 10_000, ("tram",), whole_days=2),
                Pass("rides", 10_000, ("rail",), minutes=3_000, rides=2),
            ),
            apportionments=(
                Apportionment("join", "standalone"),
                Apportionment("package:both", "distance", bearer="rail"),
            ),
            round_to=700,
            rounding="up",
        )
    )
)
RIGHTS = encode_rights(
    Rights(
        passes=(
            PassHeld(1, "days", at("12:00"), MONDAY),
            PassHeld(2, "rides", at("12:00"), MONDAY),
        )
    )
)


@settings(max_examples=40, deadline=None)
@given(
    taps=some_taps,
    chance=st.randoms(use_true_random=False),
    first=st.integers(0, 16),
    has_passes=st.booleans(),
)
def test_no_order_of_arrival_changes_the_money(
    taps: list[TapSeen], chance: Any, first: int, has_passes: bool
) -> None:
    rights = RIGHTS if has_passes else None
    orderly, other = Books(RULES, rights=rights), Books(RULES, rights=rights)
    in_turn(orderly, taps)
    shuffled = list(taps)
    chance.shuffle(shuffled)
    for some in (shuffled[:first], shuffled[first:]):
        if some:
            other.send(*some)
            other.close(on(2))
    uses, due, balance = standing(orderly)
    assert standing(other) == (uses, due, balance)
    assert all(sum(amount for _, amount in use.shares) == use.fare for use in uses)
    assert sum(due.values()) == 1_000_000 - balance
