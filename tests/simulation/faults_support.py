"""Readers that send random rides while something breaks, and the proof of the books afterwards."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import msgspec
import psutil
import psycopg

from satu.kernel.ids import tap_id
from satu.kernel.refusal import Meaning, Outcome
from satu.ledger.kinds import PostingKind, Result
from satu.ledger.verify import verify
from satu.project.clock import now_ms
from satu.taps.verify import ALL_CHECKS
from satu.validator.client import GatewayAwayError, ReaderClient, new_http
from satu.validator.keys import DeviceKeys
from satu.wire.messages import Decision, Tap
from tests.journeys.gateway_support import ACTOR, AT, Town
from tests.support import Database, TestServer, remove

RICH, POOR = 200_000, 6_000
PAUSE_S = 1.0  # of a reader that was not answered
UNKNOWN_CARD = 999_999_999
PLACES = [("A", "R1"), ("B", "R1"), ("C", ""), ("X", ""), ("Y", ""), ("Z", ""), ("GATE", "")]
RIDES = [PostingKind.FARE, PostingKind.SHORTFALL, PostingKind.CORRECTION,
         PostingKind.SHORTFALL_UNDONE, PostingKind.COLLECTION]  # fmt: skip

# What each ride's postings took from its card's own accounts, by the tap that caused them.
PAID = """
with leg as (
    select tap, kind, debit as account, amount as change from ledger_posting
    union all
    select tap, kind, credit, -amount from ledger_posting
)
select l.tap, sum(l.change)::bigint from leg l
  join ledger_account a on a.id = l.account and a.balance is not null
 where l.kind = any(%s) group by l.tap
"""
MONEY = """
select c.id, p.balance + r.balance from cards_card c
  join ledger_account p on p.id = c.purse join ledger_account r on r.id = c.receivable
