"""Shortest ways over several lines, against a search that tries everything."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from satu.services.ways import Line, Ways

A, B, C, D, E, FAR = 1, 2, 3, 4, 5, 9

# Two lines that cross at C, and a loop that is longer one way round; the second is a guess.
NORTH = Line("rail", ((A, 0), (B, 1000), (C, 1500)))
EAST = Line("rail", ((D, 0), (C, 700), (E, 900)), is_estimated=True)
LOOP = Line("rail", ((C, 0), (A, 400), (C, 5000)))
BUS = Line("bus", ((A, 0), (E, 10)))


def test_along_one_line() -> None:
    ways = Ways([NORTH])
    assert ways.shortest("rail", A, C) == (1500, False)
    assert ways.shortest("rail", B, C) == (500, False)


def test_trains_do_not_turn_round() -> None:
    assert Ways([NORTH]).shortest("rail", C, A) is None


def test_changing_lines_and_resting_on_an_estimate() -> None:
    ways = Ways([NORTH, EAST])
    assert ways.shortest("rail", A, E) == (1700, True)
    assert ways.shortest("rail", D, B) is None


def test_the_shorter_way_round() -> None:
    ways = Ways([NORTH, LOOP])
    assert ways.shortest("rail", C, B) == (1400, False)
    assert ways.shortest("rail", A, C) == (1500, False)


def test_what_is_published_counts_before_a_guess_of_the_same_length() -> None:
    guess = Line("rail", NORTH.calls, is_estimated=True)
    for lines in ([NORTH, guess], [guess, NORTH]):
        assert Ways(lines).shortest("rail", A, C) == (1500, False)


def test_networks_keep_to_themselves() -> None:
    ways = Ways([NORTH, EAST, BUS])
    assert ways.shortest("bus", A, E) == (10, False)
    assert ways.shortest("rail", A, E) == (1700, True)
    assert ways.shortest("tram", A, E) is None


def test_unknown_points_and_round_trips() -> None:
    ways = Ways([NORTH])
    assert ways.shortest("rail", FAR, A) is None
    assert ways.shortest("rail", A, FAR) is None
    assert ways.shortest("rail", A, A) is None


POINTS = 6
patterns = st.lists(
    st.lists(st.tuples(st.integers(0, POINTS - 1), st.integers(0, 9)), min_size=2, max_size=5),
    min_size=1,
    max_size=4,
)


def lines_of(drawn: list[list[tuple[int, int]]]) -> list[Line]:
    lines = []
    for steps in drawn:
        metres, calls = 0, []
        for point, further in steps:
            metres += further
            calls.append((point, metres))
        lines.append(Line("net", tuple(calls), is_estimated=metres % 2 == 1))
    return lines


def shortest_by_trying(lines: list[Line], start: int, end: int) -> int | None:
    """Relax every step of every line until nothing changes (Bellman and Ford)."""
    best: dict[int, int] = {start: 0}
    for _ in range(POINTS):
        for line in lines:
            for (here, before), (there, after) in pairwise(line.calls):
                if here in best:
                    best[there] = min(best.get(there, 10**9), best[here] + after - before)
    return best.get(end)


@settings(max_examples=50, deadline=None)
@given(patterns)
def test_no_way_is_shorter(drawn: list[list[tuple[int, int]]]) -> None:
    lines = lines_of(drawn)
    ways, backwards = Ways(lines), Ways(reversed(lines))
    for start in range(POINTS):
        for end in range(POINTS):
            found = ways.shortest("net", start, end)
            assert found == backwards.shortest("net", start, end)
            if start != end:
                assert (found and found[0]) == shortest_by_trying(lines, start, end)
