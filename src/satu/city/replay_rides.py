"""What rides a file's taps became: classes, trains' missing taps, changes of vehicle. Pure.

Some files tell more than taps: on trains whether it was a check-in or a check-out, and how many
changes of vehicle a ride has behind it. Both are compared with what the books say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Any, NamedTuple

from satu.city.replay_compare import Charged
from satu.formats import sube
from satu.formats.rides import Row
from satu.kernel.refusal import WHOLE_CLASSES, UseClass
from satu.wire.messages import Words

REACH_H = 2  # hours: how long a chain of changes can last (Red SUBE)


class Differs(StrEnum):
    """Why a ride is a change of vehicle for the file and not for us, or for us alone.

    In order of precedence: the first that applies is told.
    """

    FARE_CLASS = "fare_class"
    FIRST_NOT_IN_FILE = "first_not_in_file"
    HOUR_ONLY = "hour_only"
    SAME_LINE = "same_line"
    TAP_MISSING = "tap_missing"
    AFTER_ANOTHER = "after_another"
    ORDER_IN_HOUR = "order_in_hour"
    FILE_BEGINS_ANEW = "file_begins_anew"
    OTHER = "other"


WORDS: Mapping[Differs, Words] = {
    Differs.FARE_CLASS: Words(
        "golongan tarif (langganan, bebas biaya) yang di berkas tidak pernah mendapat potongan",
        "of a fare class that never has a change in the file: passes and the like have none",
    ),
    Differs.FIRST_NOT_IN_FILE: Words(
        "tahap sebelumnya tidak ada di berkas dalam dua jam",
        "the stage before it is not in the file, or lies more than two hours back",
    ),
    Differs.HOUR_ONLY: Words(
        "jam saja: tepat dua jam setelah tahap pertama, tak dapat dipastikan",
        "the hour only: two hours after the first stage, within or over cannot be told",
    ),
    Differs.SAME_LINE: Words(
        "jalur yang sama lagi: bukan pindah menurut tarif",
        "the same line again: no change by the tariff",
    ),
    Differs.TAP_MISSING: Words(
        "tap kurang: dikenai menurut aturan, tanpa potongan pindah",
        "a tap is missing: charged by rule, without a change's discount",
    ),
    Differs.AFTER_ANOTHER: Words(
        "lanjutan dari perjalanan yang sudah berbeda",
        "it follows a ride on which file and books differ already",
    ),
    Differs.ORDER_IN_HOUR: Words(
        "urutan dalam satu jam tidak diketahui, atau dua orang satu kartu",
        "the order within an hour is not known, or two people ride on the card",
    ),
    Differs.FILE_BEGINS_ANEW: Words(
        "menurut berkas perjalanan baru, meski jalur lain dalam dua jam",
        "a new ride by the file, though on another line within two hours",
    ),
    Differs.OTHER: Words("sebab lain", "another reason"),
}
# Where the file itself leaves open what is right.
UNDECIDED = (Differs.FIRST_NOT_IN_FILE, Differs.HOUR_ONLY)


class Ride(NamedTuple):
    """A row of the file with the uses that its taps began."""

    row: Row
    uses: Sequence[Charged]


class Trains(NamedTuple):
    """What the file tells of trains with gates, and what it became.

    `without_check_in` are exits that the file itself says have no entry. `paired` exits found the
    entry of their ride, `alone_but_paired` are those of them that the file calls alone.
    """

    check_ins: int = 0
    check_outs: int = 0
    without_check_in: int = 0
    single_use: int = 0
    paired: int = 0
    alone_but_paired: int = 0

    def figures(self) -> dict[str, Any]:
        """With the shares in per cent: how many more check-ins than check-outs there are, and how
        many exits lack an entry, by the file and by our journeys."""
        exits = self.check_outs + self.without_check_in
        missing_exits, missing_entries = self.check_ins - self.paired, exits - self.paired
        return {
            **self._asdict(),
            "missing_exits": missing_exits,
            "missing_entries": missing_entries,
            "check_ins_over_check_outs_percent": _percent(
                self.check_ins - self.check_outs, self.check_ins
            ),
            "without_check_in_percent": _percent(self.without_check_in, exits),
            "missing_exits_percent": _percent(missing_exits, self.check_ins),
            "missing_entries_percent": _percent(missing_entries, exits),
        }


class Stages(NamedTuple):
    """Whether file and books agree on what is a change of vehicle, ride by ride with an entry.

    `table` counts rides by the file's stage and whether our fare is a change's.
    """

    compared: int
    agree: int
    table: Mapping[tuple[int, bool], int]
    by_reason: Mapping[Differs, int]

    def figures(self) -> dict[str, Any]:
        undecided = sum(self.by_reason.get(why, 0) for why in UNDECIDED)
        return {
            "compared": self.compared,
            "agree": self.agree,
            "agree_percent": _percent(self.agree, self.compared),
            "agree_where_the_file_can_tell_percent": _percent(
                self.agree, self.compared - undecided
            ),
            "disagree": self.compared - self.agree,
            "disagree_by_reason": {
                why: {"rides": count, "words": {"id": WORDS[why].id, "en": WORDS[why].en}}
                for why, count in self.by_reason.items()
            },
            "table": [
                {
                    "stage_in_file": stage,
                    "first_ride": self.table.get((stage, False), 0),
                    "change": self.table.get((stage, True), 0),
                }
                for stage in sorted({stage for stage, _ in self.table})
            ],
        }


class Rides(NamedTuple):
    """The report: classes by mode of transport ("" where the file tells none)."""

    classes: Mapping[str, Mapping[str, int]]
    trains: Trains
    stages: Stages

    def figures(self) -> dict[str, Any]:
        """What `satu replay --json` says of it; trains and stages only if the file tells them."""
        totals: Counter[str] = Counter()
        for counts in self.classes.values():
            totals.update(counts)
        told: dict[str, Any] = {"classes": dict(sorted(totals.items()))}
        if any(self.classes):
            told["classes_by_mode"] = {
                mode: dict(sorted(counts.items())) for mode, counts in sorted(self.classes.items())
            }
        if self.trains.check_ins or self.trains.check_outs:
            told["trains"] = self.trains.figures()
        if self.stages.compared:
            told["etapas"] = self.stages.figures()
        return told


def rides_of(rides: Iterable[Ride], network_of: Callable[[str], str]) -> Rides:
    """The report of a file's rides, a card's together and in order.

    `network_of` maps a route's code to its fare network.
    """
    classes: dict[str, Counter[str]] = {}
    kinds: Counter[str] = Counter()
    table: Counter[tuple[int, bool]] = Counter()
    reasons: Counter[Differs] = Counter()
    with_changes: set[str] = set()
    differing: list[tuple[str, Differs]] = []
    for _, of_card in groupby(rides, key=lambda ride: ride.row.card):
        entries: list[Ride] = []
        differ: list[bool] = []
        for ride in of_card:
            row = ride.row
            counts = classes.setdefault(row.mode, Counter())
            counts.update(use.use_class.code for use in ride.uses)
            kinds[row.kind] += 1
            if row.exit and row.kind in (sube.OUT, sube.OUT_ALONE) and not ride.uses:
                kinds[f"{row.kind} paired"] += 1
            if row.stage is None or row.entry is None or not ride.uses:
                continue
            if row.stage:
                with_changes.add(row.fare_class)
            table[row.stage, _is_change(ride)] += 1
            differ.append(bool(row.stage) != _is_change(ride))
            if differ[-1]:
                differing.append((row.fare_class, _why(ride, entries, differ, network_of)))
            entries.append(ride)
    for fare_class, why in differing:
        reasons[why if fare_class in with_changes else Differs.FARE_CLASS] += 1
    compared = table.total()
    return Rides(
        {mode: counts for mode, counts in classes.items() if counts},
        _trains(kinds),
        Stages(
            compared,
            compared - len(differing),
            table,
            {why: reasons[why] for why in Differs if reasons[why]},
        ),
    )


def _trains(kinds: Mapping[str, int]) -> Trains:
    alone_but_paired = kinds[f"{sube.OUT_ALONE} paired"]
    return Trains(
        check_ins=kinds[sube.IN],
        check_outs=kinds[sube.OUT],
        without_check_in=kinds[sube.OUT_ALONE],
        single_use=kinds[sube.USE],
        paired=kinds[f"{sube.OUT} paired"] + alone_but_paired,
        alone_but_paired=alone_but_paired,
    )


def _is_change(ride: Ride) -> bool:
    """Whether our fare is that of a change: less than the ride costs by itself."""
    return any(use.fare < use.full_fare for use in ride.uses)


def _why(
    ride: Ride,
    before: Sequence[Ride],
    differ: Sequence[bool],
    network_of: Callable[[str], str],
) -> Differs:
    """Why a ride's stage in the file is not what it is for us.

    `before` are the card's entries, `differ` tells of each of them whether it differs too.
    """
    row = ride.row
    last = before[-1] if before else None
    is_same_line = last is not None and network_of(last.row.route) == network_of(row.route)
    if row.stage:
        hours = _hours_since_first(row, before)
        tests = {
            Differs.FIRST_NOT_IN_FILE: hours is None or hours > REACH_H,
            Differs.HOUR_ONLY: hours == REACH_H,
            Differs.SAME_LINE: is_same_line,
            Differs.TAP_MISSING: _lacks_a_tap([ride, *before[-1:]]),
            Differs.AFTER_ANOTHER: any(differ[-1 - row.stage : -1]),
        }
    else:
        tests = {
            Differs.ORDER_IN_HOUR: last is not None and _hours(last.row, row) == 0,
            Differs.FILE_BEGINS_ANEW: last is not None,
        }
    return next((why for why, applies in tests.items() if applies), Differs.OTHER)


def _hours_since_first(row: Row, before: Sequence[Ride]) -> int | None:
    """Hours of the clock since the file's stage 0 that a later stage belongs to."""
    stages = [ride.row.stage for ride in before]
    if row.stage is None or row.stage - 1 not in stages:
        return None
    first = next((ride.row for ride in reversed(before) if not ride.row.stage), None)
    return None if first is None else _hours(first, row)


def _hours(earlier: Row, later: Row) -> int:
    assert earlier.entry and later.entry
    since = earlier.entry.at.replace(minute=0)
    return int((later.entry.at.replace(minute=0) - since).total_seconds() // 3600)


def _lacks_a_tap(rides: Iterable[Ride]) -> bool:
    whole = (*WHOLE_CLASSES, UseClass.SAME_STATION)
    return any(use.use_class not in whole for ride in rides for use in ride.uses)


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
