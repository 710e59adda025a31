"""Database connections that come back by themselves: for lanes, for the desk, for reading."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, TypeVar

import psycopg
import structlog
from psycopg.conninfo import make_conninfo

from satu.gateway import log as logs
from satu.gateway.problems import ProblemError

CONNECT_TIMEOUT_S = 5
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0

# A batch's statements are planned once for the connection, not for each batch's own sizes.
PINNED_PLANS = "set plan_cache_mode = force_generic_plan"


T = TypeVar("T")

log = structlog.get_logger()


def _watched(url: str) -> str:
    """The database's address, with probes that notice a server that vanished."""
    return make_conninfo(url, keepalives_idle=10, keepalives_interval=5, keepalives_count=3)


class TimedConnection(psycopg.AsyncConnection[tuple[Any, ...]]):
    """A connection that knows how long it was waited for, in seconds."""

    waited_s = 0.0

    async def wait(self, *args: Any, **named: Any) -> Any:
        started = perf_counter()
        try:
            return await super().wait(*args, **named)
        finally:
            self.waited_s += perf_counter() - started


class Link:
    """`connection` is None while the database is away."""

    def __init__(self, url: str, name: str) -> None:
        self._url = _watched(url)
        self._name = name
        self.connection: TimedConnection | None = None

    @property
    def is_up(self) -> bool:
        return self.connection is not None

    async def open(self) -> TimedConnection:
        """Connect, trying for as long as it takes."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                self.connection = await self._connect()
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("database_away", link=self._name, **logs.of_error(error))
                await asyncio.sleep(pause_s)
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
            else:
                log.info("database_connected", link=self._name)
                return self.connection

    async def _connect(self) -> TimedConnection:
        connection = await TimedConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            application_name=f"satu-gateway-{self._name}",
        )
        try:
            with within(connection, CONNECT_TIMEOUT_S):
                await connection.execute(PINNED_PLANS)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def reopen(self) -> TimedConnection | None:
        """Let the connection go and try once for another; None: the database is away."""
        await self.drop()
        try:
            self.connection = await self._connect()
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.warning("database_away", link=self._name, **logs.of_error(error))
        return self.connection

    async def drop(self) -> None:
        """Let the connection go; the next `open` makes another."""
        connection, self.connection = self.connection, None
        if connection is not None:
            await connection.close()


@contextmanager
def within(connection: psycopg.AsyncConnection, patience_s: float) -> Iterator[None]:
    """Cut the connection if the block takes longer: it then ends with an OperationalError.

    A task that is cancelled instead would wait for the server's leave, and a server that is
    frozen never gives it.
    """
    watch = asyncio.get_running_loop().call_later(patience_s, _cut, connection)
    try:
        yield
    finally:
        watch.cancel()


def _cut(connection: psycopg.AsyncConnection) -> None:
    if not connection.closed:
        with socket.socket(fileno=os.dup(connection.fileno())) as ours:
            ours.shutdown(socket.SHUT_RDWR)


class Reader:
    """A connection for reads that take a while: they run in a thread, one at a time."""

    def __init__(self, url: str) -> None:
        self._url = _watched(url)
        self._lock = asyncio.Lock()
        self._connection: psycopg.Connection | None = None

    async def read(self, ask: Callable[[psycopg.Connection], T]) -> T:
        """What `ask` finds; ProblemError `database_away`."""
        async with self._lock:
            return await asyncio.to_thread(self._read, ask)

    def _read(self, ask: Callable[[psycopg.Connection], T]) -> T:
        try:
            if self._connection is None:
                self._connection = psycopg.connect(
                    self._url,
                    autocommit=True,
                    connect_timeout=CONNECT_TIMEOUT_S,
                    application_name="satu-gateway-reader",
                    options="-c statement_timeout=15s",
                )
            return ask(self._connection)
        except psycopg.OperationalError as error:
            log.warning("read_failed", **logs.of_error(error))
            self._close()
            raise ProblemError("database_away") from None

    async def close(self) -> None:
        async with self._lock:
            self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
