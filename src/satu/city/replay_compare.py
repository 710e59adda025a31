"""Why a fare differs from what the file says was paid: every row in one class. Pure.

Files of rides know less, or other, than the city's tariffs. Each class has its words, in
Indonesian and English; the counts of all classes sum to the rows of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from satu.formats.rides import Row
from satu.kernel.ids import tap_id
from satu.kernel.refusal import WHOLE_CLASSES, UseClass
from satu.services.rules import Rules
from satu.wire.messages import Words


class Charged(NamedTuple):
    """What a use costs, what it would cost alone, and how complete it is."""

    fare: int
    full_fare: int
    use_class: UseClass


class Why(StrEnum):
    """Classes of rows, in order of precedence: the first that applies is told."""

    UNREADABLE = "unreadable"
    EXIT_ALONE = "exit_alone"
    NO_USE = "no_use"
    AMOUNT_MISSING = "amount_missing"
    SAME = "same"
    ROUTE_MISSING = "route_missing"
    ROUTE_ADDED = "route_added"
    FREE_CHANGE = "free_change"
    TIME_OF_DAY = "time_of_day"
    INCOMPLETE = "incomplete"
    TARIFF_DIFFERS = "tariff_differs"


WORDS: Mapping[Why, Words] = {
    Why.UNREADABLE: Words(
        "baris tidak dapat dijadikan tap", "no tap can be made of the row: not sent"
    ),
    Why.EXIT_ALONE: Words(
        "hanya tap keluar: dibayar bersama tap masuk di baris lain",
        "an exit alone: paid with its entry, which another row tells",
    ),
    Why.NO_USE: Words(
        "tap dikarantina atau ditolak: tidak ada perjalanan",
        "its taps were set aside or refused: no ride",
    ),
    Why.AMOUNT_MISSING: Words(
        "berkas tidak menyebut jumlah; tarif dihitung", "the file tells no amount; a fare is due"
    ),
    Why.SAME: Words("sama dengan berkas", "the same as in the file"),
    Why.ROUTE_MISSING: Words(
        "rute tidak disebut; tarif menurut halte", "no route told: the fare is that of the stop"
    ),
    Why.ROUTE_ADDED: Words(
        "rute tidak ada dalam data kota; tarif menurut kode serupa",
        "the city's data lacks the route: the fare is that of routes with like codes",
    ),
    Why.FREE_CHANGE: Words(
        "pindah dalam sistem: tidak membayar lagi", "a change inside the system: not paid again"
    ),
    Why.TIME_OF_DAY: Words(
        "harga menurut jam; berkas tidak mengenalnya",
        "a price by time of day, which the file does not know",
    ),
    Why.INCOMPLETE: Words(
        "tap kurang; dikenai menurut aturan", "a tap is missing: charged by the city's rule"
    ),
    Why.TARIFF_DIFFERS: Words(
        "tarif kota untuk rute dan tanggal itu lain dari berkas",
        "the city's tariff for that route and date is another than the file's",
    ),
}


class Line(NamedTuple):
    """One class: its rows, and the sums of what was charged and of what the file says."""

    why: Why
    rows: int
    charged: int
    in_file: int


class Comparison:
    """Compares rows of a file with the uses that their taps became.

    `uses` maps a use's first tap to what it costs, `devices` a stop's code ("" for none) to the
    device that stood for it. A route without stops is one that the city's data lacked.
    """

    def __init__(
        self,
        rules: Rules,
        uses: Mapping[int, Charged],
        devices: Mapping[str, int],
        shift: timedelta,
    ) -> None:
        self._rules = rules
        self._uses = uses
        self._devices = devices
        self._shift = shift
        self._mapped = {route.code for route in rules.bundle.routes if route.patterns}
        self._networks = {route.code: route.network for route in rules.bundle.routes}
        self._stops = {point.code: point.network for point in rules.bundle.points}

    def lines(self, rows: Iterable[Row]) -> list[Line]:
        """All classes that occur, in their order."""
        count: Counter[Why] = Counter()
        charged: Counter[Why] = Counter()
        in_file: Counter[Why] = Counter()
        for row in rows:
            uses = self.uses_of(row)
            why = self.why(row, uses)
            count[why] += 1
            charged[why] += sum(use.fare for use in uses)
            in_file[why] += row.amount or 0
        return [Line(why, count[why], charged[why], in_file[why]) for why in Why if count[why]]

    def why(self, row: Row, uses: list[Charged]) -> Why:
        """The class of a row whose taps began the given uses."""
        fare = sum(use.fare for use in uses)
        tests = {
            Why.UNREADABLE: bool(row.problem),
            Why.EXIT_ALONE: not uses and row.entry is None,
            Why.NO_USE: not uses,
            Why.AMOUNT_MISSING: row.amount is None,
            Why.SAME: row.amount == fare,
            Why.ROUTE_MISSING: not row.route,
            Why.ROUTE_ADDED: row.route not in self._mapped,
            Why.FREE_CHANGE: any(use.fare < use.full_fare for use in uses),
            Why.TIME_OF_DAY: self._has_price_of_the_hour(row),
            Why.INCOMPLETE: any(use.use_class not in WHOLE_CLASSES for use in uses),
            Why.TARIFF_DIFFERS: True,
        }
        return next(why for why in Why if tests[why])

    def uses_of(self, row: Row) -> list[Charged]:
        """What the row's taps began: nothing for an exit that ended another row's ride."""
        names = []
        for touch, is_exit in ((row.entry, False), (row.exit, True)):
            if touch and not row.problem:
                names.append(tap_id(self._devices[touch.stop], 2 * row.line + is_exit))
        return [self._uses[name] for name in names if name in self._uses]

    def network_of(self, route: str) -> str:
        """The fare network of a route's code; the code itself if no such route is known."""
        return self._networks.get(route, route)

    def _has_price_of_the_hour(self, row: Row) -> bool:
        """Whether the network has a rule for the band of the clock in which the ride began."""
        if row.entry is None:
            return False
        at = row.entry.at + self._shift
        network = self._networks.get(row.route) or self._stops.get(row.entry.stop)
        tariff = self._rules.tariff_on(self._rules.calendar.day_of(self._rules.calendar.at(at)))
        minute = at.hour * 60 + at.minute
        bands = {
            band.name for band in tariff.timeframes if band.start_minute <= minute < band.end_minute
        }
        return any(
            rule.network in ("", network) and rule.from_timeframe in bands
            for rule in tariff.leg_rules
        )
