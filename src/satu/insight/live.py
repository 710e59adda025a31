"""The city now: a picture kept in the process and brought up to date by whoever asks for it.

Each reading takes from PostgreSQL what came in since the last one, so two hundred viewers cost
as much as one. The books are added up anew as often as one fortieth of a core allows, and so are
the day's visits.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from satu.insight import queries
from satu.insight.counts import MINUTE_MS, DayCounts, PublicDay, TapGroup, Visits
from satu.insight.places import Places, load_places
from satu.insight.queries import AlarmRow, Book, Connection
from satu.insight.rules import Sign, Span, Watermark, sign_of
from satu.kernel.days import Calendar, from_ms, to_ms
from satu.ledger.kinds import Asset

LAG_S = 2.5
REFRESH_S = 0.9
SUM_PAUSE_S = 3.0
SUM_SHARE = 40  # at most a fortieth of a core goes into adding up the books, or a day's visits
SAFE_BEHIND = timedelta(minutes=5)  # what a first reading leaves for the lag to settle
DAY_MARGIN = timedelta(hours=2)
STALE_S = 10.0  # a reading that covers more is history: it is counted, not drawn
FRAMES = 12  # more than the longest pause takes
HISTORY = 90
PACE_S = 4.0
MOST_ANSWERS_S = 25  # more viewers than this are asked to come less often
PAUSE_MS = (1_000, 8_000)

Pulses = Counter[tuple[int, int]]


class Frame(NamedTuple):
    """The taps of one reading: how many of which sign at which drawn point."""

    seq: int
    pulses: Pulses


class LivePicture:
    """All that the live pages show, one a process; `refresh` is safe between threads.

    `clock` only counts seconds.
    """

    def __init__(
        self,
        *,
        public_delay_s: int,
        lag_s: float = LAG_S,
        refresh_s: float = REFRESH_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._public_delay_ms = public_delay_s * 1000
        self._public_step_ms = max(1, public_delay_s // 180) * MINUTE_MS
        self._refresh_s = refresh_s
        self._clock = clock
        self._lock = threading.Lock()
        self._read_s = float("-inf")
        self._lag_s = lag_s
        self._watermark: Watermark | None = None
        self._newest: datetime | None = None
        self._pace: deque[tuple[int, float]] = deque()
        self._city_pace: deque[tuple[float, int]] = deque(maxlen=60)
        self._aside_id = 0
        self._books_due_s = self._visits_due_s = float("-inf")
        self._asked = 0
        self.pause_ms = PAUSE_MS[0]
        self.frames: deque[Frame] = deque(maxlen=FRAMES)
        self.history: deque[float] = deque(maxlen=HISTORY)
        self._reading = 0
        self.version = 0  # milliseconds of the machine's clock: processes agree on it
        self.places: Places | None = None
        self.city_ms = 0
        self.today: DayCounts | None = None
        self.public: PublicDay | None = None
        self.aside = 0
        self.issuers: dict[int, str] = {}
        self.books: list[Book] = []
        self.revenue: dict[int, int] = {}
        self.alarms: list[AlarmRow] = []

    def refresh(self, connection: Connection, now: datetime) -> None:
        """Bring the picture up to date, unless that has just happened or is happening.

        Only the first caller waits; `now` tells where to look for the newest tap of all.
        """
        if self._clock() < self._read_s + self._refresh_s:
            return
        if not self._lock.acquire(blocking=self.version == 0):
            return
        try:
            if self._clock() >= self._read_s + self._refresh_s:
                self._read(connection, now)
        finally:
            self._lock.release()

    def _read(self, connection: Connection, now: datetime) -> None:
        begun_s = self._clock()
        elapsed_s = begun_s - self._read_s
        self._reading = int(begun_s * 1000)
        self._set_pause(elapsed_s)
        if begun_s >= self._books_due_s:
            self._read_books(connection)
        if begun_s >= self._visits_due_s:
            self._read_visits(connection)
        self.alarms = queries.open_alarms(connection)
        if self.places is not None:
            span = self._next_span(connection, now, begun_s)
            if span is not None:
                self._take(connection, span)
            elif self._watermark and self._watermark.is_idle and elapsed_s < STALE_S:
                self._note_pace(0, elapsed_s)
            if self.public is not None and self.public.publish(self.city_ms):
                upto = from_ms(self.public.upto_ms)
                self.public.visits = self._visits_of(connection, self.public.day, upto)
        self.version = self._reading
        self._read_s = begun_s

    def _set_pause(self, elapsed_s: float) -> None:
        """How long viewers wait between two questions, so that all of them cost one core little."""
        least, most = PAUSE_MS
        wanted = self._asked / elapsed_s * self.pause_ms / MOST_ANSWERS_S
        self.pause_ms = round(min(most, max(least, wanted)))
        self._asked = 0

    def _read_books(self, connection: Connection) -> None:
        begun_s = self._clock()
        known = self.places
        self.places = load_places(connection, known)
        if self.places is not known and self.today is not None and self.places is not None:
            self.today.operator_of = self.places.operator_of
        self.issuers = queries.issuer_names(connection)
        asset = self.places.bundle.asset if self.places else "IDR"
        self.books = queries.books(connection, Asset[asset])
        if self.today is not None:
            day_start = self._day_start(self.today.day)
            self.revenue = queries.revenue_by_operator(connection, self.today.day)
            _, self.aside = queries.aside_since(connection, day_start)
        self._books_due_s = self._due_after(begun_s)

    def _read_visits(self, connection: Connection) -> None:
        begun_s = self._clock()
        if self.today is not None:
            day = self.today.day
            day_end = from_ms(self._calendar.end_ms(day))
            self.today.visits = self._visits_of(connection, day, day_end)
        self._visits_due_s = self._due_after(begun_s)

    def _visits_of(self, connection: Connection, day: date, upto: datetime) -> dict[int, Visits]:
        return queries.visits(connection, day, since=self._day_start(day), upto=upto)

    def _due_after(self, begun_s: float) -> float:
        """When to add up anew what was begun to be added up and is now."""
        ended_s = self._clock()
        return ended_s + max(SUM_PAUSE_S, SUM_SHARE * (ended_s - begun_s))

    def _next_span(self, connection: Connection, now: datetime, clock_s: float) -> Span | None:
        newest = queries.newest_received(connection, self._newest, now) or self._newest
        if newest is None:
            return None
        self._newest = newest
        if self._watermark is None:
            return self._begin(connection, newest)
        return self._watermark.advance(newest, clock_s)

    def _begin(self, connection: Connection, newest: datetime) -> Span:
        """The first reading takes the day so far, but for the last minutes."""
        made = queries.newest_made(connection, newest - DAY_MARGIN, newest)
        self.city_ms = to_ms(made)
        today = self._roll(self._calendar.day_of(self.city_ms))
        self._aside_id, _ = queries.aside_since(connection, newest)
        self._books_due_s = self._visits_due_s = float("-inf")
        self._watermark = Watermark(newest - SAFE_BEHIND, self._lag_s)
        day_start = self._day_start(today.day)
        return Span(day_start - DAY_MARGIN, newest - SAFE_BEHIND, float("inf"))

    def _take(self, connection: Connection, span: Span) -> None:
        """Count a span's taps and, if they are fresh, hand them to the map."""
        horizon_ms = self.city_ms - self._public_delay_ms - self._public_step_ms
        groups = queries.tap_groups(
            connection,
            after=span.after,
            upto=span.upto,
            since=from_ms(horizon_ms // MINUTE_MS * MINUTE_MS),
        )
        if groups:
            self._count(groups)
        if span.seconds < STALE_S:
            self._note_pace(sum(group.taps for group in groups), span.seconds)
            self._draw(groups, queries.taps_aside(connection, self._aside_id))
        else:
            self.history.clear()
            self._pace.clear()
            self._city_pace.clear()

    def _count(self, groups: list[TapGroup]) -> None:
        today = self.today
        for day in sorted({group.day for group in groups}):
            if today is None or day > today.day:
                today = self._roll(day)
        assert today is not None and self.public is not None
        today.add(groups)
        self.public.add(groups)
        self.city_ms = max(self.city_ms, groups[-1].last_ms)
        self._city_pace.append((self._clock(), self.city_ms))

    def _roll(self, day: date) -> DayCounts:
        """Begin a service day."""
        assert self.places is not None
        operator_of = self.places.operator_of
        self.today = DayCounts(day, operator_of)
        self.public = PublicDay(
            day, operator_of, delay_ms=self._public_delay_ms, step_ms=self._public_step_ms
        )
        return self.today

    def _draw(self, groups: list[TapGroup], aside: list[tuple[int, str | None]]) -> None:
        assert self.places is not None
        pulses: Pulses = Counter()
        for group in groups:
            if group.point in self.places.index:
                where = self.places.index[group.point]
                pulses[where, int(sign_of(group.outcome))] += group.taps
        for row, code in aside:
            self._aside_id = row
            point = self.places.point_of_code.get(code or "", 0)
            if point in self.places.index:
                pulses[self.places.index[point], int(Sign.ASIDE)] += 1
        if pulses:
            self.frames.append(Frame(self._reading, pulses))

    def _note_pace(self, taps: int, seconds: float) -> None:
        self._pace.append((taps, max(seconds, 0.001)))
        while len(self._pace) > 1 and sum(s for _, s in self._pace) > PACE_S:
            self._pace.popleft()
        self.history.append(round(self.taps_a_second, 1))

    @property
    def taps_a_second(self) -> float:
        """Over the last seconds of the page's own clock, not the city's."""
        seconds = sum(s for _, s in self._pace)
        return sum(n for n, _ in self._pace) / seconds if seconds else 0.0

    @property
    def city_speed(self) -> float:
        """How many city seconds pass in one of ours: 1, or more in a replayed city."""
        if len(self._city_pace) < 4:
            return 1.0
        (begun_s, begun_ms), (ended_s, ended_ms) = self._city_pace[0], self._city_pace[-1]
        return (ended_ms - begun_ms) / 1000 / max(ended_s - begun_s, 0.001)

    def note_asked(self) -> None:
        """Somebody looks: the more do, the less often they are asked to."""
        self._asked += 1

    def pulses_for(self, since: int, upto: int) -> Pulses:
        """What a viewer draws who asks again: the readings after a version up to another."""
        found: Pulses = Counter()
        for frame in list(self.frames):
            if since < frame.seq <= upto:
                found.update(frame.pulses)
        return found

    @property
    def _calendar(self) -> Calendar:
        assert self.places is not None
        return self.places.calendar

    def _day_start(self, day: date) -> datetime:
        return from_ms(self._calendar.start_ms(day))
