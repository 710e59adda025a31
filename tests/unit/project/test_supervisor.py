"""Children are started again when they crash, and stopped in order."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable

import psutil
import pytest

from satu.project import supervisor
from satu.project.supervisor import Child, Program, supervise

LOYAL = "import time\nprint('siap', flush=True)\ntime.sleep(60)"
STUBBORN = "import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint('siap', flush=True)\n"
STUBBORN += "time.sleep(60)"


def program(name: str, code: str, patience_s: float = 5.0) -> Program:
    return Program(name, [sys.executable, "-c", code], dict(os.environ), patience_s)


def wait_until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Ended(Exception):
    """Ends a supervised run from a test."""


def test_a_killed_child_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.05)
    lines: list[str] = []
    child = Child(program("gerbang", LOYAL), lines.append)
    try:
        first = child.process.pid
        child.process.send_signal(signal.SIGKILL)
        child.process.wait()
        wait_until(lambda: child.look() or child.process.pid != first)
        assert child.process.poll() is None
        assert " gerbang | ended with -9; again in 0.05 s" in lines
    finally:
        child.stop()


def test_what_a_killed_child_left_behind_is_ended_too() -> None:
    lines: list[str] = []
    code = "import subprocess, sys, time\n"
    code += "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid"
    code += ", flush=True)\ntime.sleep(60)"
    child = Child(program("induk", code), lines.append)
    try:
        wait_until(lambda: len(lines) == 1)
        left = psutil.Process(int(lines[0].split("|")[1]))
        child.process.kill()
        child.process.wait()
        assert left.is_running()
        child.look()
        wait_until(lambda: not left.is_running() or left.status() == psutil.STATUS_ZOMBIE)
    finally:
        child.stop()


def test_a_child_that_does_not_end_is_killed() -> None:
    lines: list[str] = []
    child = Child(program("keras", STUBBORN, patience_s=0.1), lines.append)
    wait_until(lambda: lines == ["   keras | siap"])
    child.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_all_are_stopped_in_order_when_the_supervisor_ends() -> None:
    lines: list[str] = []
    told: list[str] = []
    said = "import signal, sys, time\n"
    said += "signal.signal(15, lambda *_: (print('selesai', flush=True), sys.exit(0)))\n"
    said += "print('siap', flush=True)\ntime.sleep(60)"

    def watch() -> None:
        if len(lines) == 2:
            raise Ended

    programs = [program("satu", said), program("dua", said)]
    with pytest.raises(Ended):
        supervise(programs, ready=lambda: told.append("ready"), watch=watch, write=lines.append)
    wait_until(lambda: len(lines) == 4)
    assert lines[2:] == ["    satu | selesai", "     dua | selesai"]
    assert told == ["ready"]
