"""The run's PostgreSQL and a test's own database. Fixtures in conftest.py hand them out."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

# Under root the server runs as a user of its own, who must be able to reach its directory.
DISK = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 8 << 30
TEMPLATE = "satu_template"
SETTINGS = {"shared_buffers": "128MB", "max_connections": "200", "fsync": "on", "jit": "off"}


def _base() -> Path:
    """Where a run keeps its databases: in memory, if there is plenty of it.

    Each test makes a database of 400 files and removes it. On ext4, which looks for a new file's
    place past all that were removed of late, that costs more than most tests.
    """
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED:
        return MEMORY
    return DISK


BASE = _base()


def sweep() -> None:
    """Remove what runs left behind that were killed."""
    for left in (*DISK.glob("satu-test-*"), *MEMORY.glob("satu-test-*")):
        owner = left.name.rsplit("-", 1)[-1]
        if owner.isdigit() and not _is_alive(int(owner)):
            remove(left)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def remove(home: Path) -> None:
    """Stop what runs in a run's directory and delete it."""
    from satu.project.embedded import EmbeddedServer

    for pid_file in home.glob("**/postmaster.pid"):
        EmbeddedServer(pid_file.parent, pid_file.parent, {}).stop("immediate")
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class TestServer:
    """The run's PostgreSQL, with a migrated template database; shared by all workers."""

    __test__ = False

    def __init__(self, home: Path) -> None:
        from satu.project.embedded import EmbeddedServer

        home.mkdir(parents=True, exist_ok=True)
        self.postgres = EmbeddedServer(home / "postgres", home / "postgres", SETTINGS)
        with _one_at_a_time(home / "tests.gate"):
            if not self.postgres.is_running():
                self.postgres.start()
                self.postgres.prepare(TEMPLATE)
                self._migrate_template()
        self.admin = psycopg.connect(self.url("postgres", "postgres"), autocommit=True)

    def url(self, user: str, database: str) -> str:
        return self.postgres.url(user, database)

    def _migrate_template(self) -> None:
        from satu.project.database import migrate

        migrate(self.url("satu", TEMPLATE))
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as admin:
            admin.execute(f"alter database {TEMPLATE} with is_template true")


class Database:
    """A fresh migrated database. `connect()` is satu_app, `owner()` the owner, autocommit."""

    def __init__(self, server: TestServer, name: str) -> None:
        self.name = name
        self.owner_url = server.url("satu", name)
        self.app_url = server.url("satu_app", name)
        self._open: list[psycopg.Connection[Any]] = []

    def connect(self) -> psycopg.Connection[Any]:
        return self._keep(psycopg.connect(self.app_url, autocommit=True))

    def owner(self) -> psycopg.Connection[Any]:
        return self._keep(psycopg.connect(self.owner_url, autocommit=True))

    def _keep(self, connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
        self._open.append(connection)
        return connection

    def close(self) -> None:
        for connection in self._open:
            connection.close()
