"""What the gateway does when it is busy, when the database leaves, and when it is told to end."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec
import psycopg
import pytest

from satu.project import gateways
from satu.validator.client import GatewayAwayError
from satu.wire.messages import BatchResult, Decision, Tap
from tests.journeys.gateway_support import (
    BALANCE,
    RunningGateway,
    Town,
    encoded,
    gateway,
    held_rows,
    now_ms,
    problem,
    status,
    wait_until,
)
from tests.support import TestServer

Admin = psycopg.Connection[Any]


@pytest.fixture
def town(database: Any) -> Town:
    return Town(database)


@pytest.fixture
def admin(server: TestServer) -> Admin:
    return server.admin


def finished(futures: list[Future[httpx.Response]]) -> int:
    return sum(future.done() for future in futures)


def test_a_full_queue_says_when_to_come_back(town: Town) -> None:
    keys, cards = town.reader(), town.cards(12)
    bodies = [msgspec.json.encode(town.tap(card)) for card in cards]
    with (
        gateway("--lanes", "1", "--queued-singles", "4", "--queued-uploads", "4") as door,
        ThreadPoolExecutor(12) as pool,
    ):
        with held_rows(town.database, cards):
            first = pool.submit(door.post_tap, keys, bodies[0])
            wait_until(lambda: door.metrics()["satu_batch_taps_count"] == 1)
            rest = [pool.submit(door.post_tap, keys, body) for body in bodies[1:]]
            wait_until(lambda: finished(rest) == 7)
            busy = [future.result() for future in rest if future.done()]
            assert {problem(answer).code for answer in busy} == {"busy"}
            assert {answer.headers["Retry-After"] for answer in busy} == {"1"}
            assert door.metrics()['satu_queue_taps{kind="single"}'] == 4
        taken = [future.result() for future in [first, *rest] if future.result() not in busy]
        assert [answer.status_code for answer in taken] == [200] * 5
        assert town.count("taps_tap") == 5


def test_an_upload_that_finds_no_room_is_not_kept(town: Town) -> None:
    keys, cards = town.reader(), town.cards(4)
    batches = [encoded([town.tap(card) for card in cards]) for _ in range(3)]
    with (
        gateway("--lanes", "1", "--queued-uploads", "8") as door,
        ThreadPoolExecutor(3) as pool,
    ):
        with held_rows(town.database, cards):
            first = pool.submit(door.post_upload, keys, batches[0])
            wait_until(lambda: door.metrics()["satu_batch_taps_count"] == 1)
            second = pool.submit(door.post_upload, keys, batches[1])
            wait_until(lambda: door.metrics()['satu_queue_taps{kind="upload"}'] == 4)
            answer = door.post_upload(keys, batches[2])
            assert (answer.status_code, problem(answer).code) == (429, "busy")
            assert town.count("taps_upload") == 2
        assert first.result().status_code == second.result().status_code == 200
    assert town.count("taps_tap") == 8


@contextmanager
def database_away(town: Town, admin: Admin) -> Iterator[None]:
    """Nobody of satu_app can connect, and who was connected is not any more."""
    town.conn.close()
    name = town.database.name
    admin.execute(f"alter database {name} connection limit 0")
    admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = %s and usename = 'satu_app'",
        [name],
    )
    yield
    admin.execute(f"alter database {name} connection limit -1")
    town.conn = town.database.connect()


def test_the_database_leaves_and_comes_back(town: Town, admin: Admin) -> None:
    keys, cards = town.reader(), town.cards(3)
    taps = [msgspec.json.encode(town.tap(card)) for card in cards]
    batch = encoded([town.tap(card, "B") for card in cards])
    with gateway() as door:
        assert door.post_tap(keys, taps[0]).status_code == 200
        assert status(door.base_url + "/readyz") == 200
        with database_away(town, admin):
            for body in taps[1:] * 2:
                answer = door.post_tap(keys, body)
                assert (answer.status_code, problem(answer).code) == (503, "database_away")
                assert answer.headers["Retry-After"] == "1"
            assert door.post_upload(keys, batch).status_code == 503
            wait_until(lambda: status(door.base_url + "/readyz") == 503)
            assert status(door.base_url + "/healthz") == 200
        wait_until(lambda: status(door.base_url + "/readyz") == 200)
        answers = [door.post_tap(keys, body) for body in taps]
        decisions = [msgspec.json.decode(answer.content, type=Decision) for answer in answers]
        assert [(each.accepted, each.repeat) for each in decisions] == [
            (True, True),
            (True, False),
            (True, False),
        ]
        assert door.post_upload(keys, batch).status_code == 200
    assert town.count("taps_tap") == 6


def test_a_reader_tries_again_until_the_database_is_back(town: Town, admin: Admin) -> None:
    keys, cards = town.reader(), town.cards(2)
    taps = [town.tap(card) for card in cards]

    async def ask(tap: Tap, attempts: int) -> Decision:
        async with door.client(town, keys, attempts=attempts) as client:
            return await client.tap(tap)

    with gateway() as door, ThreadPoolExecutor(1) as pool:
        with database_away(town, admin):
            with pytest.raises(GatewayAwayError, match="2 attempts; last: 503"):
                asyncio.run(ask(taps[0], 2))
            patient = pool.submit(lambda: asyncio.run(ask(taps[1], 10)))
            wait_until(lambda: refused(door) > 4)
        assert patient.result().accepted
    assert town.count("taps_tap") == 1


def refused(door: RunningGateway) -> float:
    return door.metrics()['satu_requests_total{path="/v1/taps",status="503"}']


def test_without_a_database_it_waits_for_one(town: Town, admin: Admin) -> None:
    keys, (card,) = town.reader(), town.cards()
    body = msgspec.json.encode(town.tap(card))
    with database_away(town, admin):
        waiting = gateway()
        door = waiting.__enter__()
        assert door.post_tap(keys, body).status_code == 503
        assert problem(door.http.get("/v1/tariff")).code == "not_ready"
    wait_until(lambda: status(door.base_url + "/readyz") == 200)
    assert door.post_tap(keys, body).status_code == 200
    waiting.__exit__(None, None, None)


def test_a_gateway_told_to_end_answers_what_it_took(town: Town) -> None:
    keys, cards = town.reader(), town.cards(6)
    taps = [town.tap(card) for card in cards]
    with gateway() as door, ThreadPoolExecutor(4) as pool:
        idle = httpx.Client(base_url=door.base_url)
        assert idle.get("/healthz").status_code == 200
        with held_rows(town.database, cards):
            singles = [
                pool.submit(door.post_tap, keys, msgspec.json.encode(tap)) for tap in taps[:3]
            ]
            upload = pool.submit(door.post_upload, keys, encoded(taps[3:]))
            wait_until(lambda: door.metrics()["satu_lane_wait_seconds_count"] >= 1)
            wait_until(lambda: town.count("taps_upload") == 1)
            door.child.terminate()
            wait_until(lambda: status(door.base_url + "/healthz") == 0)
            assert door.child.poll() is None
        for answer in singles:
            decision = msgspec.json.decode(answer.result().content, type=Decision)
            assert (decision.accepted, decision.balance) == (True, BALANCE - decision.charge)
        results = msgspec.json.decode(upload.result().content, type=BatchResult).results
        assert [result.accepted for result in results] == [True] * 3
        assert door.child.wait(10) == 0
        idle.close()
        logged = [json.loads(line) for line in door.log().splitlines()]
    assert logged[-1]["event"] == "gateway_ended"
    assert all(town.balance(card) < BALANCE for card in cards)


def test_a_tap_that_breaks_a_batch_takes_no_other_along(town: Town) -> None:
    keys, (held, first, second) = town.reader(), town.cards(3)
    poison = town.card_of_a_bank_without_accounts()
    bodies = [msgspec.json.encode(town.tap(card)) for card in (held, first, poison, second)]
    with gateway("--lanes", "1") as door, ThreadPoolExecutor(4) as pool:
        with held_rows(town.database, [held]):
            asked = [pool.submit(door.post_tap, keys, bodies[0])]
            wait_until(lambda: door.metrics()["satu_batch_taps_count"] == 1)
            asked += [pool.submit(door.post_tap, keys, body) for body in bodies[1:]]
            wait_until(lambda: door.metrics()['satu_queue_taps{kind="single"}'] == 3)
        answers = [future.result() for future in asked]
        log = door.log()
    assert [answer.status_code for answer in answers] == [200, 200, 500, 200]
    assert problem(answers[2]).code == "internal_error"
    assert town.count("taps_tap") == 3
    assert all(town.balance(card) < BALANCE for card in (held, first, second))
    assert '"batch_broken"' in log and "KeyError" in log


def test_two_gateways_never_charge_twice(town: Town) -> None:
    keys, cards = town.reader(), town.cards(20)
    taps = [town.tap(card) for card in cards]

    with gateway() as one, gateway() as other:

        async def at_once() -> list[Decision]:
            async with one.client(town, keys) as here, other.client(town, keys) as there:
                asked = [client.tap(tap) for tap in taps for client in (here, there, here)]
                return await asyncio.gather(*asked)

        decisions = asyncio.run(at_once())
    fares = {}
    for card, tap in zip(cards, taps, strict=True):
        told = [each for each in decisions if each.sequence == tap.sequence]
        assert [each.accepted for each in told] == [True] * 3
        assert sorted(each.repeat for each in told) == [False, True, True]
        fares[card] = {each.charge for each in told}
        assert fares[card] == {BALANCE - town.balance(card)}
    assert town.count("taps_tap") == len(cards)


def test_a_following_clock_takes_old_rides_but_not_in_production(town: Town) -> None:
    keys, (card,) = town.reader(), town.cards()
    long_ago = town.tap(card, at_ms=1_680_000_000_000)
    future = town.tap(card, at_ms=now_ms() + 86_400_000)
    with gateway("--clock", "follow") as door:
        for tap in (long_ago, future):
            answer = door.post_tap(keys, msgspec.json.encode(tap))
            assert msgspec.json.decode(answer.content, type=Decision).code == "accepted"
        late = door.post_tap(keys, msgspec.json.encode(town.tap(card, at_ms=1_680_000_100_000)))
        assert msgspec.json.decode(late.content, type=Decision).code == "quarantined_time_past"
        old = door.post_tap(keys, msgspec.json.encode(future), now_ms() - 400_000)
        assert problem(old).code == "request_too_old"
    refused = subprocess.run(
        [*gateways.command(1, ["--clock", "follow"])],
        env={**gateways.child_environment(), "SATU_ENV": "production"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert refused.returncode == 2
    assert "production" in refused.stderr and "Traceback" not in refused.stderr


def test_logs_name_no_card(town: Town, admin: Admin) -> None:
    keys = town.reader()
    token = "998877665544332211"
    with gateway() as door:
        door.post_tap(keys, msgspec.json.encode(town.tap(token)))
        with database_away(town, admin):
            door.post_tap(keys, msgspec.json.encode(town.tap(token)))
        log = door.log()
    assert token not in log
    events = {json.loads(line)["event"] for line in log.splitlines()}
    assert {"gateway_starting", "database_connected", "batch_failed"} <= events
