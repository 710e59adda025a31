"""Two banks that call a running Satu over HTTP: one by the standard, one as DANA's clients do."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from itertools import count
from typing import Any

import httpx
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from satu.formats.snap import signing
from satu.formats.snap.profile import read_profile
from satu.project import gateways
from tests.database.cards_support import BCA, issue, one, open_banks
from tests.journeys.gateway_support import ACTOR, held_rows, status, wait_until

PATHS = {
    "11": "/v1.0/balance-inquiry",
    "24": "/v1.0/transfer-va/inquiry",
    "25": "/v1.0/transfer-va/payment",
    "34": "/v1.0/transfer-va/notify-payment-intrabank",
    "37": "/v1.0/emoney/account-inquiry",
    "38": "/v1.0/emoney/topup",
    "39": "/v1.0/emoney/topup-status",
    "73": "/v1.0/access-token/b2b",
}
BALANCE = 100_000
PREFIX = "   88123"  # of Mandiri's virtual accounts
WORKERS = 8


@lru_cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def private_pem() -> str:
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private_key().private_bytes(*form).decode()


def public_pem() -> str:
    form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private_key().public_key().public_bytes(*form).decode()


class Banks:
    """Mandiri speaks the standard, BCA as DANA's clients do; each has two cards with money."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.conn: psycopg.Connection[Any] = database.connect()
        self.floats = open_banks()
        self.mandiri = [self.number(card) for card in issue(count=2, balance=BALANCE)]
        self.bca = [self.number(card) for card in issue(count=2, balance=BALANCE, issuer=BCA)]
        self.secret = self.add("mandiri", "snap")
        self.add("bca", "dana")

    def add(self, code: str, profile: str, **changed: Any) -> str:
        from satu.partners.actions import Added, NewPartner, add_partner

        text = (files("satu.partners") / "profiles" / f"{profile}.toml").read_text()
        spoken = read_profile(text)
        new = NewPartner(code, code, f"{code}-key", f"{code}-id", public_pem(), spoken)
        added = add_partner(new=new._replace(**changed), actor=ACTOR, at=datetime.now(UTC))
        assert isinstance(added, Added), added
        return added.secret

    def open_accounts(self) -> None:
        """Mandiri's cards have virtual accounts."""
        from satu.partners.actions import set_service_id
        from satu.partners.models import Partner

        prefix, at = PREFIX.strip(), datetime.now(UTC)
        done = set_service_id(code="mandiri", service_id=prefix, actor=ACTOR, at=at)
        assert isinstance(done, Partner), done

    def number(self, card: int) -> str:
        (found,) = one(self.conn, "select number from cards_card where id = %s", card)
        return str(found)

    def serial(self, number: str) -> int:
        (found,) = one(self.conn, "select id from cards_card where number = %s", number)
        assert isinstance(found, int)
        return found

    def balance(self, number: str) -> int:
        (found,) = one(
            self.conn,
            "select a.balance from cards_card c join ledger_account a on a.id = c.purse"
            " where c.number = %s",
            number,
        )
        assert isinstance(found, int)
        return found

    def top_ups(self) -> list[tuple[Any, ...]]:
        """(issuer, reference, amount) of all top-ups that are in the books, in their order."""
        rows = self.conn.execute("select issuer, reference, amount from cards_top_up order by at")
        return rows.fetchall()

    def books(self) -> tuple[Any, ...]:
        """What changes when anything is posted: how many postings, and every balance."""
        return one(
            self.conn,
            "select (select count(*) from ledger_posting), (select count(*) from cards_top_up),"
            " (select sum(id * balance)::bigint from ledger_account)",
        )

    def waiting(self) -> int:
        """Sessions of the web that are in a transaction."""
        (found,) = one(
            self.conn,
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and usename = 'satu_app' and pid <> pg_backend_pid() and xact_start is not null",
        )
        assert isinstance(found, int)
        return found


