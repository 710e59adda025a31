"""`satu bench pages`: how long every page of the console and the portal takes to answer.

Through the real web server with real sessions, one request at a time, when so many cards and taps
are stored. Addresses are found as people find them: by following links from the pages without
arguments, as staff of the city, of an operator, of a bank, and as residents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import ceil
from random import Random
from typing import Any, NamedTuple

import psycopg

from satu.bench import server
from satu.bench.pages_walk import OK, Answer, Guest, NameOf, walk
from satu.bench.problems import BenchProblem
from satu.bench.stage import Tell

WARM = 3
PER_CENT = 100


class Looking(NamedTuple):
    """Who looks, and where they begin; `name_of` tells which page an address is."""

    guests: Sequence[tuple[Guest, Sequence[str]]]
    name_of: NameOf
    wanted: Sequence[str]  # the pages that should be measured


class Took(NamedTuple):
    """Milliseconds that a page took, its slowest address, and its largest answer in bytes."""

    p50_ms: float
    p95_ms: float
    slowest: str
    bytes: int
    requests: int


def bench(
    looking: Looking, conn: psycopg.Connection, *, requests: int, tell: Tell
) -> dict[str, Any]:
    """Walk, then measure every page that was found; `page` is the slowest."""
    found, others = _found(looking, tell)
    took: dict[str, Took] = {}
    for number, name in enumerate(sorted(found)):
        tell("Pages", number, len(found))
        took[name] = _measured(found[name], requests, Random(name))
    tell("Pages", len(found), len(found))
    if not took:
        raise BenchProblem("no page was found: is the web what it was?")
    slowest = max(took, key=lambda name: took[name].p95_ms)
    return {
        "page": slowest,
        "p95_ms": took[slowest].p95_ms,
        "p50_ms": took[slowest].p50_ms,
        "pages": {name: one._asdict() for name, one in took.items()},
        "measured": len(took),
        "not_reached": sorted(set(looking.wanted) - set(took) - set(others)),
        "answered_otherwise": others,
        "requests": requests,
        "settings": server.settings(conn),
    }


def _found(
    looking: Looking, tell: Tell
) -> tuple[dict[str, list[tuple[Guest, str]]], dict[str, int]]:
    """Each page's addresses with who may ask for them; what answered otherwise to everybody."""
    found: dict[str, list[tuple[Guest, str]]] = defaultdict(list)
    others: dict[str, int] = {}
    for place, (guest, starts) in enumerate(looking.guests):
        tell("Links", place, len(looking.guests))
        walked = walk(guest, starts, looking.name_of)
        others |= walked.others
        for name, paths in walked.samples.items():
            found[name] += [(guest, path) for path in paths]
    tell("Links", len(looking.guests), len(looking.guests))
    return found, {name: status for name, status in others.items() if name not in found}


def _measured(samples: Sequence[tuple[Guest, str]], requests: int, random: Random) -> Took:
    """Ask for a page's addresses in turn. BenchProblem if one does not answer as before."""
    order = list(samples)
    random.shuffle(order)
    for guest, path in (order * WARM)[: max(WARM, min(len(order), requests))]:
        _asked(guest, path)
    took: list[tuple[float, str, int]] = []
    for number in range(requests):
        guest, path = order[number % len(order)]
        answer = _asked(guest, path)
        took.append((1_000 * answer.seconds, path, len(answer.body)))
    times = [ms for ms, _, _ in took]
    return Took(
        round(percentile(times, 50), 1),
        round(percentile(times, 95), 1),
        max(took)[1],
        max(size for _, _, size in took),
        len(took),
    )


def _asked(guest: Guest, path: str) -> Answer:
    answer = guest.get(path)
    if answer.status != OK:
        raise BenchProblem(f"{path} answered 200 before, and now {answer.status} to {guest.who}")
    return answer


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many per cent do not pass: one of them."""
    return sorted(values)[ceil(percent / PER_CENT * len(values)) - 1]


def told(done: Mapping[str, Any], most: int = 10) -> list[str]:
    """The slowest pages as lines for people, the slowest first."""
    pages: dict[str, dict[str, Any]] = done["pages"]
    ordered = sorted(pages.items(), key=lambda item: -item[1]["p95_ms"])
    return [f"{one['p95_ms']:>8.1f} ms  {name}  {one['slowest']}" for name, one in ordered[:most]]
