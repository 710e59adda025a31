"""How soon a lost card is refused everywhere: thousands of readers that poll a real gateway.

Every reader is its own: keys, list on disk, pauses at random. They share one HTTP client.
"""

from __future__ import annotations

import asyncio
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import httpx
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from satu.bench import usage
from satu.bench.measure import Process
from satu.bench.problems import BenchProblem
from satu.bench.stage import Tell
from satu.kernel.days import from_ms
from satu.validator.client import ReaderClient, new_http
from satu.validator.denials import DenyListKept, Every, follow
from satu.validator.keys import DeviceKeys

ACTOR = "command:bench"
CONNECTIONS = 16  # the client looks through all of them for every request
PROBE_S = 0.1
PATIENCE = 4.0  # longest pauses that all readers together may take to hear of something
MEMORY = Path("/dev/shm")  # thousands of readers' disks are not this machine's

Report = Callable[[], int]


class Gates(NamedTuple):
    """A gateway and the readers before it; `every`: how they pause between two questions."""

    gateway: Process
    readers: Sequence[DeviceKeys]
    scheme: Ed25519PublicKey
    every: Every


class Reported(NamedTuple):
    """A report that was made: when, the version that has it, when it was published."""

    at_s: float
    version: int
    published_s: float


class Heard(NamedTuple):
    """The versions that a reader had, each with when it came; both ascending."""

    versions: list[int]
    at_s: list[float]

    def after_s(self, report: Reported) -> float | None:
        """Seconds from a report until this reader refused the card; None: it never did."""
        place = bisect_left(self.versions, report.version)
        return self.at_s[place] - report.at_s if place < len(self.versions) else None


def bench(
    gates: Gates, app_url: str, *, reports: int, now_ms: Callable[[], int], tell: Tell
) -> dict[str, Any]:
    """Report cards lost while all readers poll: `published_s`, `gates_p95_s` and how it was."""
    with psycopg.connect(app_url, autocommit=True) as conn:
        cards = iter(_unreported(conn, reports + 1))
    return asyncio.run(simulate(gates, _reporting(cards, now_ms), reports=reports, tell=tell))


def _unreported(conn: psycopg.Connection, count: int) -> list[int]:
    rows = conn.execute("select id from cards_card where state = 0 order by id limit %s", [count])
    cards = [row[0] for row in rows]
    if len(cards) < count:
        raise BenchProblem("nearly every card was reported lost before; use --fresh")
    return cards


def _reporting(cards: Any, now_ms: Callable[[], int]) -> Report:
    from satu.cards.errors import Refusal  # noqa: PLC0415  (Django is set up by now)
    from satu.cards.lifecycle import report_lost  # noqa: PLC0415

    def report() -> int:
        done = report_lost(card=next(cards), owner=None, actor=ACTOR, at=from_ms(now_ms()))
        if isinstance(done, Refusal):
            raise BenchProblem(f"a card cannot be reported lost: {done}")
        return done.denial_version

    return report


async def simulate(gates: Gates, report: Report, *, reports: int, tell: Tell) -> dict[str, Any]:
    """Readers poll; cards are reported one after the other over one of their longest pauses.

    `report` makes one report and tells the deny list's version that has it.
    """
    await asyncio.to_thread(report)  # so that the list has a version and is not empty
    shelf = MEMORY if MEMORY.is_dir() else None
    heard = [Heard([], []) for _ in gates.readers]
    with tempfile.TemporaryDirectory(dir=shelf) as folder:
        async with new_http(CONNECTIONS) as http:
            crowd, polls = _start(gates, http, Path(folder), heard)
            try:
                await _until(heard, 1, gates.every, tell, "Readers with a list")
                before = (monotonic(), polls[0], usage.cpu_s(gates.gateway.process))
                made = await _report(gates, report, reports, http)
                await _until(heard, made[-1].version, gates.every, tell, "Readers that know all")
                window_s = monotonic() - before[0]
                asked = polls[0] - before[1]
                spent_s = usage.cpu_s(gates.gateway.process) - before[2]
            finally:
                for task in crowd:
                    task.cancel()
                await asyncio.gather(*crowd, return_exceptions=True)
    return {
        **_figures(made, heard),
        "readers": len(gates.readers),
        "reports": reports,
        "pause_s": list(gates.every),
        "polls_per_s": round(asked / window_s, 1),
        "gateway_cpu": round(spent_s / window_s, 3),
        "window_s": round(window_s, 1),
    }


def _start(
    gates: Gates,
    http: httpx.AsyncClient,
    folder: Path,
    heard: Sequence[Heard],
) -> tuple[list[asyncio.Task[None]], list[int]]:
    """Each reader as a task of its own, and a count of all that they asked and were told."""
    polls = [0]

    def hearing(mine: Heard) -> Callable[[DenyListKept], None]:
        def told(kept: DenyListKept) -> None:
            polls[0] += 1
            if not mine.versions or kept.version > mine.versions[-1]:
                mine.versions.append(kept.version)
                mine.at_s.append(monotonic())

        return told

    tasks = []
    for keys, mine in zip(gates.readers, heard, strict=True):
        client = ReaderClient(gates.gateway.address, keys, scheme_key=gates.scheme, http=http)
        kept = DenyListKept(folder / str(keys.device), gates.scheme)
        following = follow(client, kept, every=gates.every, told=hearing(mine))
        tasks.append(asyncio.create_task(following))
    return tasks, polls


async def _report(
    gates: Gates, report: Report, reports: int, http: httpx.AsyncClient
) -> list[Reported]:
    """Make the reports; a reader that asks all the time tells when each is published."""
    probe = ReaderClient(
        gates.gateway.address, gates.readers[0], scheme_key=gates.scheme, http=http
    )  # fmt: skip
    made = []
    for _ in range(reports):
        at_s = monotonic()
        version = await asyncio.to_thread(report)
        while (await probe.deny_list(version - 1)).version < version:
            await asyncio.sleep(PROBE_S)
        made.append(Reported(at_s, version, monotonic() - at_s))
        await asyncio.sleep(gates.every.most_s / reports)
    assert all(one.version < after.version for one, after in pairwise(made))
    return made


async def _until(
    heard: Sequence[Heard], version: int, every: Every, tell: Tell, words: str
) -> None:
    """Wait until every reader has a version."""
    deadline = monotonic() + PATIENCE * every.most_s + 10
    while True:
        there = sum(bool(one.versions) and one.versions[-1] >= version for one in heard)
        tell(words, there, len(heard))
        if there == len(heard):
            return
        if monotonic() > deadline:
            raise BenchProblem(f"{len(heard) - there} readers never heard of version {version}")
        await asyncio.sleep(PROBE_S)


def _figures(made: Sequence[Reported], heard: Sequence[Heard]) -> dict[str, float]:
    waited = sorted(
        after_s for one in heard for report in made if (after_s := one.after_s(report)) is not None
    )
    assert len(waited) == len(made) * len(heard)
    return {
        "published_s": round(max(report.published_s for report in made), 3),
        "gates_p50_s": round(waited[len(waited) // 2], 3),
        "gates_p95_s": round(waited[len(waited) * 95 // 100], 3),
        "gates_max_s": round(waited[-1], 3),
    }
