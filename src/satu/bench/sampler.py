"""A gateway that counts where its processor time goes: `python -m satu.bench.sampler FILE ...`.

It is the gateway, with a timer in it: at each tick the time that the main thread used since the
last is put down to the part whose code runs. SIGUSR1 begins the count, SIGUSR2 ends it and writes
FILE. The rest of the command line is the gateway's own.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path
from types import FrameType

from satu.gateway.main import main as gateway

TICK_S = 0.001

# Where time is put down to, by module and function; the innermost frame that is named counts.
FUNCTIONS = {
    ("taps/store.py", "load"): "load",
    ("taps/store.py", "load_days"): "load",
    ("taps/store.py", "commit"): "commit",
    ("taps/store.py", "quarantine"): "commit",
    ("taps/road.py", "keep_upload"): "evidence",
}
MODULES = {
    "taps/road.py": "fold_and_fares",
    "gateway/lanes.py": "lanes",
    "gateway/app.py": "http_and_authentication",
    "gateway/door.py": "http_and_authentication",
    "gateway/answers.py": "http_and_authentication",
}
ELSEWHERE = "lanes"  # the event loop between all these


class Sampler:
    """The count: seconds of the main thread by part, and of all other threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: defaultdict[str, float] = defaultdict(float)
        self._last_s = self._others_s = 0.0

    def begin(self, *_: object) -> None:
        self._parts.clear()
        self._last_s = time.thread_time()
        self._others_s = time.process_time() - self._last_s
        signal.setitimer(signal.ITIMER_PROF, TICK_S, TICK_S)

    def tick(self, _: int, frame: FrameType | None) -> None:
        now_s = time.thread_time()
        self._parts[part_of(frame)] += now_s - self._last_s
        self._last_s = now_s

    def end(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        others_s = time.process_time() - time.thread_time() - self._others_s
        self._path.write_text(json.dumps({**self._parts, "other_threads": others_s}))


def part_of(frame: FrameType | None) -> str:
    """The part that a stack of frames belongs to."""
    while frame is not None:
        _, _, module = frame.f_code.co_filename.replace("\\", "/").rpartition("satu/")
        named = FUNCTIONS.get((module, frame.f_code.co_name)) or MODULES.get(module)
        if named:
            return named
        frame = frame.f_back
    return ELSEWHERE


def main() -> None:
    sampler = Sampler(Path(sys.argv.pop(1)))
    signal.signal(signal.SIGUSR1, sampler.begin)
    signal.signal(signal.SIGUSR2, sampler.end)
    signal.signal(signal.SIGPROF, sampler.tick)
    gateway()


if __name__ == "__main__":
    main()
