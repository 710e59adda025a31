"""A small city in a database, its readers, and a real gateway before it in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import httpx
import msgspec
import psycopg

from satu.cards.kinds import Issuer
from satu.gateway.problems import CATALOGUE
from satu.kernel.keys import DEVICE, SCHEME
from satu.project import environment, gateways
from satu.project.clock import now_ms
from satu.validator.client import ReaderClient
from satu.validator.keys import DeviceKeys, simulated_keys
from satu.validator.request import TAPS_PATH, UPLOADS_PATH, signed_headers, upload_headers
from satu.wire.messages import Problem, Tap
from satu.wire.signing import scheme_key
from tests.small_city import BANK, BUNDLE, OTHER_BANK, TARIFF

ACTOR = "staff:ani"
AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
BALANCE = 100_000
JSON_TYPE = {"Content-Type": "application/json"}

TIMELESS = msgspec.structs.replace(TARIFF, valid_from=date(2020, 1, 1))
CITY = msgspec.structs.replace(BUNDLE, tariffs=(TIMELESS,))


class Town:
    """The city in a database: two banks, cards with money, readers with keys of their own."""

    def __init__(self, database: Any) -> None:
        from satu.cards.actions import ensure_issuers
        from satu.ledger.actions import ensure_accounts
        from satu.ledger.kinds import SCHEME as BOOK
        from satu.ledger.kinds import AccountKind, Asset
        from satu.taps.actions import load_places

        self.database = database
        self.conn: psycopg.Connection[Any] = database.connect()
        self.bundle = load_places(bundle=CITY, actor=ACTOR, at=AT).bundle
        banks = [
            Issuer(BANK, "mandiri", "Bank Mandiri", "936008", True, "simulated"),
            Issuer(OTHER_BANK, "bca", "BCA", "936014", True, "simulated"),
        ]
        ensure_issuers(issuers=banks, actor=ACTOR, at=AT)
        wanted = []
        for operator in self.bundle.operators:
            wanted.append((AccountKind.UNFUNDED_CLAIM, BOOK, Asset.IDR, operator.id, 0))
            for bank in (BANK, OTHER_BANK):
                wanted.append((AccountKind.PAYABLE, bank, Asset.IDR, operator.id, 0))
        ensure_accounts(wanted=wanted, actor=ACTOR, at=AT)
        self.master = environment.key_for(DEVICE)
        self.scheme_key = scheme_key(environment.key_for(SCHEME)).public_key()
        self.sequence = 0

    def reader(self, code: str = "reader-1") -> DeviceKeys:
        """A registered reader's keys."""
        from satu.taps.actions import NewDevice, register_devices

        device = NewDevice(
            code,
            self.bundle.operators[0].id,
            None,
            lambda number: simulated_keys(number, self.master).public_key,
        )
        number = register_devices(devices=[device], actor=ACTOR, at=AT)[code]
        return simulated_keys(number, self.master)

    def cards(self, count: int = 1, balance: int = BALANCE) -> range:
        from satu.cards.actions import issue_cards

        made = issue_cards(issuer=BANK, count=count, balance=balance, actor=ACTOR, at=AT)
        assert isinstance(made, range)
        return made

    def card_of_a_bank_without_accounts(self) -> int:
        """A card whose rides cannot be posted: its bank joined without payables for operators."""
        from satu.cards.actions import ensure_issuers, issue_cards

        bank = Issuer(99, "late", "Late Bank", "936099", True, "simulated")
        ensure_issuers(issuers=[bank], actor=ACTOR, at=AT)
        made = issue_cards(issuer=99, count=1, balance=BALANCE, actor=ACTOR, at=AT)
        assert isinstance(made, range)
        return made[0]

    def tap(self, card: int | str, point: str = "A", **more: Any) -> Tap:
        """A tap of now, with the next sequence."""
        self.sequence += 1
        fields = {"sequence": self.sequence, "at_ms": now_ms(), "route": "R1", **more}
        return Tap(token=str(card), point=point, **fields)

    def balance(self, card: int) -> int:
        row = self.conn.execute(
            "select a.balance from cards_card c join ledger_account a on a.id = c.purse"
            " where c.id = %s",
            [card],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def count(self, table: str) -> int:
        row = self.conn.execute(f"select count(*) from {table}").fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def held_rows(database: Any, cards: Sequence[int]) -> Iterator[None]:
    """Hold the locks of cards' rows, so that their taps wait."""
    with psycopg.connect(database.owner_url) as holder:
        holder.execute(
            "select 1 from cards_card where id = any(%s) order by id for update", [list(cards)]
        )
        yield
        holder.rollback()


class RunningGateway:
    """A gateway in a child process, and how to talk to it."""

    def __init__(self, port: int, child: subprocess.Popen[bytes], log: IO[bytes]) -> None:
        self.base_url = f"http://{gateways.HOST}:{port}"
        self.host = f"{gateways.HOST}:{port}"
        self.port = port
        self.child = child
        self._log = log
        self.http = httpx.Client(base_url=self.base_url, timeout=30)

    def client(self, town: Town, keys: DeviceKeys, *, attempts: int = 1) -> ReaderClient:
        return ReaderClient(self.base_url, keys, scheme_key=town.scheme_key, attempts=attempts)

    def post_tap(
        self, keys: DeviceKeys, body: bytes, at_ms: int | None = None, **headers: str
    ) -> httpx.Response:
        """A body signed as a single tap, whatever it is; `headers` replace those of a good one."""
        time_ms = now_ms() if at_ms is None else at_ms
        signed = signed_headers(keys, "POST", TAPS_PATH, time_ms, body)
        return self._post(TAPS_PATH, body, {**JSON_TYPE, **signed}, headers)

    def post_upload(
        self, keys: DeviceKeys, body: bytes, at_ms: int | None = None, **headers: str
    ) -> httpx.Response:
        """A body signed as an upload, whatever it is."""
        time_ms = now_ms() if at_ms is None else at_ms
        signed = upload_headers(keys, time_ms, body)
        return self._post(UPLOADS_PATH, body, {**JSON_TYPE, **signed}, headers)

    def _post(
        self, path: str, body: bytes, good: dict[str, str], changed: dict[str, str]
    ) -> httpx.Response:
        for name, value in changed.items():
            good[name.replace("_", "-")] = value
        return self.http.post(path, content=body, headers=good)

    def metrics(self) -> dict[str, float]:
        """Prometheus' samples by name and labels, as they are written."""
        lines = self.http.get("/metrics").text.splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def log(self) -> str:
        """What it logged so far."""
        self._log.seek(0)
        return self._log.read().decode()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(30)


@contextmanager
def gateway(*arguments: str) -> Iterator[RunningGateway]:
    """A gateway before the test's database; ready when there is a city to be ready for."""
    port = gateways.free_port()
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            gateways.command(port, arguments), env=gateways.child_environment(), stderr=log
        )
        running = RunningGateway(port, child, log)
        try:
            wait_until(lambda: status(running.base_url + "/healthz") == 200)
            yield running
        finally:
            running.http.close()
            child.kill()
            child.wait()


def status(address: str) -> int:
    """The status of a GET; 0 if nobody answers."""
    try:
        with urlopen(address, timeout=5) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return 0


def wait_until(holds: Any, patience_s: float = 60.0) -> None:
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def problem(answer: httpx.Response) -> Problem:
    """The problem document of an answer, checked for form."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    found = msgspec.json.decode(answer.content, type=Problem)
    assert found.status == answer.status_code
    kind = CATALOGUE[found.code]
    assert (found.title, found.words) == (kind.title, kind.words)
    assert found.detail.endswith(kind.words.en)
    return found


def encoded(taps: Sequence[Tap]) -> bytes:
    return msgspec.json.encode({"taps": list(taps)})
