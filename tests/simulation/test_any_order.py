"""The same admitted taps, repeated, reordered, split and late, end in the same books.

Each example sends one rider's taps of three days in order to one card, and shuffled to another
card that began with the same money; days are closed at different moments on the way. The tariff
knows groups, repeated touches, changes of gate, joined rides, habits and caps.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from satu.cards.actions import ensure_issuers, issue_cards
from satu.cards.kinds import Issuer
from satu.fares.tariff import Cap, JoinRule
from satu.services.rules import Rules
from satu.taps.road import Road
from satu.taps.tap import Arrival
from satu.wire.messages import Tap
from tests.small_city import BANK, BUNDLE, BUS, METRO, MONDAY, TARIFF, ZOO, SmallCity, at

NOW = datetime(2026, 11, 23, tzinfo=UTC)
END = at(12, day=3)
AFTER_ALL = MONDAY + timedelta(days=4)

PLACES = [("A", "R1"), ("B", "R1"), ("C", "R1"), ("C", ""), ("X", ""), ("Y", ""), ("Z", ""),
          ("GATE", "")]  # fmt: skip

BROKEN_JOURNEYS = {
    "bus": {"duplicate_s": 300, "max_riders": 4},
    "metro": {
        "duplicate_s": 60,
        "passback_minutes": 15,
        "gate_change_minutes": 10,
        "autocompletes": 2,
    },
    "zoo": {"duplicate_s": 300, "max_riders": 9},
}
RULES = Rules(
    msgspec.structs.replace(
        BUNDLE,
        tariffs=(
            msgspec.structs.replace(
                TARIFF,
                networks=tuple(
                    msgspec.structs.replace(network, **BROKEN_JOURNEYS[network.id])
                    for network in TARIFF.networks
                ),
                joins=(JoinRule("metro", "metro", "X", "Y", duration_s=1800),),
                caps=(Cap("day", "day", limit=15_000), Cap("week", "week", limit=30_000)),
            ),
        ),
    )
)

a_tap = st.tuples(
    st.integers(0, 3 * 24 * 12 - 1),
    st.sampled_from(PLACES),
    st.sampled_from(["entry", "exit", "either"]),
    st.sampled_from([1, 1, 1, 2]),
)
some_taps = st.lists(a_tap, min_size=1, max_size=12, unique_by=lambda tap: tap[0])


def made(card: int, taps: list[tuple[int, tuple[str, str], str, int]], first: int) -> list[Tap]:
    """The taps of one card: slots of five minutes from Monday 04:00 on."""
    return [
        Tap(
            sequence=first + slot,
            at_ms=at(4) + slot * 300_000,
            token=str(card),
            point=point,
            route=route,
            direction=direction,
            decided="open",
            riders=riders,
        )
        for slot, (point, route), direction, riders in taps
    ]


async def in_order(conn: psycopg.AsyncConnection[Any], road: Road, taps: list[Tap]) -> None:
    for tap in sorted(taps, key=lambda tap: tap.at_ms):
        await road.travel(conn, [Arrival(1, tap, tap.at_ms)], now_ms=tap.at_ms)
        on = road.rules.calendar.day_of(tap.at_ms)
        await road.close(conn, before=on, now_ms=tap.at_ms)
    await road.close(conn, before=AFTER_ALL, now_ms=END)


async def anyhow(
    conn: psycopg.AsyncConnection[Any],
    road: Road,
    taps: list[Tap],
    cuts: list[int],
    closings: set[int],
) -> None:
    places = sorted({0, len(taps), *(cut % (len(taps) + 1) for cut in cuts)})
    for number, (start, end) in enumerate(pairwise(places)):
        arrivals = [Arrival(1, tap, END) for tap in taps[start:end]]
        await road.travel(conn, arrivals, now_ms=END)
        if number in closings:
            await road.close(conn, before=AFTER_ALL, now_ms=END)
    await road.close(conn, before=AFTER_ALL, now_ms=END)


def standing(city: SmallCity, card: int) -> tuple[Any, ...]:
    uses = city.conn.execute(
        "select kind, operator, point_in, point_out, started_at, ended_at, use_class, fare,"
        " full_fare, riders, service_day from taps_use where card = %s and use_class <> 9"
        " order by started_at, id",
        [card],
    ).fetchall()
    return city.money(card), uses


def due(city: SmallCity) -> list[int]:
    return [city.owed_to(operator) for operator in (BUS, METRO, ZOO)]


@pytest.fixture
def city(database) -> SmallCity:
    small = SmallCity(database)
    small.rules = RULES
    ensure_issuers(issuers=[Issuer(BANK, "bank", "Bank", "100001", True)], actor="t", at=NOW)
    return small


@seed(20261123)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    taps=some_taps,
    shuffled=st.randoms(use_true_random=False),
    cuts=st.lists(st.integers(0, 40), max_size=4),
    closings=st.sets(st.integers(0, 5), max_size=3),
    repeats=st.integers(0, 3),
    balance=st.sampled_from([0, 5_000, 12_000, 200_000]),
)
def test_the_same_taps_in_any_order_end_in_the_same_books(
    city, taps, shuffled, cuts, closings, repeats, balance
):
    orderly, other = issue_cards(issuer=BANK, count=2, balance=balance, actor="t", at=NOW)
    before = due(city)
    city.run(lambda conn, road: in_order(conn, road, made(orderly, taps, orderly * 10_000)))
    between = due(city)
    sent = made(other, taps, other * 10_000)
    sent += shuffled.choices(sent, k=repeats)
    shuffled.shuffle(sent)
    city.run(lambda conn, road: anyhow(conn, road, sent, cuts, closings))
    after = due(city)
    assert standing(city, other) == standing(city, orderly)
    assert [b - a for a, b in zip(between, after, strict=True)] == [
        b - a for a, b in zip(before, between, strict=True)
    ]
