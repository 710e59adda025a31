"""A newcomer types `satu up`: everything starts, what is killed starts again, Ctrl-C ends all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

import psutil
import pytest

from satu.project.gateways import free_port

PATIENCE_S = 180  # other tests run on the same processors
SATU = [sys.executable, "-c", "from satu.cli.main import main; main()"]


class Installation:
    """A `satu up` of its own, with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.gateway_port, self.web_port = free_port(), free_port()
        self.home = home
        self.log = (home / "up.log").open("w+")
        self.environment = os.environ | {"SATU_HOME": str(home)}
        command = [*SATU, "up", "--gateway-port", str(self.gateway_port)]
        command += ["--web-port", str(self.web_port)]
        self.process = subprocess.Popen(
            command, env=self.environment, stderr=self.log, start_new_session=True
        )

    def command(self, *words: str) -> str:
        """What another command of this home prints; it must succeed."""
        command = [*SATU, *words]
        return subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, check=True, text=True
        ).stdout

    def answers(self, port: int, path: str) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def is_up(self) -> bool:
        return self.answers(self.gateway_port, "/healthz") and self.answers(
            self.web_port, "/healthz"
        )

    def parts(self) -> dict[str, psutil.Process]:
        """The programs that run for it, by a word of their command line."""
        words = {"satu.gateway.main": "gateway", "granian": "web", "satu.project.worker": "jobs"}
        found = {}
        for process in psutil.Process(self.process.pid).children():
            line = " ".join(process.cmdline())
            found.update({name: process for word, name in words.items() if word in line})
        return found


def wait_until(met: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def installation() -> Iterator[Installation]:
    home = Path(os.environ["SATU_HOME"]) / uuid4().hex[:8]
    home.mkdir(parents=True)
    made = Installation(home)
    yield made
    if made.process.poll() is None:
        made.process.send_signal(signal.SIGTERM)
        made.process.wait(PATIENCE_S)
    made.log.close()


def test_everything_starts_and_what_is_killed_starts_again(installation: Installation) -> None:
    wait_until(installation.is_up, "it did not come up")
    parts = installation.parts()
    assert set(parts) == {"gateway", "web", "jobs"}

    database = int((installation.home / "postgres" / "postmaster.pid").read_text().split()[0])
    for process in (parts["gateway"].pid, parts["web"].pid, database):
        os.kill(process, signal.SIGKILL)
    wait_until(lambda: not installation.is_up(), "nothing was killed")
    wait_until(installation.is_up, "what was killed did not start again")

    installation.process.send_signal(signal.SIGINT)
    assert installation.process.wait(PATIENCE_S) == 0
    assert not (installation.home / "postgres" / "postmaster.pid").exists()
    assert not (installation.home / "gateway.json").exists()
    assert not installation.is_up()

    proof = json.loads(installation.command("verify", "--json"))
    assert (proof["ok"], proof["problems"]) == (True, [])
    assert not (installation.home / "postgres" / "postmaster.pid").exists()


def test_a_command_beside_it_uses_its_database_and_leaves_it(installation: Installation) -> None:
    wait_until(installation.is_up, "it did not come up")
    said = installation.command("database", "where", "--json")
    assert str(installation.home / "postgres") in said
    assert installation.is_up()
