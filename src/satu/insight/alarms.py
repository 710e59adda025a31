"""What staff are called for: decided from figures, without a database. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from satu.insight.counts import KNOWN_TAPS, DayCounts, Reader

EXPECTED_LEAST = 20  # fewer taps than that in half an hour: it is night, and silence is usual
MISSING_SHARE = 0.25  # fewer than this share of the usual taps: the operator itself is silent
WIDE_SHARE = 1 / 3  # so many of its readers silent at once: the operator is, not its readers
WIDE_LEAST = 10
REFUSED_LEAST = 20
REFUSED_SHARE = 0.05
REFUSED_TIMES = 3


class Kind(StrEnum):
    """In the order in which they are shown."""

    BOOKS_OPEN = "books_open"
    PROOF_FAILED = "proof_failed"
    BANK_OUT = "bank_out"
    OPERATOR_SILENT = "operator_silent"
    REFUSALS_RISING = "refusals_rising"
    READER_SILENT = "reader_silent"


Detail = dict[str, int | float | str]


class Found(NamedTuple):
    """An alarm as it stands now. `since_ms` is when it began, by the city's clock."""

    kind: Kind
    subject: str
    since_ms: int
    detail: Detail


class Flow(NamedTuple):
    """An operator's taps and refusals in half an hour, and what is usual.

    With `has_history`, usual is the mean of the last week's days at this time; without it that of
    today's half hours so far, which does not know when night falls.
    """

    taps: int
    refused: int
    usual_taps: float
    usual_refused: float
    has_history: bool

    @property
    def is_missing(self) -> bool:
        """Far fewer taps than are usual."""
        return self.taps < MISSING_SHARE * self.usual_taps

    @property
    def is_night(self) -> bool:
        """Whether silence says nothing: hardly anybody taps at this time, or it may be night."""
        if self.has_history:
            return self.usual_taps < EXPECTED_LEAST
        return self.taps < EXPECTED_LEAST or self.is_missing


def silent_alarms(
    today: DayCounts, flows: Mapping[int, Flow], now_ms: int, since_ms: int
) -> list[Found]:
    """Readers that fell silent while their operator's others tap; at night nobody is called.

    An operator with a quarter of its usual taps, or a third of its readers silent at once, is one
    alarm, and its readers none. `since_ms` is when the half hour of `flows` began.
    """
    known: Counter[int] = Counter()
    silent: defaultdict[int, list[tuple[int, Reader]]] = defaultdict(list)
    for device, reader in today.readers.items():
        operator = today.operator_of.get(reader.point, 0)
        known[operator] += reader.taps >= KNOWN_TAPS
        if reader.is_silent(now_ms):
            silent[operator].append((device, reader))
    found: list[Found] = []
    for operator, flow in flows.items():
        readers = silent[operator]
        is_wide = len(readers) >= WIDE_LEAST and len(readers) > WIDE_SHARE * known[operator]
        if flow.is_night:
            continue
        if flow.is_missing or is_wide:
            detail: Detail = {
                "operator": operator,
                "taps": flow.taps,
                "usual": round(flow.usual_taps),
                "readers": len(readers),
            }
            found.append(Found(Kind.OPERATOR_SILENT, str(operator), since_ms, detail))
        else:
            found += map(_reader, readers)
    return found


def refusal_alarms(flows: Mapping[int, Flow], since_ms: int) -> list[Found]:
    """Operators at whose readers refusals are far more frequent than in the week before."""
    found = []
    for operator, flow in flows.items():
        share = flow.refused / max(1, flow.taps)
        usual = flow.usual_refused / max(1.0, flow.usual_taps)
        if flow.refused >= REFUSED_LEAST and share > max(REFUSED_SHARE, REFUSED_TIMES * usual):
            detail: Detail = {
                "operator": operator,
                "refused": flow.refused,
                "taps": flow.taps,
                "percent": round(100 * share, 1),
                "usual_percent": round(100 * usual, 1),
            }
            found.append(Found(Kind.REFUSALS_RISING, str(operator), since_ms, detail))
    return found


def book_alarms(differences: Iterable[tuple[int, int]], now_ms: int) -> list[Found]:
    """Books that do not close: (book, difference) of each."""
    return [
        Found(Kind.BOOKS_OPEN, str(book), now_ms, {"book": book, "difference": difference})
        for book, difference in differences
        if difference
    ]


def _reader(silent: tuple[int, Reader]) -> Found:
    device, reader = silent
    detail: Detail = {"device": device, "point": reader.point, "taps": reader.taps}
    return Found(Kind.READER_SILENT, str(device), reader.last_ms, detail)
