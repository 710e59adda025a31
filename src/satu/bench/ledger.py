"""`satu bench ledger`: postings a second in sets of 1,000, beside pgbench's TPC-B."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import Random
from time import perf_counter, process_time
from typing import Any, NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict

from satu.bench import measure, server, usage
from satu.bench.problems import BenchProblem
from satu.bench.stage import Tell
from satu.kernel.ids import card_group, named_key
from satu.ledger import store
from satu.ledger.entry import Entry
from satu.ledger.kinds import AccountKind, PostingKind

SET = 1_000
WORKERS = 2
ROUNDS = 2
WARM_S = 5.0
MOST_A_SECOND = 100_000  # prepared for each second of a window, all workers together
POSTINGS_A_MS = 50
SCALE, CLIENTS, THREADS = 20, 8, 2
TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)

PURSES = """
select c.id, c.issuer, c.purse from unnest(%s::bigint[]) as u (id) join cards_card c using (id)
"""
PAYABLES = (
    "select book, array_agg(id order by id) from ledger_account where kind = %s group by book"
)

Columns = list[Any]


class Job(NamedTuple):
    """What a worker is to post: random cards' purchases for `rounds` of so many seconds."""

    url: str
    number: int
    cards: int
    rounds: Sequence[float]
    at_ms: int


class Round(NamedTuple):
    """What a worker posted, how long it took, and its own processor time."""

    postings: int
    seconds: float
    cpu_s: float


def work(job: Job, pipe: Connection) -> None:
    """A worker's life: prepare all rounds, say so, then post each when told to."""
    with psycopg.connect(job.url, autocommit=True) as conn:
        conn.execute("set plan_cache_mode = force_generic_plan")
        random = Random(f"{job.at_ms}/{job.number}")
        at_ms = job.at_ms
        rounds = []
        for seconds in job.rounds:
            rounds.append(_sets(conn, job, random, at_ms, sets_for(seconds)))
            at_ms += len(rounds[-1]) * SET // POSTINGS_A_MS
        pipe.send("ready")
        for seconds, prepared in zip(job.rounds, rounds, strict=True):
            pipe.recv()
            pipe.send(_post(conn, prepared, seconds))


