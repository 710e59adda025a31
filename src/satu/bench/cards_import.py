"""`satu bench cards-import`: how fast a bank's file of cards and holders is loaded, and whether a
profile opens as quickly when so many are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from math import ceil, log2
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

import psycopg

from satu.bench import server
from satu.bench.problems import BenchProblem
from satu.bench.stage import Tell
from satu.bench.usage import family_cpu_s, server_process
from satu.cards.import_run import CHUNK, PARTS, Chunk, Done, File, Order, run
from satu.people.kinds import IDENTITY_CHECK, Role
from satu.people.profile import Profile

ACTOR = "command:bench"
WHOLE_CITY = 12_000_000
FIRST = 10  # one of so many parts is loaded, and looked at, before the others
LOOKS = 1_000
WARM_LOOKS = 50

Look = Callable[[int], None]  # opens the profile of a resident, by number


class Bench(NamedTuple):
    """What a measurement needs: the owner's address, what processes are told, who is told."""

    owner: str
    order: Order
    processes: int
    look: Look
    tell: Tell


class Part(NamedTuple):
    """A part of the file, loaded: what became of its chunks, in how long, at what cost."""

    done: list[Done]
    seconds: float
    postgres_cpu_s: float


def bench(place: Bench, *, file: Path, cards: int) -> dict[str, Any]:
    """Load a tenth of the file, then the rest; after each open profiles of random residents."""
    with File(file) as lines, psycopg.connect(place.owner, autocommit=True) as conn:
        promised = server.settings(conn)
        chunks = lines.chunks()
        parts: list[Part] = []
        looks: list[tuple[int, list[float]]] = []
        for count in (ceil(cards / CHUNK / FIRST), None):
            parts.append(_load(place, conn, islice(chunks, count), cards, parts))
            made = sum(done.loaded.made for one in parts for done in one.done)
            calmed = server.calm(place.owner)
            looks.append((made, _looks(place, conn)))
    if made != cards:
        raise BenchProblem(f"{made:,} cards were made, not {cards:,}")
    seconds = sum(one.seconds for one in parts)
    (few, few_ms), (many, many_ms) = [(one[0], percentile(one[1], 95)) for one in looks]
    return {
        "cards_per_s": round(cards / seconds),
        "profile_p95_ms": round(many_ms, 3),
        "profile_p50_ms": round(percentile(looks[1][1], 50), 3),
        "profile_p95_ms_12m": round(extrapolated((few, few_ms), (many, many_ms)), 3),
        "is_extrapolated": cards < WHOLE_CITY,
        "profile_p95_ms_tenth": round(few_ms, 3),
        "cpu_us_per_card": costs(parts, cards),
        "cards": cards,
        "residents": sum(done.loaded.residents for one in parts for done in one.done),
        "window_s": round(seconds, 3),
        "processes": place.processes,
        "looks": LOOKS,
        "checkpoint_before": calmed,
        "settings": promised,
    }


def extrapolated(few: tuple[int, float], many: tuple[int, float]) -> float:
    """A p95 with the whole city stored, of two measured as (residents, milliseconds).

    A profile is found by indexes, whose depth grows with the logarithm: each doubling is taken to
    cost what the last one did. It says nothing of a database that memory cannot hold.
    """
    doublings = log2(many[0] / few[0]) if many[0] > few[0] else 1.0
    growth = max(0.0, many[1] - few[1]) / doublings
    return many[1] + growth * max(0.0, log2(WHOLE_CITY / many[0]))


def percentile(values: list[float], percent: float) -> float:
    """The value that so many percent do not pass: one of them."""
    return sorted(values)[ceil(percent / 100 * len(values)) - 1]


def costs(parts: list[Part], cards: int) -> dict[str, float]:
    """Microseconds of processor time that a card costs: our processes by part, and the server."""
    spent = {part: sum(done.cpu_s[part] for one in parts for done in one.done) for part in PARTS}
    spent["postgres"] = sum(one.postgres_cpu_s for one in parts)
    return {part: round(seconds * 1e6 / cards, 1) for part, seconds in spent.items()}


def _load(
    place: Bench,
    conn: psycopg.Connection,
    chunks: Iterator[Chunk],
    cards: int,
    before: list[Part],
) -> Part:
    """Load chunks. The clock runs from the first that a process is given to the last commit."""
    main = server_process(conn)
    started: list[tuple[float, float]] = []

    def timed() -> Iterator[Chunk]:
        for chunk in chunks:
            if not started:
                started.append((perf_counter(), family_cpu_s(main) if main else 0.0))
            yield chunk

    done, ended = [], (0.0, 0.0)
    made = sum(one.loaded.made for part in before for one in part.done)
    for one in run(place.order, timed(), processes=place.processes):
        done.append(one)
        made += one.loaded.made
        ended = perf_counter(), family_cpu_s(main) if main else 0.0
        place.tell("Cards", made, cards)
    seconds, cpu = ((last - first) for last, first in zip(ended, started[0], strict=True))
    return Part(done, seconds, cpu)


def _looks(place: Bench, conn: psycopg.Connection) -> list[float]:
    """Milliseconds in which profiles of random residents open, what is looked up warm."""
    row = conn.execute("select max(owner) from cards_card").fetchone()
    assert row is not None
    choose, took = Random("looks"), []
    for number in range(WARM_LOOKS + LOOKS):
        resident = choose.randint(1, row[0])
        started = perf_counter()
        place.look(resident)
        took.append(1_000 * (perf_counter() - started))
        place.tell("Profiles", number + 1, WARM_LOOKS + LOOKS)
    return took[WARM_LOOKS:]


def looker(at: datetime) -> Look:
    """Opens profiles at the one door, which writes down each look. Django is set up."""
    from satu.people.access import open_profile  # noqa: PLC0415

    def look(resident: int) -> None:
        opened = open_profile(
            actor=ACTOR,
            role=Role.SYSTEM,
            resident_id=resident,
            purpose=IDENTITY_CHECK,
            case="",
            at=at,
        )
        assert isinstance(opened, Profile) and opened.name, opened

    return look
