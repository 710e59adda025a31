"""Replays a file of real rides through a gateway, as the readers that would have sent them.

Called by `satu replay`. The gateway's clock follows the newest tap, so the rules about old and
future taps stay on while years-old rides pass. Taps have lasting names: a file that is sent again,
whole or in part, finds itself in the books and posts nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, Protocol, TypeVar

import psycopg
import uvloop

from satu.city.replay_books import Books, read_books, uses_of
from satu.city.replay_compare import WORDS, Charged, Comparison, Line
from satu.city.replay_file import Progress, digest_of, rows_of
from satu.city.replay_plan import Survey, by_day, survey, whole_weeks_to
from satu.city.replay_rides import Ride, Rides, rides_of
from satu.city.replay_send import Tally, send_all
from satu.city.replay_setup import add_missing_places, create_cards, ready_readers
from satu.formats.rides import Format, Row
from satu.formats.sube import SUBE
from satu.formats.tides import TIDES
from satu.formats.transjakarta import TRANSJAKARTA
from satu.kernel.days import from_ms
from satu.services.rules import Rules
from satu.taps.closing import close_days
from satu.taps.places import load_bundle
from satu.validator.keys import DeviceKeys

FORMATS = {form.name: form for form in (TRANSJAKARTA, SUBE, TIDES)}
NEXT = timedelta(days=1)

T = TypeVar("T")


@dataclass(frozen=True)
class Order:
    """What is to be replayed and how. `balance` None: no cards or places are created.

    `issuer_of` maps an issuer's name in the file to its number, "" stands for all others;
    `limit_days` sends the first service days of the file only.
    """

    path: Path
    form: Format
    balance: int | None
    issuer_of: Mapping[str, int]
    limit_days: int | None = None


@dataclass(frozen=True)
class Surroundings:
    """What a replay works with: the database, a gateway to start, keys, a clock, a place for
    its progress. `master` is the installation's key `device`."""

    database: str
    gateway: Callable[[], AbstractContextManager[str]]
    master: bytes
    now_ms: Callable[[], int]
    progress_folder: Path


class Watcher(Protocol):
    """Who is told how far it is: total and done taps, and what is done now."""

    def says(self, words: str) -> None: ...

    def begins(self, taps: int) -> None: ...

    def sent(self, taps: int) -> None: ...


class Created(NamedTuple):
    """What was made for a file: cards by issuer's code, routes and points by number."""

    cards: Mapping[str, int]
    routes: int
    points: int


NOTHING_CREATED = Created({}, 0, 0)


@dataclass(frozen=True)
class Replayed:
    """What a replay did. `tally` counts this run's taps, `books` the replayed days' rides."""

    found: Survey
    days: list[date]
    resumed_days: int
    tally: Tally
    seconds: float
    books: Books
    lines: list[Line]
    rides: Rides
    created: Created
    shift: timedelta
    currency: str

    def figures(self) -> dict[str, Any]:
        """The JSON of `satu replay --json`."""
        return {
            **self.tally._asdict(),
            "journeys": self.books.journeys,
            "incomplete": self.books.incomplete,
            "revenue": self.books.revenue,
            "unfunded": self.books.unfunded,
            "currency": self.currency,
            "by_issuer": dict(self.books.by_issuer),
            "by_operator": dict(self.books.by_operator),
            "seconds": round(self.seconds, 1),
            "taps_per_s": round(self.tally.sent / self.seconds) if self.seconds else 0,
            "days": len(self.days),
            "rows": self.found.rows,
            "unreadable": dict(self.found.unreadable),
            "resumed_days": self.resumed_days,
            "created": self.created._asdict(),
            "weeks_moved": self.shift.days // 7,
            "report": [
                {**line._asdict(), "words": {"id": WORDS[line.why].id, "en": WORDS[line.why].en}}
                for line in self.lines
            ],
            **self.rides.figures(),
        }


def replay(order: Order, around: Surroundings, watcher: Watcher) -> Replayed:
    """Send a file's taps, close its days, and say what the books hold then.

    Raises NotThisFormat, NoCityLoaded, SetupError before anything is sent.
    """
    return _Replay(order, around, watcher).run()


