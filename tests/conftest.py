"""What tests share: a PostgreSQL for the run, a fresh database a test, and the given inputs.

One embedded server serves all workers of a run; the first worker that needs it starts it and
migrates a template, and every test gets a copy of that. It is stopped when the run ends.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import django
import pytest
from django.db import connections

from tests.support import BASE, TEMPLATE, Database, TestServer, remove, sweep

REPOSITORY = Path(__file__).resolve().parent.parent
GIVEN = REPOSITORY.parent / "shared"
TESTS = REPOSITORY / "tests"
GIVEN_TESTS = TESTS / "given"
# Where the longest tests are. `make test` gives each worker that is free the next file: in this
# order the last ones are short, and no worker is left alone with a long one.
LONGEST_FIRST = (
    "given/test_replay_transjakarta.py",
    "browser",
    "journeys",
    "given",
    "simulation",
    "database",
)


def pytest_configure(config: pytest.Config) -> None:
    # A shell's background job ignores Ctrl-C, and so would every program that tests end with it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["DJANGO_SETTINGS_MODULE"] = "satu.project.settings"
    for name in ("SATU_DATABASE_URL", "SATU_APP_URL", "SATU_ENV", "SATU_SECRET_KEY"):
        os.environ.pop(name, None)
    if not hasattr(config, "workerinput"):
        sweep()
        os.environ["SATU_HOME"] = str(BASE / f"satu-test-{os.getpid()}")
    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        remove(Path(os.environ["SATU_HOME"]))


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    if collection_path.is_relative_to(GIVEN_TESTS) and not GIVEN.is_dir():
        if os.environ.get("SATU_REQUIRE_GIVEN") == "1":
            raise pytest.UsageError("SATU_REQUIRE_GIVEN=1, but ../shared is absent")
        return True
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(TESTS).as_posix()
    turns = (turn for turn, place in enumerate(LONGEST_FIRST) if path.startswith(place))
    return next(turns, len(LONGEST_FIRST))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not GIVEN.is_dir():
        terminalreporter.write_line("tests/given: ../shared is absent, passed over")


@pytest.fixture(scope="session")
def given() -> Callable[[str], Path]:
    """`given("data/golden/fares.json")`: the path of an input under ../shared."""

    def find(path: str) -> Path:
        found = GIVEN / path
        assert found.exists(), f"../shared/{path} is absent"
        return found

    return find


@pytest.fixture(scope="session")
def server() -> Iterator[TestServer]:
    started = TestServer(Path(os.environ["SATU_HOME"]))
    yield started
    started.admin.close()


@pytest.fixture
def database(server: TestServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A fresh migrated database, which Django's default connection leads to as satu_app."""
    from satu.project.database import point_django

    name = f"t_{uuid4().hex}"
    server.admin.execute(f"create database {name} template {TEMPLATE} owner satu")
    made = Database(server, name)
    monkeypatch.setenv("SATU_DATABASE_URL", made.owner_url)
    monkeypatch.setenv("SATU_APP_URL", made.app_url)
    point_django("default", made.app_url)
    yield made
    _forget_the_city()
    made.close()
    connections.close_all()
    server.admin.execute(f"drop database {name} with (force)")


def _forget_the_city() -> None:
    """A process shows one city as long as it lives; here the next test has another."""
    pictures = sys.modules.get("satu.web.pictures")
    if pictures is not None:
        pictures._picture.cache_clear()
        pictures._snapshots.clear()
        pictures._answers = (-1, {})
