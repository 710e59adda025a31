"""PostgreSQL is killed, and goes away for a while, under load: what was answered is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec
import pytest

from tests.journeys.gateway_support import (
    RunningGateway,
    Town,
    gateway,
    problem,
    status,
    wait_until,
)
from tests.simulation.faults_support import (
    Fleet,
    kill_a_back_end,
    kill_everything,
    kill_the_postmaster,
    new_seed,
    own_database,
    own_postgres,
)
from tests.support import TestServer

AWAY_S = 10.0


@pytest.fixture(scope="module")
def postgres() -> Iterator[TestServer]:
    with own_postgres() as server:
        yield server


@pytest.fixture
def fleet(postgres: TestServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    with own_database(postgres, monkeypatch) as database:
        yield Fleet(Town(database), new_seed(), cards=80)


def is_ready(door: RunningGateway) -> bool:
    return status(door.base_url + "/readyz") == 200


def test_a_killed_postgresql_forgets_nothing_that_was_answered(
    fleet: Fleet, postgres: TestServer
) -> None:
    kills = [
        lambda: kill_everything(postgres),
        lambda: kill_a_back_end(postgres, fleet.random),
        lambda: kill_the_postmaster(postgres),
    ]
    fleet.random.shuffle(kills)
    with gateway() as door:
        for kill in kills:
            after_s = fleet.random.uniform(0.1, 1.2)
            fleet.work(door.base_url, fault=kill, after_s=after_s, on_s=0.6)
            if not postgres.postgres.is_running():
                assert not is_ready(door)
                postgres.postgres.start()
            wait_until(lambda: is_ready(door))
            assert fleet.waiting
        fleet.resend(door.base_url)
        assert '"request_failed"' not in door.log() and '"batch_broken"' not in door.log()
    print(fleet.summary())
    assert fleet.met.keys() == {"200", "503"}
    assert fleet.told.keys() == fleet.sent.keys()
    fleet.check_books()


def test_a_database_away_for_ten_seconds_costs_nothing_but_waiting(
    fleet: Fleet, postgres: TestServer
) -> None:
    with gateway() as door:

        def away() -> None:
            postgres.postgres.stop()
            back_at = time.monotonic() + AWAY_S
            while time.monotonic() < back_at:
                probe(fleet, door)
                time.sleep(0.5)
            postgres.postgres.start()

        fleet.work(door.base_url, fault=away, after_s=1.0, on_s=2.0)
        wait_until(lambda: is_ready(door))
        fleet.resend(door.base_url)
        assert '"request_failed"' not in door.log() and '"batch_broken"' not in door.log()
    print(fleet.summary())
    assert fleet.met.keys() == {"200", "503"}
    assert fleet.told.keys() == fleet.sent.keys()
    fleet.check_books()


def probe(fleet: Fleet, door: RunningGateway) -> None:
    """While the database is away a reader is told to keep its taps, at once and in words."""
    parcel = fleet.parcel(fleet.readers[0])
    body = msgspec.json.encode({"taps": parcel.taps} if parcel.is_upload else parcel.taps[0])
    send = door.post_upload if parcel.is_upload else door.post_tap
    answer = send(parcel.keys, body)
    assert (answer.status_code, problem(answer).code) == (503, "database_away")
    assert answer.headers["Retry-After"] == "1"
    assert status(door.base_url + "/healthz") == 200
    assert not is_ready(door)
