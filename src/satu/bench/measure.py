"""A window of load on a gateway: what was answered, how fast, and whose processor time it took."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg

from satu.bench import server, usage
from satu.bench.generator import Load, Sent, send
from satu.bench.problems import GatewayProblem

LOOK_EVERY_S = 0.01
ACTIVITY = """
select left(ltrim(query), 60) from pg_stat_activity
 where datname = current_database() and state = 'active' and application_name like 'satu-gateway-%'
"""
# What the first words of a statement tell of its purpose.
PURPOSES = (("taps_load", "load"), ("taps_stored", "load"), ("taps_commit", "commit"))


class Process(NamedTuple):
    """A gateway or a web that runs for a bench: where it listens, its process' number."""

    address: str
    process: int


class Spent(NamedTuple):
    """Seconds of processor time. `postgres` None: the server is on another machine."""

    generator: float
    gateway: float
    postgres: float | None

    def since(self, before: Spent) -> Spent:
        postgres = None
        if self.postgres is not None and before.postgres is not None:
            postgres = self.postgres - before.postgres
        return Spent(
            self.generator - before.generator, self.gateway - before.gateway, postgres
        )  # fmt: skip


class Window(NamedTuple):
    """What a window brought. `outcomes`, `postings` and `wal_bytes` count the warm-up too."""

    sent: Sent
    spent: Spent
    outcomes: dict[str, int]
    postings: int
    wal_bytes: int
    memory_mib: dict[str, int]


def run(gateway: Process, load: Load, conn: psycopg.Connection) -> Window:
    """Send a load and frame it with measurements. GatewayProblem unless every tap was accepted."""
    parent = usage.server_process(conn)
    marks: list[Spent] = []

    def mark() -> None:
        postgres = usage.family_cpu_s(parent) if parent is not None else None
        marks.append(Spent(time.process_time(), usage.cpu_s(gateway.process), postgres))

    before, posted = outcomes(gateway.address), server.postings(conn)
    written = server.wal_bytes(conn)
    sent = send(load, mark, mark)
    after = outcomes(gateway.address)
    after.subtract(before)
    found = {name: count for name, count in after.items() if count}
    if set(found) - {"accepted"}:
        raise GatewayProblem(f"not all taps were accepted: {found}")
    return Window(
        sent=sent,
        spent=marks[1].since(marks[0]),
        outcomes=found,
        postings=server.postings(conn) - posted,
        wal_bytes=server.wal_bytes(conn) - written,
        memory_mib=usage.memory_mib(gateway.process),
    )


def load_on(gateway: Process, streams: list[list[bytes]], warm_s: float, seconds: float) -> Load:
    where = urlsplit(gateway.address)
    assert where.hostname and where.port
    return Load(where.hostname, where.port, streams, warm_s, seconds)


def outcomes(address: str) -> Counter[str]:
    """A gateway's own count of taps answered, by outcome."""
    with urlopen(f"{address}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    found: Counter[str] = Counter()
    for line in lines:
        if line.startswith("satu_taps_total{"):
            name, value = line.split('"')[1], line.rsplit(" ", 1)[1]
            found[name] = int(float(value))
    return found


class Activity(threading.Thread):
    """Looks what a gateway's connections ask the server, until `stop`; counts by purpose."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.seen: Counter[str] = Counter()
        self._url = url
        self._over = threading.Event()

    def run(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as conn:
            while not self._over.wait(LOOK_EVERY_S):
                for (query,) in conn.execute(ACTIVITY, prepare=True):
                    self.seen[purpose(query)] += 1

    def stop(self) -> dict[str, float]:
        """The share of each purpose in the server's work for the gateway."""
        self._over.set()
        self.join()
        total = self.seen.total()
        return {name: count / total for name, count in self.seen.items()} if total else {}


def purpose(query: str) -> str:
    """What a gateway's statement is for: load, commit or rest."""
    return next((name for words, name in PURPOSES if words in query), "rest")


def each_us(seconds: float | None, count: int) -> float | None:
    """Microseconds for each of so many."""
    return None if seconds is None or not count else round(seconds / count * 1e6, 2)


def figures(window: Window, taps_a_request: int) -> dict[str, Any]:
    """What every window tells."""
    sent = window.sent
    taps = len(sent.latencies_s) * taps_a_request
    counted = sum(window.outcomes.values())
    return {
        "requests": len(sent.latencies_s),
        "taps": taps,
        "window_s": round(sent.seconds, 3),
        "p50_ms": round(sent.percentile_ms(50), 2),
        "p99_ms": round(sent.percentile_ms(99), 2),
        "ran_out": sent.ran_out,
        "postings_a_tap": round(window.postings / counted, 3) if counted else 0.0,
        "wal_bytes_a_tap": round(window.wal_bytes / counted) if counted else 0,
        "gateway_mib": window.memory_mib,
    }