class Web:
    """Satu's web in processes of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.base_url = f"http://{gateways.HOST}:{port}"
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  (closed by stop)
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
        command += ["--blocking-threads", str(WORKERS), "--workers-kill-timeout", "5"]
        command += ["--log-level", "warning", "satu.project.wsgi:application"]
        self.child = subprocess.Popen(
            command,
            env=gateways.child_environment(),
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        wait_until(lambda: status(self.base_url + "/healthz") == 200, 60)

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read().decode()

    def kill(self) -> None:
        """End it as a power cut would."""
        gateways.end_group(self.child)
        self.child.wait()

    def stop(self) -> None:
        self.kill()
        self._log.close()


@contextmanager
def web() -> Iterator[Web]:
    running = Web(gateways.free_port())
    try:
        yield running
    finally:
        running.stop()


def crash(banks: Banks, card: str, send: Callable[[Mandiri], object]) -> str:
    """Satu dies while a call about a card, by its number, waits in it: nothing is booked. The
    bank's token, which goes on being good."""
    with web() as first:
        bank = Mandiri(first.base_url, banks.secret)
        bank.sign_in()
        books = banks.books()
        with held_rows(banks.database, [banks.serial(card)]):
            bank.http.timeout = 1.0
            with pytest.raises(httpx.TimeoutException, match="timed out"):
                send(bank)
            first.kill()
        wait_until(lambda: banks.waiting() == 0)
        assert banks.books() == books
    return bank.token


def stamp(at: datetime | None = None) -> str:
    return (at or datetime.now(UTC)).isoformat(timespec="seconds").replace("+00:00", "Z")


def amount(value: int | str) -> dict[str, str]:
    return {"value": f"{value}.00" if isinstance(value, int) else value, "currency": "IDR"}


def account(number: str) -> dict[str, str]:
    """A card's virtual account, as it is named in a call."""
    return {
        "partnerServiceId": PREFIX,
        "customerNo": number,
        "virtualAccountNo": PREFIX + number,
    }


class Mandiri:
    """A bank's program that speaks the standard, written from its text alone."""

    def __init__(self, base_url: str, secret: str) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=60)
        self.secret = secret
        self.token = ""
        self._ids = count(1)

    def ask_token(self, body: Any = None, **changed: Any) -> httpx.Response:
        told = {"grantType": "client_credentials"} if body is None else body
        headers = {"X-CLIENT-KEY": "mandiri-key", "X-TIMESTAMP": stamp(), **_named(changed)}
        text = f"{headers['X-CLIENT-KEY']}|{headers['X-TIMESTAMP']}"
        headers.setdefault("X-SIGNATURE", signing.sign_asymmetric(private_key(), text))
        return self._post(PATHS["73"], json.dumps(told).encode(), headers)

    def sign_in(self) -> None:
        self.token = self.ask_token().json()["accessToken"]

    def call(
        self,
        service: str,
        told: Any,
        *,
        external_id: str = "",
        body: bytes | None = None,
        path: str = "",
        **changed: Any,
    ) -> httpx.Response:
        """A signed call; `changed` headers replace those of a good one, None leaves one out."""
        path = path or PATHS[service]
        sent = json.dumps(told).encode() if body is None else body
        headers = {
            "Authorization": f"Bearer {self.token}",
            "X-TIMESTAMP": stamp(),
            "X-PARTNER-ID": "mandiri-id",
            "X-EXTERNAL-ID": external_id or f"{next(self._ids):036}",
            "CHANNEL-ID": "95221",
            **_named(changed),
        }
        token = (headers["Authorization"] or "").removeprefix("Bearer ")
        text = signing.symmetric_text("POST", path, token, sent, headers["X-TIMESTAMP"] or "")
        headers.setdefault("X-SIGNATURE", signing.sign_symmetric(self.secret.encode(), text))
        return self._post(path, sent, headers)

    def top_up(
        self, number: str, money: int, reference: str, external_id: str = ""
    ) -> httpx.Response:
        told = {
            "partnerReferenceNo": reference,
            "customerNumber": number,
            "amount": amount(money),
            "feeAmount": amount(0),
        }
        return self.call("38", told, external_id=external_id)

    def _post(self, path: str, body: bytes, headers: dict[str, Any]) -> httpx.Response:
        kept = {name: value for name, value in headers.items() if value is not None}
        kept["Content-Type"] = "application/json"
        return self.http.post(path, content=body, headers=kept)


def _named(changed: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in changed.items()}


def at_once(calls: list[Any]) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [made.result() for made in [pool.submit(call) for call in calls]]


def told(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message of an answer, checked for form."""
    assert answer.headers["Content-Type"] == "application/json"
    sent = datetime.fromisoformat(answer.headers["X-TIMESTAMP"])
    assert sent.utcoffset() == timedelta(hours=7)
    document = answer.json()
    code = document["responseCode"]
    assert len(code) == 7 and code[:3] == str(answer.status_code)
    return answer.status_code, code, document["responseMessage"]
