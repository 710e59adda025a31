"""Every row of a file falls in one class, and the first that applies."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.city.replay_compare import WORDS, Charged, Comparison, Why
from satu.fares.tariff import Flat, LegRule, Network, Product, Tariff, Timeframe
from satu.formats.rides import Row, Touch
from satu.kernel.ids import tap_id
from satu.kernel.refusal import UseClass
from satu.services.rules import Bundle, Point, Route, Rules

TARIFF = Tariff(
    version="t",
    valid_from=date(2023, 1, 1),
    networks=(Network("regular"), Network("free")),
    products=(Product("early", Flat(2000)), Product("bus", Flat(3500)), Product("free", Flat(0))),
    leg_rules=(
        LegRule("early", "regular", from_timeframe="early", priority=1),
        LegRule("bus", "regular"),
        LegRule("free", "free"),
    ),
    timeframes=(Timeframe("early", 300, 420),),
)
CITY = Rules(
    Bundle(
        "c",
        "Asia/Jakarta",
        4,
        (),
        (Point(1, "A", "A", "stop", 1, "regular", "A", -6.0, 106.0),),
        (
            Route(1, "1", "One", 1, "regular", patterns=(((1, 0),),)),
            Route(2, "X", "Added", 1, "regular"),
        ),
        (TARIFF,),
    )
)
COMPLETE, MISSING_EXIT = UseClass.COMPLETE, UseClass.MISSING_EXIT


def compare(uses: dict[int, Charged]) -> Comparison:
    return Comparison(CITY, uses, {"A": 1, "": 2}, timedelta(0))


def ride(amount: int | None, hour: int = 8, route: str = "1", problem: str = "") -> Row:
    entry = None if problem else Touch(datetime(2023, 4, 3, hour), "A")
    return Row(5, "c", route=route, entry=entry, amount=amount, problem=problem)


@pytest.mark.parametrize(
    ("row", "charged", "why"),
    [
        (ride(None, problem="no time"), None, Why.UNREADABLE),
        (ride(3500)._replace(entry=None), None, Why.EXIT_ALONE),
        (ride(3500), None, Why.NO_USE),
        (ride(None), Charged(3500, 3500, COMPLETE), Why.AMOUNT_MISSING),
        (ride(3500), Charged(3500, 3500, MISSING_EXIT), Why.SAME),
        (ride(0, route=""), Charged(3500, 3500, COMPLETE), Why.ROUTE_MISSING),
        (ride(0, route="X"), Charged(3500, 3500, COMPLETE), Why.ROUTE_ADDED),
        (ride(3500), Charged(0, 3500, COMPLETE), Why.FREE_CHANGE),
        (ride(3500, hour=5), Charged(2000, 2000, COMPLETE), Why.TIME_OF_DAY),
        (ride(3500, hour=7), Charged(2000, 2000, MISSING_EXIT), Why.INCOMPLETE),
        (ride(0), Charged(3500, 3500, COMPLETE), Why.TARIFF_DIFFERS),
    ],
)
def test_the_first_class_that_applies(row: Row, charged: Charged | None, why: Why) -> None:
    uses = {tap_id(1, 10): charged} if charged else {}
    (line,) = compare(uses).lines([row])
    assert line == (why, 1, charged.fare if charged else 0, row.amount or 0)


def test_an_exit_that_stands_alone_is_its_rows_use() -> None:
    row = Row(
        5,
        "c",
        route="1",
        entry=Touch(datetime(2023, 4, 3, 8)),
        exit=Touch(datetime(2023, 4, 3, 9), "A"),
        amount=0,
    )
    alone = {tap_id(1, 11): Charged(3500, 3500, UseClass.MISSING_ENTRY)}
    (line,) = compare(alone).lines([row])
    assert (line.why, line.charged) == (Why.INCOMPLETE, 3500)


@given(
    st.lists(
        st.tuples(st.sampled_from([None, 0, 3500]), st.integers(4, 23), st.sampled_from("1X")),
        max_size=30,
    ),
    st.sets(st.integers(0, 30)),
)
def test_counts_sum_to_all_rows_and_money_to_all_charges(
    rides: list[tuple[int | None, int, str]], charged: set[int]
) -> None:
    rows = [
        Row(line, "c", route=route, entry=Touch(datetime(2023, 4, 3, hour), "A"), amount=amount)
        for line, (amount, hour, route) in enumerate(rides, start=2)
    ]
    uses = {tap_id(1, 2 * line): Charged(2000, 3500, COMPLETE) for line in charged}
    lines = compare(uses).lines(rows)
    assert sum(line.rows for line in lines) == len(rows)
    in_reach = sum(2 <= line < 2 + len(rows) for line in charged)
    assert sum(line.charged for line in lines) == 2000 * in_reach
    assert sum(line.in_file for line in lines) == sum(amount or 0 for amount, _, _ in rides)


def test_every_class_has_its_words() -> None:
    assert set(WORDS) == set(Why)
