"""The same taps in any order, in any pieces, end in the same days and the same money."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from satu.cards.rights import Rights
from satu.cards.rights import encode as encode_rights
from satu.fares.legs import Entitlement
from satu.fares.tariff import Cap, JoinRule, TransferRule
from satu.kernel.refusal import Outcome, UseClass
from satu.services.base import Rider, TapSeen, Use, service_named
from satu.services.rules import Rules
from satu.taps.tap import Decided
from tests.unit.services.gates import (
    GATES,
    MONDAY,
    PARK_GATE,
    PINE,
    PINE_WEST,
    QUAY,
    ROCK,
    STOP,
    TRAM_LINE,
    WEEKLY,
    at,
    bundle,
    on,
    tap,
    tariff,
)
from tests.unit.taps.memory import Books, in_turn

EVERYTHING = Rules(
    bundle(
        tariff(
            joins=(JoinRule("rail", "rail", "P", "Q", duration_s=900, duration_type=2),),
            transfers=(TransferRule("tram", "tram", count=1, duration_s=3600),),
            caps=(
                Cap("day", "day", limit=9_000),
                Cap("week", "week", limit=20_000, networks=("rail", "tram")),
                Cap("twelve", "rolling", rides=12, rolling_minutes=7 * 1440),
            ),
        )
    )
)
DAYS = 4
AFTER_ALL = on(DAYS + 1)

a_tap = st.tuples(
    st.integers(0, DAYS * 24 * 60 - 1),
    st.sampled_from([PINE, PINE, PINE_WEST, QUAY, QUAY, ROCK, STOP, PARK_GATE]),
    st.integers(0, 2),
    st.sampled_from([1, 1, 1, 2]),
)
some_taps = st.lists(a_tap, min_size=1, max_size=16).map(
    lambda drawn: [
        TapSeen(
            number,
            at("04:00") + minute * 60_000,
            point,
            TRAM_LINE if point == STOP else 0,
            direction,
            riders,
        )
        for number, (minute, point, direction, riders) in enumerate(drawn, start=1)
    ]
)


def standing(books: Books) -> tuple[list[Use], dict[int, int], int]:
    books.close(AFTER_ALL)
    return books.uses(), books.due(), books.card.purse.balance


@settings(max_examples=60, deadline=None)
@given(
    taps=some_taps,
    chance=st.randoms(use_true_random=False),
    cuts=st.lists(st.integers(0, 16), max_size=4),
    closings=st.sets(st.integers(0, 5), max_size=3),
)
def test_order_and_pieces_of_arrival_change_no_journey_and_no_money(
    taps: list[TapSeen], chance: Any, cuts: list[int], closings: set[int]
) -> None:
    orderly, other = Books(EVERYTHING), Books(EVERYTHING)
    in_turn(orderly, taps)
    shuffled = list(taps)
    chance.shuffle(shuffled)
    places = sorted({0, len(taps), *(cut for cut in cuts if cut < len(taps))})
    for number, (start, end) in enumerate(pairwise(places)):
        other.send(*shuffled[start:end])
        if number in closings:
            other.close(AFTER_ALL)
    assert standing(other) == standing(orderly)


@settings(max_examples=40, deadline=None)
@given(taps=some_taps)
def test_the_money_is_that_of_the_uses(taps: list[TapSeen]) -> None:
    books = Books(EVERYTHING)
    books.send(*taps)
    uses, due, balance = standing(books)
    assert sum(use.fare for use in uses) == sum(due.values()) == 1_000_000 - balance
    assert all(sum(amount for _, amount in use.shares) == use.fare for use in uses)
    touches = (UseClass.DUPLICATE, UseClass.PASSBACK)
    assert all(use.fare == 0 and use.held == 0 for use in uses if use.use_class in touches)
    admitted = {seen.id for seen in taps}
    assert {use.id for use in uses} <= admitted


@settings(max_examples=40, deadline=None)
@given(taps=some_taps)
def test_folding_again_changes_nothing(taps: list[TapSeen]) -> None:
    books = Books(EVERYTHING)
    books.send(*taps)
    before = standing(books)
    # A tap that is refused later is taken out again: the days are folded without it, once more.
    late = TapSeen(99, min(seen.at_ms for seen in taps), PINE, 0, 1)
    books.send(late)
    without = Books(EVERYTHING)
    without.send(*taps, late)
    assert standing(books) == standing(without)
    again = Books(EVERYTHING)
    again.send(*taps)
    assert standing(again) == before


def ridden(day: int, number: int, clock: str = "08:00") -> tuple[TapSeen, TapSeen]:
    hour = int(clock[:2])
    return (
        tap(number, clock, PINE, "in", day=day),
        tap(number + 1, f"{hour:02}:30", QUAY, "out", day=day),
    )


def fares(books: Books) -> dict[int, int]:
    return {use.id: use.fare for use in books.uses()}


def test_a_late_tap_of_monday_moves_wednesdays_weekly_cap() -> None:
    books = Books(WEEKLY)
    for day, number in ((0, 1), (1, 3), (2, 5)):
        books.send(*ridden(day, number))
    books.close(on(3))
    assert fares(books) == {1: 3000, 3: 3000, 5: 3000}
    balance = books.card.purse.balance
    # A tram of Monday comes in on Thursday: 11,000 in all, and the week is capped at 10,000.
    (answer,) = books.send(tap(7, "12:00", STOP, "in", day=0))
    assert (answer.outcome, answer.charge) == (Outcome.ACCEPTED, 1000)
    books.close(on(3))
    assert fares(books) == {1: 3000, 7: 2000, 3: 3000, 5: 2000}
    assert books.card.purse.balance == balance - 1000
    # Next week begins anew.
    books.send(*ridden(7, 9))
    assert fares(books)[9] == 3000


def test_a_completed_exit_gives_way_to_the_true_one_when_that_comes_in() -> None:
    books = Books(GATES)
    for day in range(3):
        books.send(*ridden(day, 2 * day + 1))
    books.send(tap(10, "08:00", PINE, "in", day=3), tap(11, "18:00", ROCK, "in", day=3))
    assert [use.use_class for use in books.uses()][-2:] == [
        UseClass.AUTO_COMPLETED,
        UseClass.OPEN,
    ]
    (late,) = books.send(tap(12, "08:50", ROCK, "out", day=3))
    assert late.charge == 7000 - 3000
    assert [(use.use_class, use.fare) for use in books.uses()][-2:] == [
        (UseClass.COMPLETE, 7000),
        (UseClass.OPEN, 0),
    ]


def test_a_ride_that_is_found_to_be_missing_teaches_the_days_after_it() -> None:
    orderly, late = Books(GATES), Books(GATES)
    rides = [touch for day in range(3) for touch in ridden(day, 2 * day + 1)]
    lost = tap(10, "08:00", PINE, "in", day=3)
    in_turn(orderly, [*rides, lost])
    late.send(*rides[:4], lost)
    late.close(on(5))
    assert late.uses()[-1].use_class is UseClass.MISSING_EXIT
    late.send(*rides[4:])
    assert standing(late) == standing(orderly)
    assert late.uses()[-1].use_class is UseClass.AUTO_COMPLETED


def test_a_passback_is_refused_where_the_reader_asks_and_kept_where_it_did_not() -> None:
    books = Books(GATES)
    first, second = tap(1, "08:00", PINE, "in"), tap(2, "08:05", PINE, "in")
    books.send(first, decided=Decided.ASK)
    (refused,) = books.send(second, decided=Decided.ASK)
    assert (refused.outcome, refused.charge) == (Outcome.PASSBACK, 0)
    assert [use.id for use in books.uses()] == [1]
    (kept,) = books.send(tap(3, "08:06", PINE, "in"))
    assert (kept.outcome, kept.charge) == (Outcome.ACCEPTED, 0)
    assert [(use.id, use.use_class) for use in books.uses()] == [
        (1, UseClass.OPEN),
        (3, UseClass.PASSBACK),
    ]


def test_too_many_riders_are_refused_and_a_group_asks_for_everyones_balance() -> None:
    books = Books(GATES, balance=5_000)
    (refused,) = books.send(tap(1, "08:00", STOP, "in", riders=5), decided=Decided.ASK)
    assert refused.outcome is Outcome.RIDERS_TOO_MANY
    (short,) = books.send(tap(2, "08:01", STOP, "in", riders=3), decided=Decided.ASK)
    assert short.outcome is Outcome.BALANCE_INSUFFICIENT
    (paid,) = books.send(tap(3, "08:02", STOP, "in", riders=2), decided=Decided.ASK)
    assert (paid.outcome, paid.charge, books.card.purse.balance) == (Outcome.ACCEPTED, 4000, 1000)
    (more,) = books.send(tap(4, "08:02:30", STOP, "in"), decided=Decided.ASK)
    assert more.outcome is Outcome.BALANCE_INSUFFICIENT
    assert [(use.riders, use.fare) for use in books.uses()] == [(2, 4000)]


def test_a_change_of_gate_moves_money_but_costs_nothing() -> None:
    books = Books(GATES, balance=7_000)
    books.send(tap(1, "08:00", ROCK, "in"), decided=Decided.ASK)
    (left,) = books.send(tap(2, "08:20", PINE, "out"), decided=Decided.ASK)
    assert (left.charge, books.card.purse.balance) == (7000, 0)
    (again,) = books.send(tap(3, "08:22", PINE_WEST, "in"), decided=Decided.ASK)
    assert (again.outcome, again.charge, books.card.purse.balance) == (
        Outcome.ACCEPTED,
        -7000,
        7000,
    )
    (out,) = books.send(tap(4, "08:23", PINE, "out"), decided=Decided.ASK)
    assert (out.charge, books.card.purse.balance) == (7000, 0)
    assert [(use.use_class, use.fare) for use in books.uses()] == [(UseClass.COMPLETE, 7000)]


def test_a_cards_rights_are_those_of_its_row() -> None:
    tuesday: date = MONDAY + timedelta(days=1)
    rights = encode_rights(Rights((Entitlement("staff", tuesday, tuesday),)))
    books = Books(GATES, rights=rights)
    for day in range(3):
        books.send(*ridden(day, 2 * day + 1))
    assert fares(books) == {1: 3000, 3: 0, 5: 3000}


@settings(max_examples=40, deadline=None)
@given(taps=some_taps)
def test_every_use_is_explained_rider_by_rider(taps: list[TapSeen]) -> None:
    books = Books(EVERYTHING)
    books.send(*taps)
    for day in books.days.values():
        for name, state in day.states.items():
            explained = service_named(name).priced(EVERYTHING, state, Rider("adult"))
            fares = dict.fromkeys((use.id for use in day.uses[name]), 0)
            for use, priced in explained:
                assert use in day.uses[name]
                assert sum(one.amount for one in priced.trace) == priced.fare
                fares[use.id] += priced.fare
            assert fares == {use.id: use.fare for use in day.uses[name]}
            rated = Counter(use.id for use, _ in explained)
            assert rated == Counter({use.id: use.riders for use in day.uses[name]})
