"""Webs for browser tests, each a fork of one program that has imported Django and all pages.

`python -m tests.browser.web` reads lines of JSON, [port, environment], and serves for each the
database that the environment names until an empty line comes. Importing took longer than most
tests; the server is granian, as in an installation.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.db import connections
from django.test import Client
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

REPOSITORY = Path(__file__).resolve().parents[2]
EVERY_COMPONENT = "/design/"


class Webs:
    """The program that forks webs, for tests to ask."""

    def __init__(self, **environment: str) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.web"],
            cwd=REPOSITORY,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def serving(self, port: int) -> Iterator[None]:
        """A web of the test's own, which has ended when the test goes on."""
        self._say(json.dumps([port, dict(os.environ)]))
        try:
            yield
        finally:
            self._say("")
            assert self._program.stdout is not None
            assert self._program.stdout.readline() == "ended\n"

    def end(self) -> None:
        assert self._program.stdin is not None
        self._program.stdin.close()
        assert self._program.wait(30) == 0

    def _say(self, line: str) -> None:
        assert self._program.stdin is not None
        self._program.stdin.write(line + "\n")
        self._program.stdin.flush()


def main() -> None:
    django.setup()
    assert Client().get(EVERY_COMPONENT).status_code == 200  # it needs no database
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            _serve(*json.loads(line))
            os._exit(0)
        sys.stdin.readline()
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        print("ended", flush=True)


def _serve(port: int, environment: Mapping[str, str]) -> None:
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # granian logs there
    os.environ.update(environment)
    _point_django(environment["SATU_APP_URL"])
    Granian(
        "satu.project.wsgi:application",
        port=port,
        interface=Interfaces.WSGI,
        log_level=LogLevels.warning,
        blocking_threads=2,
        workers_kill_timeout=5,  # a browser may keep its connection
    ).serve()


def _point_django(url: str) -> None:
    """Lead to a test's database as an installation does, by connections that are kept."""
    from satu.project.database import django_database

    described: dict[str, Any] = connections.settings["default"]
    described.update(django_database(url))


if __name__ == "__main__":
    main()
