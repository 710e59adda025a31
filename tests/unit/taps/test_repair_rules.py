"""A told tap by itself: possible places and times, what it would change, who gives back what."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.kernel.refusal import UseClass
from satu.services.base import ENTRY, EXIT, Rider, TapSeen, Use
from satu.services.rules import Rules
from satu.taps import fold, repair_rules
from satu.taps.day import Day
from satu.taps.fold import Folding
from satu.taps.repair_rules import (
    Doubt,
    Line,
    Rehearsed,
    Said,
    doubts,
    is_needless,
    lines_of,
    rehearse,
    told_tap,
    use_in,
)
from satu.taps.repair_words import DOUBTS, REFUSALS, STATES
from tests.small_city import BUNDLE, BUS, METRO, MONDAY, at

RULES = Rules(BUNDLE)
FOLDING = Folding(RULES, Rider())
A, B, C, X, Y, Z, GATE = 1, 2, 3, 11, 12, 13, 21
TOLD = 1 << 50


def folded(*taps: TapSeen) -> tuple[list[Day], dict[int, TapSeen]]:
    """A day of taps, closed."""
    latest: Day | None = None
    for tap in taps:
        (latest,) = fold.append(FOLDING, latest, MONDAY, tap).days
    assert latest is not None
    return fold.close(FOLDING, latest).days, {tap.id: tap for tap in taps}


def lost_exit() -> tuple[list[Day], dict[int, TapSeen], Use]:
    days, seen = folded(TapSeen(1, at(8), X, 0, ENTRY))
    use = use_in(days, 1)
    assert use is not None and use.use_class is UseClass.MISSING_EXIT
    return days, seen, use


def rehearsed(said: Said) -> Rehearsed:
    days, seen, use = lost_exit()
    told = told_tap(use, said, TOLD)
    return rehearse(FOLDING, days, seen, use, told, as_stored=True)


def test_a_told_exit_is_tried_on_the_day_as_it_stands() -> None:
    found = rehearsed(Said(Y, at(8, 20)))
    assert found.change == {METRO: -3_000} and found.difference == -3_000
    assert found.use is not None
    assert (found.use.use_class, found.use.point_out) == (UseClass.COMPLETE, Y)
    assert rehearsed(Said(Z, at(8, 20))).difference == 0
    assert rehearsed(Said(A, at(8, 20))).difference == 0, "a bus is left, the metro is not"


def test_trying_changes_nothing() -> None:
    days, seen, use = lost_exit()
    before, taps = list(days), dict(seen)
    told = told_tap(use, Said(Y, at(8, 20)), TOLD)
    first = rehearse(FOLDING, days, seen, use, told, as_stored=True)
    assert rehearse(FOLDING, days, seen, use, told, as_stored=False) == first
    assert days == before and seen == taps


def test_the_told_tap_is_the_other_end_on_the_same_route_for_as_many_riders() -> None:
    use = Use(1, "journey", A, 0, 1, at(8), 0, UseClass.MISSING_EXIT, 0, 0, (), riders=3)
    assert told_tap(use, Said(C, at(9)), TOLD) == TapSeen(TOLD, at(9), C, 1, EXIT, 3)
    other = msgspec.structs.replace(use, point_in=0, point_out=A, use_class=UseClass.MISSING_ENTRY)
    assert told_tap(other, Said(C, at(7)), TOLD) == TapSeen(TOLD, at(7), C, 1, ENTRY, 3)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Said(Y, at(8, 20)), []),
        (Said(Y, at(12)), []),
        (Said(Y, at(12, 1)), [Doubt.JOURNEY_TOO_LONG, Doubt.JOURNEY_NOT_COMPLETED]),
        (Said(Y, at(8)), [Doubt.TIMES_OUT_OF_ORDER, Doubt.TRAVEL_TOO_FAST]),
        (Said(Y, at(7, 40)), [Doubt.TIMES_OUT_OF_ORDER, Doubt.JOURNEY_NOT_COMPLETED]),
        (Said(A, at(8, 20)), [Doubt.OTHER_NETWORK, Doubt.JOURNEY_NOT_COMPLETED]),
        (Said(X, at(8, 20)), [Doubt.JOURNEY_NOT_COMPLETED]),
    ],
)
def test_what_speaks_against_a_told_exit(said: Said, expected: list[Doubt]) -> None:
    _, seen, use = lost_exit()
    assert doubts(RULES, use, said, seen, rehearsed(said)) == expected


def test_nobody_is_elsewhere_a_minute_later() -> None:
    _, seen, use = lost_exit()
    seen[2] = TapSeen(2, at(8, 21), GATE, 0, ENTRY)
    said = Said(Y, at(8, 20))
    found = doubts(RULES, use, said, seen, rehearsed(said))
    assert found == [Doubt.TRAVEL_TOO_FAST], "the zoo is ten kilometres away"


def test_a_bus_is_left_at_a_stop_of_its_route() -> None:
    use = Use(1, "journey", A, 0, 1, at(8), 0, UseClass.MISSING_EXIT, 0, 0, ())
    whole = Rehearsed({}, msgspec.structs.replace(use, use_class=UseClass.COMPLETE))
    seen = {1: TapSeen(1, at(8), A, 1, ENTRY)}
    assert doubts(RULES, use, Said(C, at(8, 30)), seen, whole) == []
    assert doubts(RULES, use, Said(X, at(8, 30)), seen, whole) == [Doubt.OTHER_NETWORK]


def test_a_told_tap_is_needless_once_the_real_one_is_there() -> None:
    days, seen = folded(TapSeen(1, at(8), X, 0, ENTRY), TapSeen(TOLD, at(8, 20), Y, 0, EXIT))
    told = seen[TOLD]
    assert not is_needless(FOLDING, days, seen, 1, told)
    own = TapSeen(2, at(8, 30), Z, 0, EXIT)
    days, seen = folded(TapSeen(1, at(8), X, 0, ENTRY), told, own)
    assert is_needless(FOLDING, days, seen, 1, told)
    assert is_needless(FOLDING, days, {1: seen[1]}, 1, told), "it was taken out before"


@pytest.mark.parametrize(
    ("change", "most", "lines"),
    [
        ({METRO: -3_000}, 9_000, [Line(METRO, 3_000)]),
        ({METRO: -3_000}, 2_000, [Line(METRO, 2_000)]),
        ({METRO: -3_000}, 0, []),
        ({METRO: -5_000, BUS: 2_000}, 9_000, [Line(METRO, 2_000, BUS), Line(METRO, 3_000)]),
        ({METRO: -5_000, BUS: -1_000}, 9_000, [Line(BUS, 1_000), Line(METRO, 5_000)]),
        ({METRO: -5_000, BUS: -1_000}, 4_000, [Line(BUS, 1_000), Line(METRO, 3_000)]),
    ],
)
def test_who_gives_what_back(change: dict[int, int], most: int, lines: list[Line]) -> None:
    assert lines_of(change, most) == lines


@given(
    st.dictionaries(st.integers(1, 6), st.integers(-9_000, 9_000), max_size=6).filter(
        lambda change: sum(change.values()) < 0
    ),
    st.integers(0, 60_000),
)
@settings(max_examples=50)
def test_each_operator_ends_with_its_due_and_no_more_flows_back(
    change: dict[int, int], most: int
) -> None:
    lines = lines_of(change, most)
    to_purse = sum(line.amount for line in lines if not line.to)
    assert to_purse == min(most, -sum(change.values()))
    assert all(line.amount > 0 for line in lines)
    moved = dict.fromkeys(change, 0)
    for line in lines:
        moved[line.operator] -= line.amount
        if line.to:
            moved[line.to] += line.amount
    if most >= -sum(change.values()):
        assert moved == change


def test_every_answer_has_its_words() -> None:
    assert set(DOUBTS) == set(Doubt) and set(STATES) == set(repair_rules.RepairState)
    assert set(REFUSALS) == set(repair_rules.Refusal)
    for words in (*DOUBTS.values(), *REFUSALS.values()):
        assert all(one[0].isupper() and one.endswith(".") for one in (words.id, words.en)), words
