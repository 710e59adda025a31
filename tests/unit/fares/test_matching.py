"""Leg rules against the reference's words, read naively; what is unknown costs the most it can."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from satu.fares.legs import Leg
from satu.fares.prices import Prices
from satu.fares.tariff import Charge, Flat, LegRule, Network, Product, Tariff, Timeframe
from satu.kernel.refusal import UseClass
from tests.unit.fares.flat_city import MONDAY, leg, tariff

NETWORKS = ("bus", "tram")
AREAS = ("A", "B", "C")
BANDS = (Timeframe("early", 240, 480), Timeframe("late", 420, 600))
PRODUCTS = tuple(Product(f"p{amount}", Flat(amount)) for amount in (1, 2, 5, 9))

rules = st.lists(
    st.builds(
        LegRule,
        product=st.sampled_from([product.id for product in PRODUCTS]),
        network=st.sampled_from(["", *NETWORKS]),
        from_area=st.sampled_from(["", *AREAS]),
        to_area=st.sampled_from(["", *AREAS]),
        from_timeframe=st.sampled_from(["", "", "early", "late"]),
        to_timeframe=st.sampled_from(["", "", "early", "late"]),
        priority=st.integers(0, 2),
    ),
    min_size=1,
    max_size=8,
)
places = st.sampled_from([(), ("A",), ("B",), ("C",), ("D",), ("A", "B")])
legs = st.builds(
    lambda network, hour, into, out: leg(
        network,
        f"{hour}:00",
        minutes=30,
        areas_in=into,
        areas_out=out,
        ended_on=MONDAY,
        ended_minute=hour * 60 + 30,
    ),
    st.sampled_from(NETWORKS),
    st.integers(4, 11),
    places,
    places,
)


def made(found: list[LegRule], has_priorities: bool) -> Tariff:
    return tariff(
        networks=tuple(Network(name, missing_exit=Charge("dearest")) for name in NETWORKS),
        products=PRODUCTS,
        leg_rules=tuple(found),
        timeframes=BANDS,
        has_priorities=has_priorities,
    )


def naive(found: list[LegRule], has_priorities: bool, one: Leg) -> list[int]:
    """The rules for a leg, as the reference tells it in words."""

    def in_band(name: str, minute: int) -> bool:
        return not name or any(
            band.start_minute <= minute < band.end_minute for band in BANDS if band.name == name
        )

    def is_value(wanted: str, values: tuple[str, ...], listed: set[str]) -> bool:
        if wanted:
            return wanted in values
        return has_priorities or not listed & set(values)

    networks = {rule.network for rule in found} - {""}
    starts = {rule.from_area for rule in found} - {""}
    ends = {rule.to_area for rule in found} - {""}
    matching = [
        (number, rule)
        for number, rule in enumerate(found)
        if is_value(rule.network, (one.network,), networks)
        and is_value(rule.from_area, one.areas_in, starts)
        and is_value(rule.to_area, one.areas_out, ends)
        and in_band(rule.from_timeframe, one.minute)
        and in_band(rule.to_timeframe, one.ended_minute)
    ]
    if has_priorities:
        highest = max((rule.priority for _, rule in matching), default=0)
        matching = [(number, rule) for number, rule in matching if rule.priority == highest]
    return [number for number, _ in matching]


@settings(max_examples=50, deadline=None)
@given(found=rules, has_priorities=st.booleans(), rides=st.lists(legs, min_size=1, max_size=5))
def test_rules_fit_as_the_reference_says_whatever_was_asked_before(
    found: list[LegRule], has_priorities: bool, rides: list[Leg]
) -> None:
    prices = Prices(made(found, has_priorities))
    for one in rides:
        options = prices.options(one, "adult", "")
        expected = naive(found, has_priorities, one)
        if expected:
            assert sorted(option.leg_rule for option in options) == expected
            amounts = [int(found[number].product[1:]) for number in expected]
            assert options[0].amount == min(amounts)
        else:
            assert [option.is_plain for option in options] == [False]


@settings(max_examples=50, deadline=None)
@given(found=rules, has_priorities=st.booleans(), one=legs)
def test_a_missing_exit_at_the_dearest_is_never_cheaper_than_an_exit_in_one_area(
    found: list[LegRule], has_priorities: bool, one: Leg
) -> None:
    if len(one.areas_out) > 1:
        return
    prices = Prices(made(found, has_priorities))
    (complete, *_) = prices.options(one, "adult", "")
    lost = leg(one.network, one.started_ms, areas_in=one.areas_in, use_class=UseClass.MISSING_EXIT)
    (missing,) = prices.options(lost, "adult", "")
    if complete.is_plain:
        assert missing.amount >= complete.amount
    waiting = leg(one.network, one.started_ms, areas_in=one.areas_in, minutes=0)
    known = prices.options(waiting, "adult", "")
    if known and complete.is_plain:
        assert known[0].amount == complete.amount, "a price that is known at the entry stays"