class _Replay:
    """One replay, step by step."""

    def __init__(self, order: Order, around: Surroundings, watcher: Watcher) -> None:
        self.order, self.around, self.watcher = order, around, watcher
        self.bundle = self._read(load_bundle)
        self.rules = Rules(self.bundle)
        self.shift = timedelta(0)
        self.progress = Progress(around.progress_folder, digest_of(order.path))

    def run(self) -> Replayed:
        self.watcher.says("membaca berkas / reading the file")
        found = self._survey()
        days = sorted(found.days)[: self.order.limit_days]
        self.watcher.says("menyiapkan kartu dan pembaca / preparing cards and readers")
        created = self._create(found)
        keys = self._readers(found)
        resumed = [day for day in self.progress.done if day in days]
        started = monotonic()
        tally = self._send(found, [day for day in days if day not in resumed], keys)
        seconds = monotonic() - started
        self.watcher.says("membaca pembukuan / reading the books")
        uses = self._read(lambda conn: uses_of(conn, days))
        books = self._read(lambda conn: read_books(conn, uses, days))
        comparison = self._comparison(uses, keys)
        with self._rows() as rows:
            lines = comparison.lines(row for row in rows if self._is_of(row, set(days)))
        with self._rows() as rows:
            chosen = (row for row in rows if self._is_of(row, set(days)))
            rides = rides_of(
                (Ride(row, comparison.uses_of(row)) for row in chosen), comparison.network_of
            )
        self.progress.forget()
        return Replayed(
            found=found,
            days=days,
            resumed_days=len(resumed),
            tally=tally,
            seconds=seconds,
            books=books,
            lines=lines,
            rides=rides,
            created=created,
            shift=self.shift,
            currency=self.bundle.tariffs[0].asset,
        )

    def _read(self, question: Callable[[psycopg.Connection], T]) -> T:
        with psycopg.connect(self.around.database, autocommit=True) as conn:
            return question(conn)

    def _rows(self) -> AbstractContextManager[Iterator[Row]]:
        return rows_of(self.order.path, self.order.form)

    def _survey(self) -> Survey:
        """What the file holds; one that is older than the city's tariffs moves by whole weeks."""
        with self._rows() as rows:
            found = survey(rows, self.rules.calendar, self.shift)
        tariffs_from = min(tariff.valid_from for tariff in self.bundle.tariffs)
        self.shift = whole_weeks_to(min(found.days, default=tariffs_from), tariffs_from)
        if not self.shift:
            return found
        with self._rows() as rows:
            return survey(rows, self.rules.calendar, self.shift)

    def _create(self, found: Survey) -> Created:
        """Cards and places that the file names, if they are to be made: dated its first day."""
        at = self._first(found)
        if self.order.balance is None:
            return NOTHING_CREATED
        missing, self.bundle = add_missing_places(found=found, bundle=self.bundle, at=at)
        self.rules = Rules(self.bundle)
        return Created(
            cards=create_cards(
                cards=found.cards, issuer_of=self.order.issuer_of, balance=self.order.balance, at=at
            ),
            routes=len(missing.routes),
            points=len(missing.points),
        )

    def _readers(self, found: Survey) -> dict[str, DeviceKeys]:
        return ready_readers(
            stops=found.places,
            bundle=self.bundle,
            form=self.order.form.name,
            master=self.around.master,
            at=self._first(found),
        )

    def _first(self, found: Survey) -> datetime:
        """The beginning of the file's first day."""
        day = min(found.days, default=self.bundle.tariffs[0].valid_from)
        return from_ms(self.rules.calendar.start_ms(day))

    def _send(self, found: Survey, days: list[date], keys: Mapping[str, DeviceKeys]) -> Tally:
        """Send the days' taps, closing each day as the city's clock passes its end."""
        tally = Tally()
        if not days:
            return tally
        self.watcher.begins(sum(found.days[day] for day in days))
        with (
            self.around.gateway() as address,
            self._rows() as rows,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            for day, taps in by_day(rows, found.days, self.rules.calendar, self.shift):
                if day not in days:
                    continue
                sending = send_all(
                    address,
                    ((keys[planned.stop], planned.tap) for planned in taps),
                    now_ms=self.around.now_ms,
                    answered=self.watcher.sent,
                )
                tally = tally.plus(runner.run(sending))
                self._close(day)
                self.progress.finish([day])
                if day == days[-1]:
                    break
        return tally

    def _close(self, day: date) -> None:
        """What runs in a city when its clock passes the day's end."""
        close_days(
            url=self.around.database,
            before=day + NEXT,
            now_ms=self.rules.calendar.end_ms(day),
            rules=self.rules,
        )

    def _comparison(
        self, uses: Mapping[int, Charged], keys: Mapping[str, DeviceKeys]
    ) -> Comparison:
        numbers = {stop: device.device for stop, device in keys.items()}
        return Comparison(self.rules, uses, numbers, self.shift)

    def _is_of(self, row: Row, days: set[date]) -> bool:
        touch = row.entry or row.exit
        if touch is None:
            return self.order.limit_days is None
        return self.rules.calendar.day_of(self.rules.calendar.at(touch.at + self.shift)) in days
