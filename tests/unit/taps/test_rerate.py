"""Folding stored days again: the same rules change nothing, others give what they would have."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from satu.fares.tariff import Cap, Flat, Tariff
from satu.services.base import EITHER, ENTRY, EXIT, Rider, TapSeen
from satu.services.rules import Rules
from satu.taps import fold
from satu.taps.card import Card
from satu.taps.day import Day
from satu.taps.fold import Folding
from satu.taps.rerate import Corrected, Period, Refusal, fold_again, refusal
from satu.taps.settle import Purse
from tests.small_city import BUNDLE, MONDAY, TARIFF, at

RIDER = Rider("adult")
LAST = MONDAY + timedelta(days=3)
PERIOD = Period(MONDAY, LAST)


def rules(tariff: Tariff) -> Rules:
    return Rules(msgspec.structs.replace(BUNDLE, tariffs=(tariff,)))


OLD = rules(TARIFF)
NEW = rules(
    msgspec.structs.replace(
        TARIFF,
        products=tuple(
            msgspec.structs.replace(one, price=Flat(4_200)) if one.id == "bus" else one
            for one in TARIFF.products
        ),
        caps=(Cap("week", "week", limit=20_000), Cap("two days", "rolling", rides=3,
                                                     rolling_minutes=2_880)),
        packages=(),
    )
)  # fmt: skip

TAPS = st.lists(
    st.tuples(
        st.integers(0, 3 * 24 * 60),
        st.sampled_from([point.id for point in BUNDLE.points]),
        st.sampled_from([0, 1]),
        st.sampled_from([EITHER, ENTRY, EXIT]),
    ),
    min_size=1,
    max_size=14,
)


def card_of(city: Rules, taps: list[tuple[int, int, int, int]]) -> Card:
    """A card whose days were folded tap by tap, the last of them closed."""
    seen = sorted(
        (
            TapSeen(number, at(4) + minute * 60_000, point, route, direction)
            for number, (minute, point, route, direction) in enumerate(taps, 1)
        ),
        key=fold.key_of,
    )
    folding = Folding(city, RIDER)
    days: dict[date, Day] = {}
    for tap in seen:
        latest = days[max(days)] if days else None
        on = city.calendar.day_of(tap.at_ms)
        days |= {day.day: day for day in fold.append(folding, latest, on, tap).days}
    days |= {day.day: day for day in fold.close(folding, days[max(days)]).days}
    stored = tuple(days[on] for on in sorted(days))
    known = {tap.id: tap for tap in seen}
    purse = Purse(1, 1, 2, 0, 0, 0)
    return Card(1, 0, 0, "adult", purse, 0, stored, MONDAY, known)


@settings(max_examples=50, deadline=None)
@given(TAPS)
def test_the_same_rules_change_nothing(taps: list[tuple[int, int, int, int]]) -> None:
    assert fold_again(Folding(OLD, RIDER), card_of(OLD, taps), PERIOD) == []


@settings(max_examples=50, deadline=None)
@given(TAPS)
def test_other_rules_give_what_they_would_have_given(
    taps: list[tuple[int, int, int, int]],
) -> None:
    card, folding = card_of(OLD, taps), Folding(NEW, RIDER)
    wanted = card_of(NEW, taps)
    again = fold_again(folding, card, PERIOD)
    days = {day.day: day for day in card.days} | {day.day: day for day in again}
    assert tuple(days[on] for on in sorted(days)) == wanted.days
    assert fold_again(folding, replace(card, days=wanted.days), PERIOD) == []


@settings(max_examples=50, deadline=None)
@given(TAPS)
def test_days_before_the_period_stay(taps: list[tuple[int, int, int, int]]) -> None:
    second = MONDAY + timedelta(days=1)
    again = fold_again(Folding(NEW, RIDER), card_of(OLD, taps), Period(second, LAST))
    assert all(day.day >= second for day in again)


def test_until_72_hours_after_the_day_and_not_longer() -> None:
    end_ms = OLD.calendar.end_ms(MONDAY)
    assert refusal(OLD, PERIOD, end_ms + 72 * 3_600_000) is None
    assert refusal(OLD, PERIOD, end_ms + 72 * 3_600_000 + 1) is Refusal.DAYS_ARE_FINAL


def test_what_processes_counted_adds_up() -> None:
    one = Corrected(2, 9, 1, 500, {1: 700, 2: -200})
    one.join(Corrected(3, 4, 2, -100, {2: -100}))
    assert one == Corrected(5, 13, 3, 400, {1: 700, 2: -300})
