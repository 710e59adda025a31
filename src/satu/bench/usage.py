"""CPU time and memory of processes, from /proc. Elsewhere than on Linux nothing is known."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg

PROC = Path("/proc")
MEMORY = {"rss": "VmRSS", "peak": "VmHWM"}


def _fields(process: int | str) -> list[str]:
    """The fields of a process' stat after its name, which may hold spaces; [] if it is gone."""
    try:
        text = (PROC / str(process) / "stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def cpu_s(process: int) -> float:
    """Seconds of CPU that a process used, all its threads together; 0 if it is gone."""
    fields = _fields(process)
    ticks = int(fields[11]) + int(fields[12]) if fields else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mib(process: int) -> dict[str, int]:
    """What a process holds in memory, now and at most: `rss` and `peak`, in MiB."""
    try:
        lines = (PROC / str(process) / "status").read_text().splitlines()
    except OSError:
        return {}
    told = dict(line.split(":", 1) for line in lines)
    kib = {name: int(told[key].split()[0]) for name, key in MEMORY.items()}
    return {name: amount // 1024 for name, amount in kib.items()}


def server_process(conn: psycopg.Connection) -> int | None:
    """The process that all of a server's are children of; None: it is not on this machine."""
    host = conn.info.host
    if not (host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")):
        return None
    fields = _fields(conn.info.backend_pid)
    return int(fields[1]) if fields else None


def family_cpu_s(parent: int) -> float:
    """Seconds of CPU that a server's processes used, as far as they still live."""
    return cpu_s(parent) + sum(cpu_s(child) for child in _children(parent))


def _children(parent: int) -> list[int]:
    numbers = [int(path.name) for path in PROC.iterdir() if path.name.isdigit()]
    return [number for number in numbers if _fields(number)[1:2] == [str(parent)]]
