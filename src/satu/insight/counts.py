"""Running totals of a service day, fed with groups of taps. Pure; kept by insight.live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from satu.insight.rules import BEGINS, Sign, coarse, rounded, shown_cells, sign_of
from satu.kernel.refusal import Outcome

MINUTE_MS = 60_000
SILENT_MS = 5 * MINUTE_MS
SILENT_GAPS = 10  # a quiet stop is not a broken reader: it is silent against its own habit,
SILENT_PAUSES = 2  # and one whose riders come by busloads has long pauses
KNOWN_TAPS = 20
GAP_WEIGHT = 0.1


class TapGroup(NamedTuple):
    """Taps of one reader and point that ended alike within a minute of the city's time."""

    device: int
    point: int
    outcome: int
    meaning: int
    day: date
    minute_ms: int
    taps: int
    first_ms: int
    last_ms: int
    late: int  # received more than five minutes after they were made
    riders: int  # who went in or out with them: several can go on one card


class Visits(NamedTuple):
    """An operator's visits of a service day, as they stand.

    `dwell_minutes` is the median stay, of visits with a reader's tap at both ends alone; None
    while they are too few to tell it.
    """

    visitors: int
    inside: int
    dwell_minutes: int | None


NO_VISITS = Visits(0, 0, None)


class Reader:
    """A reader's life today: when it was last heard of, and how far apart its taps are."""

    __slots__ = ("first_ms", "gap_ms", "last_ms", "longest_ms", "point", "taps")

    def __init__(self) -> None:
        self.taps = 0
        self.first_ms = 0
        self.last_ms = 0
        self.gap_ms = 0.0
        self.longest_ms = 0
        self.point = 0

    def heard(self, group: TapGroup) -> None:
        """Count a group; the usual gap follows the newest taps slowly."""
        self.point = group.point
        before = self.last_ms
        if before:
            self.longest_ms = max(self.longest_ms, group.first_ms - before)
        self.taps += group.taps
        self.first_ms = min(self.first_ms or group.first_ms, group.first_ms)
        self.last_ms = max(before, group.last_ms)
        if self.taps <= KNOWN_TAPS or not before:
            self.gap_ms = (self.last_ms - self.first_ms) / max(1, self.taps - 1)
        elif group.last_ms > before:
            gap = (group.last_ms - before) / group.taps
            self.gap_ms += GAP_WEIGHT * (gap - self.gap_ms)

    def is_silent(self, now_ms: int) -> bool:
        """Nothing for five minutes, and for much longer than it is used to."""
        silence_ms = now_ms - self.last_ms
        usual_ms = max(SILENT_GAPS * self.gap_ms, SILENT_PAUSES * self.longest_ms)
        return self.taps >= KNOWN_TAPS and silence_ms > max(SILENT_MS, usual_ms)


class DayCounts:
    """A service day as it stands: exact, for staff. `operator_of` tells a point's operator.

    `visits` by operator are put here by who reads them; all else is counted from taps.
    """

    def __init__(self, day: date, operator_of: dict[int, int]) -> None:
        self.day = day
        self.operator_of = operator_of
        self.outcomes: Counter[int] = Counter()
        self.riders: Counter[int] = Counter()
        self.visits: dict[int, Visits] = {}
        self.taps_at: Counter[int] = Counter()
        self.refused_at: Counter[int] = Counter()
        self.readers: dict[int, Reader] = {}
        self.late = 0

    def add(self, groups: Iterable[TapGroup]) -> None:
        """Count groups of this day; those of other days are passed over."""
        for group in groups:
            if group.day == self.day:
                self._add(group)

    def _add(self, group: TapGroup) -> None:
        self.outcomes[group.outcome] += group.taps
        self.taps_at[group.point] += group.taps
        self.late += group.late
        self.readers.setdefault(group.device, Reader()).heard(group)
        if sign_of(group.outcome) is not Sign.ACCEPTED:
            self.refused_at[group.point] += group.taps
            return
        if group.meaning in BEGINS:
            self.riders[self.operator_of.get(group.point, 0)] += group.riders

    @property
    def taps(self) -> int:
        return self.outcomes.total()

    @property
    def refusals(self) -> list[tuple[str, int]]:
        """Refusals by reason, the most frequent first."""
        refused = Counter({o: n for o, n in self.outcomes.items() if o != Outcome.ACCEPTED})
        return [(Outcome(outcome).code, n) for outcome, n in refused.most_common()]

    def silent_readers(self, now_ms: int) -> list[Reader]:
        """Readers that fell silent, the busiest first."""
        silent = [reader for reader in self.readers.values() if reader.is_silent(now_ms)]
        return sorted(silent, key=lambda reader: -reader.taps)