"""


def new_seed() -> int:
    """The run's seed: SATU_TEST_SEED, else a fresh one. It is printed, and shown on a failure."""
    seed = int(os.environ.get("SATU_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"SATU_TEST_SEED={seed}")
    return seed


class Parcel(NamedTuple):
    """One request's taps: a single tap that asks, or an upload of what was decided offline."""

    keys: DeviceKeys
    taps: tuple[Tap, ...]
    is_upload: bool


class Fleet:
    """Readers that share cards. It knows what was sent, what was answered, and what was not.

    Taps of all kinds of places, in order and late, of rich, poor and unknown cards.
    """

    def __init__(self, town: Town, seed: int, *, readers: int = 8, cards: int = 24) -> None:
        self.town = town
        self.random = random.Random(seed)
        self.readers = [town.reader(f"fleet-{number}") for number in range(readers)]
        self.money = dict.fromkeys(town.cards(cards, balance=RICH), RICH)
        self.money |= dict.fromkeys(town.cards(max(1, cards // 4), balance=POOR), POOR)
        self.sent: dict[int, Tap] = {}
        self.told: dict[int, Decision] = {}
        self.waiting: list[Parcel] = []
        self.answered: list[Parcel] = []
        self.answers_lost = 0
        self.met: Counter[str] = Counter()
        self.top_ups = len(self.money)

    def parcel(self, keys: DeviceKeys) -> Parcel:
        """A new request of a reader, which waits from now on."""
        is_upload = self.random.random() < 0.4
        count = self.random.randint(1, 40) if is_upload else 1
        taps = tuple(self._tap(is_upload) for _ in range(count))
        self.sent |= {tap_id(keys.device, tap.sequence): tap for tap in taps}
        made = Parcel(keys, taps, is_upload)
        self.waiting.append(made)
        return made

    def _tap(self, is_upload: bool) -> Tap:
        point, route = self.random.choice(PLACES)
        decided = self.random.choice(["open", "open", "open", "refused"]) if is_upload else "ask"
        late_ms = self.random.choice([0, 0, 0, self.random.randrange(1_200_000)])
        card = self.random.choice(list(self.money))
        if not is_upload and self.random.random() < 0.02:
            card = UNKNOWN_CARD
        return self.town.tap(card, point, route=route, decided=decided, at_ms=now_ms() - late_ms)

    def top_up(self) -> None:
        """Somebody puts money on a card meanwhile; what rides are owed is collected from it."""
        from satu.cards.actions import TopUp, top_up

        card, amount = self.random.choice(list(self.money)), self.random.choice([500, 4_000])
        self.top_ups += 1
        done = top_up(card=card, amount=amount, reference=str(self.top_ups), actor=ACTOR, at=AT)
        assert isinstance(done, TopUp) and done.result is Result.POSTED
        self.money[card] += amount

    async def send(self, client: ReaderClient, parcel: Parcel) -> bool:
        """Send a request; whether it was answered."""
        try:
            decisions = await ask(client, parcel)
        except GatewayAwayError as away:
            self.met[str(away).rsplit(" ", 1)[-1]] += 1
            return False
        self.hear(parcel, decisions)
        return True

    def hear(self, parcel: Parcel, decisions: Sequence[Decision]) -> None:
        """Take an answer note; what was answered before must be answered again, as a repeat."""
        self.met["200"] += 1
        for tap, decision in zip(parcel.taps, decisions, strict=True):
            name = tap_id(parcel.keys.device, tap.sequence)
            assert tap_id(decision.device, decision.sequence) == name
            plain = msgspec.structs.replace(decision, repeat=False, words=None)
            if name in self.told:
                assert (decision.repeat, plain) == (True, self.told[name])
            else:
                self.told[name] = plain
                self.answers_lost += decision.repeat
        if parcel in self.waiting:
            self.waiting.remove(parcel)
            self.answered.append(parcel)

    def work(
        self, address: str, *, fault: Callable[[], object], after_s: float, on_s: float = 0.0
    ) -> None:
        """All readers ride; a fault comes after a while; `on_s` later they stop."""
        asyncio.run(self._work(address, fault, after_s, on_s))

    async def _work(
        self, address: str, fault: Callable[[], object], after_s: float, on_s: float
    ) -> None:
        ended = asyncio.Event()
        async with new_http() as http, asyncio.TaskGroup() as group:
            for keys in self.readers:
                client = ReaderClient(address, keys, http=http, attempts=1)
                group.create_task(self._ride(client, ended))
            await asyncio.sleep(after_s)
            await asyncio.to_thread(fault)
            await asyncio.sleep(on_s)
            ended.set()

    async def _ride(self, client: ReaderClient, ended: asyncio.Event) -> None:
        while not ended.is_set():
            if not await self.send(client, self.parcel(client.keys)):
                await asyncio.sleep(PAUSE_S)

    def resend(self, address: str, *, repeats: int = 30) -> None:
        """Send what is unanswered until it is answered, and some of what was answered as well.

        Some readers gave up waiting, decided themselves, and upload what they had asked.
        """
        parcels = [self._given_up(place) for place in range(len(self.waiting))]
        parcels += self.random.sample(self.answered, min(repeats, len(self.answered)))
        asyncio.run(self.deliver(address, parcels))
        assert not self.waiting

    def _given_up(self, place: int) -> Parcel:
        parcel = self.waiting[place]
        is_known = parcel.taps[0].token != str(UNKNOWN_CARD)
        if not parcel.is_upload and is_known and self.random.random() < 0.3:
            opened = msgspec.structs.replace(parcel.taps[0], decided="open")
            self.waiting[place] = parcel._replace(taps=(opened,), is_upload=True)
        return self.waiting[place]

    async def deliver(
        self,
        address: str,
        parcels: Sequence[Parcel],
        *,
        at_once: int = 16,
        on_answer: Callable[[httpx.Response], Awaitable[None]] | None = None,
    ) -> None:
        """Send requests until each is answered, as the gateway's answers tell."""
        turn = asyncio.Semaphore(at_once)

        async def one(http: httpx.AsyncClient, parcel: Parcel) -> None:
            async with turn:
                client = ReaderClient(address, parcel.keys, http=http, attempts=15)
                assert await self.send(client, parcel)

        async with new_http(at_once) as http, asyncio.TaskGroup() as group:
            http.event_hooks = {"response": [on_answer] if on_answer else []}
            for parcel in parcels:
                group.create_task(one(http, parcel))

    def check_books(self) -> None:
        """Every tap that was answered is in the books, once and as answered, and nothing else."""
        assert self.stored() == self.told
        with psycopg.connect(self.town.database.app_url, autocommit=True) as conn:
            self._check_money(conn)
            report = verify(conn, ALL_CHECKS)
            assert report.ok, report.problems

    def stored(self) -> dict[int, Decision]:
        """The taps in the books, as their readers would be told of them."""
        columns = "id, outcome, meaning, charge, full_fare, balance"
        with psycopg.connect(self.town.database.app_url) as conn:
            rows = conn.execute(f"select {columns} from taps_tap").fetchall()
        return {
            name: Decision(
                device=name >> 40,
                sequence=name & (1 << 40) - 1,
                accepted=outcome == 0,
                code=Outcome(outcome).code,
                meaning=Meaning(meaning).code,
                charge=charge,
                full_fare=full_fare,
                balance=balance,
            )
            for name, outcome, meaning, charge, full_fare, balance in rows
        }

    def _check_money(self, conn: psycopg.Connection[Any]) -> None:
        kinds = [kind.value for kind in RIDES]
        paid = dict(conn.execute(PAID, [kinds]).fetchall())
        charges = {name: told.charge for name, told in self.told.items()}
        assert {name: charge for name, charge in charges.items() if charge} == {
            name: change for name, change in paid.items() if change
        }
        left = dict(self.money)
        for name, charge in charges.items():
            if charge:
                left[int(self.sent[name].token)] -= charge
        assert dict(conn.execute(MONEY).fetchall()) == left
        topped_up = conn.execute(
            "select count(*) from ledger_posting where kind <> all(%s)", [kinds]
        ).fetchone()
        assert topped_up == (self.top_ups,)

    def summary(self) -> str:
        """One line for a person who runs it by hand."""
        codes = Counter(told.code for told in self.told.values())
        return (
            f"{len(self.told)} taps answered {dict(codes)}, answers lost {self.answers_lost},"
            f" requests {dict(self.met)}"
        )


async def ask(client: ReaderClient, parcel: Parcel) -> list[Decision]:
    """Send a request once; GatewayAwayError if it was not answered."""
    if parcel.is_upload:
        return await client.upload(parcel.taps, compress=len(parcel.taps) > 20)
    return [await client.tap(parcel.taps[0])]


@contextmanager
def own_postgres() -> Iterator[TestServer]:
    """A PostgreSQL of one's own, to be killed."""
    home = Path(os.environ["SATU_HOME"]) / f"own-{uuid4().hex[:8]}"
    server = TestServer(home)
    server.admin.close()
    try:
        yield server
    finally:
        remove(home)


@contextmanager
def own_database(server: TestServer, monkeypatch: Any) -> Iterator[Database]:
    """A migrated database of that server, which this program's Django and children use."""
    from django.db import connections

    from satu.project.database import point_django
    from tests.support import TEMPLATE

    name = f"t_{uuid4().hex}"
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template {TEMPLATE} owner satu")
    made = Database(server, name)
    monkeypatch.setenv("SATU_DATABASE_URL", made.owner_url)
    monkeypatch.setenv("SATU_APP_URL", made.app_url)
    point_django("default", made.app_url)
    yield made
    made.close()
    connections.close_all()


def postmaster(server: TestServer) -> psutil.Process:
    pid_file = server.postgres.data / "postmaster.pid"
    return psutil.Process(int(pid_file.read_text().split()[0]))


def kill_everything(server: TestServer) -> None:
    """kill -9 of the postmaster and all its back ends at once."""
    chief = postmaster(server)
    chief.suspend()  # or it would bring back ends back while they are killed
    _kill(*chief.children(recursive=True), chief)


def kill_a_back_end(server: TestServer, choose: random.Random) -> None:
    """kill -9 of one program that serves a gateway; PostgreSQL then starts all anew by itself."""
    serving = [
        child
        for child in postmaster(server).children()
        if " satu_app " in " ".join(child.cmdline())
    ]
    _kill(choose.choice(serving))


def kill_the_postmaster(server: TestServer) -> None:
    """kill -9 of the postmaster alone: its back ends notice and go."""
    _kill(postmaster(server))


def _kill(*processes: psutil.Process) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    # Until init has buried them, they still count as running.
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert not alive
