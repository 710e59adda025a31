"""What insight decides without a database: which taps are complete, which cells may be public.

Pure. Called by insight.live; the words follow DESIGN §7 rule 10 (public totals: aggregated,
delayed, no small cells).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple, TypeVar

from satu.kernel.refusal import Meaning, Outcome

Cell = TypeVar("Cell")

LEAST_CELL = 10
MINUTE_S = 60
STEPS = (10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000)

BEGINS = frozenset(
    {
        Meaning.ENTRY,
        Meaning.TRANSFER,
        Meaning.INTERCHANGE_ENTRY,
        Meaning.GROUP_ENTRY,
        Meaning.ENTRY_AFTER_MISSING_EXIT,
        Meaning.ENTRY_AFTER_AUTOCOMPLETE,
        Meaning.EXIT_WITHOUT_ENTRY,
        Meaning.VISIT_BEGUN,
    }
)

ENDS = frozenset(
    {Meaning.EXIT, Meaning.SAME_STATION_EXIT, Meaning.OVERTIME_EXIT, Meaning.VISIT_ENDED}
)


class Sign(IntEnum):
    """How a tap is drawn: ✓ accepted, ✕ refused, ◷ kept aside until people have looked."""

    ACCEPTED = 0
    REFUSED = 1
    ASIDE = 2


def sign_of(outcome: int) -> Sign:
    """The sign of a stored outcome."""
    if outcome == Outcome.ACCEPTED:
        return Sign.ACCEPTED
    return Sign.ASIDE if Outcome(outcome).quarantined else Sign.REFUSED


class Span(NamedTuple):
    """Taps received after `after` up to and with `upto`.

    `seconds` is how long the page's own clock ran while they came in; infinite: not known.
    """

    after: datetime
    upto: datetime
    seconds: float


class Watermark:
    """Which taps are complete: what was the newest `lag_s` seconds ago is complete now.

    A tap's time of receipt is taken before its commit, so a row can appear behind newer ones.
    Commits take far less than the lag, so a time that was visible a lag ago gets no more rows.
    The lag runs on the page's clock: a replayed or quickened city keeps another time.
    """

    def __init__(self, complete: datetime, lag_s: float) -> None:
        """`complete` is a time that surely gets no more rows."""
        self.complete = complete
        self.lag_s = lag_s
        self._looked_s = float("-inf")
        self._seen: deque[tuple[float, datetime, float]] = deque()

    @property
    def is_idle(self) -> bool:
        """Whether everything seen is complete: nothing waits for the lag to pass."""
        return not self._seen

    def advance(self, newest: datetime, now_s: float) -> Span | None:
        """Note the newest time of receipt visible at `now_s`; the span that is complete now."""
        known = self._seen[-1][1] if self._seen else self.complete
        if newest > known:
            self._seen.append((now_s, newest, now_s - self._looked_s))
        self._looked_s = now_s
        after, seconds = self.complete, 0.0
        while self._seen and self._seen[0][0] <= now_s - self.lag_s:
            _, self.complete, took_s = self._seen.popleft()
            seconds += took_s
        return Span(after, self.complete, seconds) if self.complete > after else None


def shown_cells(cells: Mapping[Cell, int], least: int = LEAST_CELL) -> dict[Cell, int]:
    """The cells of a table with a known total that may be public; the others are left out.

    A cell under `least` is hidden, and then the smallest shown ones too, until neither a single
    hidden cell nor a hidden sum under `least` can be found by subtracting from the total.
    """
    smallest_first = sorted((n, position, cell) for position, (cell, n) in enumerate(cells.items()))
    counted = [(n, cell) for n, _, cell in smallest_first if n > 0]
    hidden, left_out = 0, 0
    while left_out < len(counted):
        small = counted[left_out][0] < least
        derivable = left_out > 0 and (left_out == 1 or hidden < least)
        if not small and not derivable:
            break
        hidden += counted[left_out][0]
        left_out += 1
    kept = {cell for _, cell in counted[left_out:]}
    return {cell: n for cell, n in cells.items() if cell in kept}


def coarse(count: int) -> int:
    """A place's total in public: the last step it has reached, 0 under the first."""
    reached = 0
    for step in STEPS:
        if count < step:
            break
        reached = step
    return reached


def rounded(count: int) -> int:
    """A published total, down to whole tens: two readings differ by no single rider."""
    return count // LEAST_CELL * LEAST_CELL


def dwell_of(median_s: float | None, cards: int) -> int | None:
    """Whole minutes of the median stay of so many cards; None of few: it would be somebody's."""
    if median_s is None or cards < LEAST_CELL:
        return None
    return int(median_s // MINUTE_S)
