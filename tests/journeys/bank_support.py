"""A simulated bank in a process of its own, and a closed card whose money it is to pay back."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg

from satu.project import gateways
from tests.database.cards_support import ACTOR, issue
from tests.journeys.gateway_support import wait_until

LONG_AGO = datetime.now(UTC) - timedelta(days=20)
BALANCE = 25_000


class SimulatedBank:
    """`satu bank mandiri`, and what a test tells it to do."""

    def __init__(self, satu: str, *arguments: str) -> None:
        self.port = gateways.free_port()
        self.url = f"http://{gateways.HOST}:{self.port}"
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  (closed by stop)
        command = [sys.executable, "-m", "satu.cli.main", "bank", "mandiri", "--satu", satu]
        self.child = subprocess.Popen(
            [*command, "--port", str(self.port), *arguments],
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        wait_until(self._answers, 60)

    def _answers(self) -> bool:
        assert self.child.poll() is None, self.log()
        try:
            return httpx.get(self.url + "/simulator", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read().decode()

    def behave(self, fail: str = "no", slow_s: float = 0.0) -> dict[str, Any]:
        answer = httpx.post(self.url + "/simulator", json={"fail": fail, "slow_s": slow_s})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def booked(self) -> int:
        return int(httpx.get(self.url + "/simulator").json()["booked"])

    def top_up(self, number: str, amount: int, reference: str = "") -> httpx.Response:
        told = {"number": number, "amount": amount, "reference": reference}
        return httpx.post(self.url + "/simulator/top-up", json=told, timeout=30)

    def statement(self) -> bytes:
        return httpx.get(self.url + "/simulator/statement").content

    def stop(self) -> None:
        gateways.stop(self.child, 10)
        self._log.close()


@contextmanager
def bank(satu: str = "http://localhost:1", *arguments: str) -> Iterator[SimulatedBank]:
    running = SimulatedBank(satu, *arguments)
    try:
        yield running
    finally:
        running.stop()


def closed_card(conn: psycopg.Connection[Any]) -> int:
    """A card that was closed, and whose balance was taken out of the books to be paid back."""
    from satu.cards.closing import close_card, pay_closed

    (card,) = issue(balance=BALANCE)
    close_card(card=card, actor=ACTOR, at=LONG_AGO)
    assert pay_closed(actor=ACTOR, at=datetime.now(UTC)) >= 1
    return card


def state(conn: psycopg.Connection[Any], card: int) -> tuple[Any, ...]:
    """(state, response code, attempts) of a card's last payout."""
    row = conn.execute(
        "select state, response_code, attempts from partners_payout where card = %s"
        " order by id desc limit 1",
        [card],
    ).fetchone()
    assert row is not None
    return tuple(row)
