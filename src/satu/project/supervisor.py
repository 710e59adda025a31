"""Keeps programs running as children: prefixes their log lines, restarts those that crash."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from satu.project.gateways import end_group, stop

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 20.0  # a child that ran this long starts anew without a pause
LOOK_EVERY_S = 0.2
LAST_LINES_S = 1.0


class Program(NamedTuple):
    """A program to keep running; `patience_s` is what it is given to end by itself."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    patience_s: float = 10.0


class Child:
    """One program's process of the moment, and how often it had to be started."""

    def __init__(self, program: Program, write: Callable[[str], None]) -> None:
        self.program = program
        self._write = write
        self._pause_s = FIRST_PAUSE_S
        self._start_at = 0.0
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self._started_at = time.monotonic()
        process = subprocess.Popen(
            self.program.command,
            env=dict(self.program.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops in order
        )
        self._copier = threading.Thread(target=self._copy_lines, args=(process,), daemon=True)
        self._copier.start()
        return process

    def _copy_lines(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._write(f"{self.program.name:>8} | {line.decode(errors='replace').rstrip()}")

    def look(self) -> None:
        """Start the process again if it has ended, after a pause that grows with each crash."""
        code = self.process.poll()
        now = time.monotonic()
        if code is None:
            return
        if not self._start_at:
            end_group(self.process)
            if now - self._started_at >= STEADY_S:
                self._pause_s = FIRST_PAUSE_S
            self._start_at = now + self._pause_s
            self._write(f"{self.program.name:>8} | ended with {code}; again in {self._pause_s} s")
            self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2)
        elif now >= self._start_at:
            self._start_at = 0.0
            self.process = self._start()

    def stop(self) -> None:
        """End the process; what it said until then has been written."""
        stop(self.process, self.program.patience_s)
        self._copier.join(LAST_LINES_S)


def supervise(
    programs: Sequence[Program],
    ready: Callable[[], None] = lambda: None,
    watch: Callable[[], None] = lambda: None,
    write: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True),
) -> None:
    """Run the programs until this is interrupted; then stop them, the first one first.

    `ready` is called once, when all are started, and `watch` at each look.
    """
    children: list[Child] = []
    try:
        for program in programs:
            children.append(Child(program, write))
        ready()
        while True:
            for child in children:
                child.look()
            watch()
            time.sleep(LOOK_EVERY_S)
    finally:
        for child in children:
            child.stop()
