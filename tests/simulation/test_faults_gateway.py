"""Gateways are killed, told to end, flooded and run side by side: each tap counts once."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import httpx
import psycopg
import pytest
from django.db import connections

from satu.validator.client import ReaderClient, new_http
from satu.validator.request import TAPS_PATH, UPLOADS_PATH
from tests.journeys.gateway_support import Town, gateway
from tests.simulation.faults_support import Fleet, ask, new_seed

KILLS = 4
ENDS = 3
REQUESTS_EACH = 15


@pytest.fixture
def fleet(database: Any) -> Fleet:
    return Fleet(Town(database), new_seed())


def test_a_gateway_killed_at_any_moment_loses_and_doubles_nothing(fleet: Fleet) -> None:
    for _ in range(KILLS):
        with gateway() as door:
            after_s = fleet.random.uniform(0.05, 1.2)
            fleet.work(door.base_url, fault=door.child.kill, after_s=after_s)
        assert fleet.waiting
    with gateway() as door:
        fleet.resend(door.base_url)
    print(fleet.summary())
    assert fleet.told.keys() == fleet.sent.keys()
    fleet.check_books()


def test_a_gateway_told_to_end_under_load_answers_all_it_took(fleet: Fleet) -> None:
    for _ in range(ENDS):
        with gateway() as door:
            after_s = fleet.random.uniform(0.3, 1.2)
            fleet.work(door.base_url, fault=door.child.terminate, after_s=after_s)
            assert door.child.wait(15) == 0
            assert '"request_failed"' not in door.log()
        # What is in the books was answered: nobody has to ask again for what it took.
        assert fleet.stored() == fleet.told
        assert fleet.told
    with gateway() as door:
        fleet.resend(door.base_url)
    print(fleet.summary())
    assert fleet.answers_lost == 0
    assert fleet.told.keys() == fleet.sent.keys()
    fleet.check_books()


def test_two_gateways_and_a_bank_work_on_the_same_cards(fleet: Fleet) -> None:
    async def one_reader(here: ReaderClient, there: ReaderClient) -> None:
        for _ in range(REQUESTS_EACH):
            parcel = fleet.parcel(here.keys)
            answers = await asyncio.gather(ask(here, parcel), ask(there, parcel))
            first, again = [], []
            for both in zip(*answers, strict=True):
                assert sorted(decision.repeat for decision in both) == [False, True]
                first.append(both[both[0].repeat])
                again.append(both[not both[0].repeat])
            fleet.hear(parcel, first)
            fleet.hear(parcel, again)

    def bank() -> None:
        while not ridden.is_set():
            fleet.top_up()
        connections.close_all()

    async def all_readers(*addresses: str) -> None:
        async with new_http() as http, asyncio.TaskGroup() as group:
            for keys in fleet.readers:
                pair = [ReaderClient(door, keys, http=http, attempts=1) for door in addresses]
                group.create_task(one_reader(*pair))

    with gateway() as door, gateway() as other:
        ridden = Event()
        with ThreadPoolExecutor() as pool:
            banking = pool.submit(bank)
            try:
                asyncio.run(all_readers(door.base_url, other.base_url))
            finally:
                ridden.set()
            banking.result()
        for each in (door, other):
            statuses = {name[-5:-2] for name in each.metrics() if "satu_requests_total" in name}
            assert statuses == {"200"}
            assert '"batch_broken"' not in each.log() and '"batch_failed"' not in each.log()
    print(fleet.summary())
    assert fleet.told.keys() == fleet.sent.keys()
    fleet.check_books()
    assert deadlocks(fleet) == 0


def deadlocks(fleet: Fleet) -> int:
    with psycopg.connect(fleet.town.database.app_url) as conn:
        row = conn.execute(
            "select deadlocks from pg_stat_database where datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_readers_that_obey_a_busy_gateway_get_everything_through(fleet: Fleet) -> None:
    met: Counter[tuple[str, int]] = Counter()

    async def note(answer: httpx.Response) -> None:
        met[answer.request.url.path, answer.status_code] += 1
        if answer.status_code == 429:
            assert answer.headers["Retry-After"] == "1"
            assert answer.headers["Content-Type"] == "application/problem+json"

    parcels = [fleet.parcel(keys) for keys in fleet.readers for _ in range(REQUESTS_EACH)]
    with gateway("--lanes", "1", "--queued-singles", "4", "--queued-uploads", "60") as door:
        asyncio.run(fleet.deliver(door.base_url, parcels, at_once=64, on_answer=note))
    print(dict(met))
    assert met.keys() == {
        (path, status) for path in (TAPS_PATH, UPLOADS_PATH) for status in (200, 429)
    }
    assert not fleet.waiting
    assert fleet.answers_lost == 0
    assert fleet.told.keys() == fleet.sent.keys()
    fleet.check_books()