class PublicDay:
    """The same day for everybody: a delay behind, in steps of city time, without small cells.

    Taps wait by minute until a step has passed them; what arrives later joins the next step.
    So nothing that is shown changes between steps, and no single tap can be told from it.
    `visits` are those that had ended by `upto_ms`, put here at each step.
    """

    def __init__(self, day: date, operator_of: dict[int, int], *, delay_ms: int, step_ms: int):
        assert delay_ms >= 0 and step_ms > 0
        self.day = day
        self.operator_of = operator_of
        self.delay_ms = delay_ms
        self.step_ms = step_ms
        self.upto_ms = 0
        self._waiting: dict[int, list[TapGroup]] = {}
        self.outcomes: Counter[bool] = Counter()
        self.riders: Counter[int] = Counter()
        self.taps_at: Counter[int] = Counter()
        self.visits: dict[int, Visits] = {}

    def add(self, groups: Iterable[TapGroup]) -> None:
        """Take groups of this day; they are not shown yet."""
        for group in groups:
            if group.day == self.day:
                self._waiting.setdefault(group.minute_ms, []).append(group)

    def publish(self, now_ms: int) -> bool:
        """Let the picture catch up with the city's time less the delay; whether it moved."""
        upto_ms = (now_ms - self.delay_ms) // self.step_ms * self.step_ms
        if upto_ms <= self.upto_ms:
            return False
        self.upto_ms = upto_ms
        passed = [minute for minute in self._waiting if minute + MINUTE_MS <= upto_ms]
        for minute in passed:
            for group in self._waiting.pop(minute):
                self._count(group)
        return True

    def _count(self, group: TapGroup) -> None:
        accepted = sign_of(group.outcome) is Sign.ACCEPTED
        self.outcomes[accepted] += group.taps
        self.taps_at[group.point] += group.taps
        if accepted and group.meaning in BEGINS:
            self.riders[self.operator_of.get(group.point, 0)] += group.riders

    def riders_shown(self) -> list[tuple[int, int]]:
        """Riders and visitors by operator that may be public, in whole tens, most first."""
        shown = Counter(shown_cells(self.riders))
        return [(operator, rounded(n)) for operator, n in shown.most_common()]

    def dwell_shown(self, operator: int) -> int | None:
        """The median minutes of an operator's visits, in whole tens; None: not to be shown."""
        minutes = self.visits.get(operator, NO_VISITS).dwell_minutes
        return rounded(minutes) or None if minutes is not None else None

    def places_shown(self) -> list[tuple[int, int]]:
        """Points with the last coarse step they reached, most first."""
        steps = Counter({point: coarse(n) for point, n in self.taps_at.items()})
        return [(point, step) for point, step in steps.most_common() if step]

    def accepted_percent(self) -> float | None:
        """The share of accepted taps, to a tenth; None while it would tell of a few people."""
        shown = shown_cells(self.outcomes)
        if len(shown) < len([n for n in self.outcomes.values() if n]) or not shown:
            return None
        return round(100 * self.outcomes[True] / self.outcomes.total(), 1)
