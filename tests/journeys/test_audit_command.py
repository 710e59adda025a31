"""`satu audit verify` as a person or a program runs it; the jobs' process seals meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import Any

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.kernel.days import from_ms
from satu.project.clock import now_ms
from tests.commands import Finished, satu
from tests.support import Database

START_SECONDS = 60


def run(*arguments: str) -> Finished:
    return satu("audit", "verify", *arguments)


def verified(*arguments: str) -> tuple[int, dict[str, Any]]:
    done = run("--json", *arguments)
    assert done.stdout, done.stderr
    return done.returncode, done.told


def write(actor: str) -> None:
    card = Subject("card", 17)
    record(subject=card, action="card.blocked", actor=actor, at=from_ms(now_ms()))


def test_the_trail_is_sealed_within_seconds_and_proven(database: Database) -> None:
    write("staff:ani")
    code, told = verified()
    assert (code, told["ok"], told["unsealed"], told["head"]) == (0, True, 1, None)

    jobs = subprocess.Popen([sys.executable, "-m", "satu.project.worker"])
    try:
        conn = database.connect()
        for actor in ("staff:budi", "staff:citra"):
            write(actor)
            deadline = time.monotonic() + START_SECONDS
            while conn.execute("select from audit_waiting").fetchone() is not None:
                assert time.monotonic() < deadline, "nobody seals"
                time.sleep(0.05)
    finally:
        jobs.send_signal(signal.SIGTERM)
        assert jobs.wait(30) == 0

    code, told = verified()
    assert code == 0
    head = told.pop("head")
    assert head.startswith(f"{told['seals']}:") and len(head.split(":")[1]) == 64
    assert told == {
        "ok": True,
        "entries": 3,
        "seals": told["seals"],
        "unsealed": 0,
        "oldest_unsealed_at": None,
        "broken": 0,
        "breaks": [],
    }
    assert verified("--kept", head)[0] == 0


def test_what_was_changed_is_named(database: Database) -> None:
    for actor in ("staff:ani", "staff:budi"):
        write(actor)
    database.connect().execute("select audit_seal_v1(now(), 10)")
    database.owner().execute("update audit_entry set actor = 'staff:x' where id = 2")
    done = run()
    assert done.returncode == 1 and done.stdout == ""
    assert "an entry is not what was sealed: entry 2, seal 1" in done.stderr
    assert "is broken" in done.stderr
    code, told = verified("--kept", f"1:{'0' * 64}")
    assert (code, told["broken"]) == (1, 2)
    assert told["breaks"] == [
        {"code": "entry_changed", "entry": 2, "seal": 1},
        {"code": "head_differs", "entry": None, "seal": 1},
    ]


def test_a_trail_that_nobody_seals_says_so(database: Database) -> None:
    record(subject=Subject("card", 1), action="a", actor="b", at=from_ms(1_500))
    done = run()
    assert done.returncode == 0
    assert "1, the oldest of 1970-01-01 00:00:01 UTC; nobody seals: run satu up" in done.stderr


def test_a_head_that_is_none_is_refused_in_one_line(database: Database) -> None:
    done = run("--kept", "12")
    assert done.returncode == 1 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "--kept is a seal's number" in done.stderr
