"""Starting a gateway as a child, and finding the one that runs for this SATU_HOME."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from satu.project import environment
from satu.project.environment import EnvironmentProblem

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 30  # it answers what it took before it ends


def command(port: int, arguments: Sequence[str] = ()) -> list[str]:
    """The command line of a gateway that listens on a port of this machine."""
    return [sys.executable, "-m", "satu.gateway.main", "--port", str(port), *arguments]


def child_environment() -> dict[str, str]:
    """The surroundings of a program that only runs: satu_app's URL, not the owner's."""
    kept = {name: value for name, value in os.environ.items() if name != "SATU_DATABASE_URL"}
    return kept | {
        "SATU_APP_URL": environment.app_url(),
        "SATU_SECRET_KEY": environment.secret().decode(),
        "PYTHONUNBUFFERED": "1",
    }


def find() -> str | None:
    """The address of the gateway that was announced here, if it answers."""
    try:
        announced = json.loads(_announcement().read_text())
        address = f"http://{HOST}:{int(announced['port'])}"
    except (OSError, ValueError, KeyError):
        return None
    return address if answers(address) else None


def announce(port: int) -> None:
    """Tell later commands of this SATU_HOME where the gateway listens."""
    _announcement().write_text(json.dumps({"port": port}))


def withdraw() -> None:
    _announcement().unlink(missing_ok=True)


def _announcement() -> Path:
    return environment.home() / "gateway.json"


def answers(address: str) -> bool:
    """Whether a gateway answers at an address."""
    try:
        with urlopen(f"{address}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def start(arguments: Sequence[str] = ()) -> Iterator[str]:
    """A gateway of one's own on a free port, stopped at the end; its address."""
    port = free_port()
    address = f"http://{HOST}:{port}"
    child = subprocess.Popen(
        command(port, arguments), env=child_environment(), start_new_session=True
    )
    try:
        _wait_until_it_answers(address, child)
        yield address
    finally:
        stop(child, STOP_SECONDS)


def stop(child: subprocess.Popen[bytes], patience_s: float) -> None:
    """Ask a child to end; kill it when it does not, and what it left behind."""
    child.terminate()
    try:
        child.wait(patience_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    end_group(child)


def end_group(child: subprocess.Popen[bytes]) -> None:
    """Kill what a child that has ended left in its session (a killed server's workers)."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _wait_until_it_answers(address: str, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(address):
        if child.poll() is not None:
            raise EnvironmentProblem(f"the gateway ended with code {child.returncode}")
        if time.monotonic() > deadline:
            raise EnvironmentProblem(f"the gateway does not answer at {address}")
        time.sleep(0.05)