def sets_for(seconds: float) -> int:
    """How many sets a worker prepares for so long: more than it can post."""
    return max(2, int(MOST_A_SECOND * seconds) // SET // WORKERS)


def _sets(
    conn: psycopg.Connection, job: Job, random: Random, at_ms: int, count: int
) -> list[Columns]:
    """Sets of purchases from `at_ms` on, as the arrays that the ledger's function takes."""
    rows = conn.execute(PAYABLES, [int(AccountKind.PAYABLE)]).fetchall()
    payables: dict[int, list[int]] = dict(rows)
    posted_at = datetime.fromtimestamp(job.at_ms / 1000, tz=UTC)
    day = posted_at.date()
    # As a gateway's lanes do: no two connections hold the same card.
    own = range(1 + job.number, job.cards + 1, WORKERS)
    prepared = []
    for place in range(count):
        cards = random.choices(own, k=SET)
        purses = {card: rest for card, *rest in conn.execute(PURSES, [cards])}
        first_ms = at_ms + place * SET // POSTINGS_A_MS
        entries = []
        for line, card in enumerate(cards):
            issuer, purse = purses[card]
            payable = random.choice(payables[issuer])
            posted_ms = first_ms + line // POSTINGS_A_MS
            entries.append(_purchase((job.number, line), card, purse, payable, posted_ms, day))
        prepared.append([*store.columns(entries), posted_at, day])
    return prepared


def _purchase(
    name: tuple[int, int], card: int, purse: int, payable: int, at_ms: int, day: date
) -> Entry:
    return Entry(
        key=named_key(at_ms, "bench", *name),
        debit=purse,
        credit=payable,
        amount=3_500,
        kind=PostingKind.PURCHASE,
        occurred_ms=at_ms,
        service_day=day,
        card_group=card_group(card),
    )


def _post(conn: psycopg.Connection, prepared: Sequence[Columns], seconds: float) -> Round:
    started, used = perf_counter(), process_time()
    posted = 0
    for columns in prepared:
        row = conn.execute(store.POST, columns, prepare=True).fetchone()
        assert row is not None
        if any(row[0]):
            raise BenchProblem(f"the ledger refused a posting: {max(row[0])}")
        posted += SET
        if perf_counter() - started >= seconds:
            break
    return Round(posted, perf_counter() - started, process_time() - used)


class Workers:
    """Processes that post, each on a connection of its own. Use as a context manager."""

    def __init__(self, url: str, cards: int, rounds: Sequence[float], at_ms: int) -> None:
        context = get_context("spawn")
        self._pipes = []
        self._children = []
        for number in range(WORKERS):
            job = Job(url, number, cards, rounds, at_ms)
            ours, theirs = context.Pipe()
            child = context.Process(target=work, args=(job, theirs), daemon=True)
            child.start()
            theirs.close()
            self._pipes.append(ours)
            self._children.append(child)

    def __enter__(self) -> Workers:
        self._receive()
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.terminate()
            child.join()

    def round(self) -> list[Round]:
        """Let all post at once; what each did."""
        for pipe in self._pipes:
            pipe.send("go")
        return self._receive()

    def _receive(self) -> list[Any]:
        try:
            return [pipe.recv() for pipe in self._pipes]
        except EOFError:
            raise BenchProblem("a worker of the bench ended early; see what it wrote") from None


def bench(
    *,
    owner: str,
    app: str,
    cards: int,
    seconds: float,
    pgbench: str,
    tpcb: str,
    at_ms: int,
    tell: Tell,
) -> dict[str, Any]:
    """Rounds of postings and of TPC-B in turn. `tpcb` is the address of pgbench's own database."""
    _prepare_tpcb(pgbench, tpcb)
    rounds: list[list[Round]] = []
    tps: list[float] = []
    cpu_s = 0.0
    warm_s = min(WARM_S, seconds / 2)
    tell("Arrays", 0, 1)
    with (
        Workers(app, cards, [warm_s, *[seconds] * ROUNDS], at_ms) as workers,
        psycopg.connect(app, autocommit=True) as conn,
    ):
        promised = server.settings(conn)
        checkpointed = server.calm(owner)
        tell("Arrays", 1, 1)
        parent = usage.server_process(conn)
        workers.round()
        for number in range(ROUNDS):
            tell("Rounds", 2 * number, 2 * ROUNDS)
            used = _cpu_s(parent)
            rounds.append(workers.round())
            cpu_s += _cpu_s(parent) - used
            tell("Rounds", 2 * number + 1, 2 * ROUNDS)
            tps.append(_tpcb(pgbench, tpcb, seconds))
        tell("Rounds", 2 * ROUNDS, 2 * ROUNDS)
        closes = server.close(conn)
    return {
        **_figures(rounds, tps, cpu_s),
        "set": SET,
        "connections": WORKERS,
        "warm_s": warm_s,
        "cards": cards,
        "books_close": closes,
        "checkpoint_before": checkpointed,
        "settings": promised,
    }


def _figures(rounds: list[list[Round]], tps: list[float], cpu_s: float) -> dict[str, Any]:
    """Rates of all rounds and their means; `cpu_s` is the server's time, 0 if it is not known."""
    posted = sum(part.postings for parts in rounds for part in parts)
    callers_s = sum(part.cpu_s for parts in rounds for part in parts)
    rates = [sum(part.postings / part.seconds for part in parts) for parts in rounds]
    rate, other = sum(rates) / ROUNDS, sum(tps) / ROUNDS
    return {
        "postings_per_s": round(rate),
        "tpcb_tps": round(other),
        "ratio": round(rate / other, 2),
        "rounds": [
            {"postings_per_s": round(mine), "tpcb_tps": round(theirs)}
            for mine, theirs in zip(rates, tps, strict=True)
        ],
        "postings": posted,
        "cpu_us_per_posting": {
            "callers": measure.each_us(callers_s, posted),
            "postgres": measure.each_us(cpu_s or None, posted),
        },
    }


def _cpu_s(server_process: int | None) -> float:
    """What the server used so far; 0 if that is not known."""
    return usage.family_cpu_s(server_process) if server_process is not None else 0.0


def fill(*, app: str, cards: int, postings: int, now_ms: Callable[[], int], tell: Tell) -> None:
    """Post purchases by random cards until so many are stored."""
    with psycopg.connect(app, autocommit=True) as conn:
        stored = server.postings(conn)
        while stored < postings:
            tell("Postings", stored, postings)
            seconds = min(20.0, 1 + (postings - stored) / MOST_A_SECOND)
            with Workers(app, cards, [seconds], now_ms()) as workers:
                workers.round()
            stored = server.postings(conn)
        tell("Postings", postings, postings)


def _prepare_tpcb(pgbench: str, url: str) -> None:
    with psycopg.connect(url) as conn:
        row = conn.execute("select to_regclass('pgbench_history')").fetchone()
    if row is None or row[0] is None:
        _run(pgbench, url, ["-i", "-q", "-s", str(SCALE)])


def _tpcb(pgbench: str, url: str, seconds: float) -> float:
    clients = ["-c", str(CLIENTS), "-j", str(THREADS)]
    told = _run(pgbench, url, [*clients, "-M", "prepared", "-T", str(max(1, round(seconds)))])
    found = TPS.search(told)
    if found is None:
        raise BenchProblem(f"pgbench told no rate: {told[-300:]}")
    return float(found[1])


def _run(pgbench: str, url: str, arguments: Sequence[str]) -> str:
    # By the surroundings, not by an argument: arguments are seen by all users of the machine.
    given = conninfo_to_dict(url)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    around = {names[name]: str(given[name]) for name in names if given.get(name)}
    done = subprocess.run(
        [pgbench, *arguments, str(given["dbname"])],
        env={**os.environ, **around},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchProblem(f"pgbench failed: {done.stderr[-300:]}")
    return done.stdout
