"""The desk: whatever a gateway asks the database besides taps. Apart from lanes.

It keeps the registry fresh and keeps uploads as evidence.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import NamedTuple, NoReturn

import psycopg
import structlog

from satu.gateway import log as logs
from satu.gateway.link import Link, Reader, within
from satu.gateway.problems import ProblemError
from satu.gateway.registry import Registry

REFRESH_S = 3.0
LEAST_BETWEEN_S = 0.5
PATIENCE_S = 20.0
PAUSE_S = 0.2

log = structlog.get_logger()


class Evidence(NamedTuple):
    """What a device signed, whole: method, target, time and body, and its Ed25519 signature."""

    device: int
    message: bytes
    signature: bytes


class Desk:
    """`serve` runs until cancelled; `looked` is set once the registry was read or found empty."""

    def __init__(self, url: str, registry: Registry, reader: Reader) -> None:
        self._link = Link(url, "desk")
        self._reader = reader
        self._registry = registry
        self._looking = asyncio.Lock()
        self._looked_at = 0.0
        self._dropped = asyncio.Event()
        self.looked = asyncio.Event()

    @property
    def is_up(self) -> bool:
        return self._link.is_up

    async def serve(self) -> None:
        while True:
            if not self._link.is_up:
                await self._link.open()
                self._dropped.clear()
            try:
                await self._look()
            except ProblemError:
                await asyncio.sleep(PAUSE_S)
            except Exception as error:
                # A database that is not migrated yet, say: what is known stays, and so do we.
                log.error("registry_unreadable", **logs.of_error(error))
                await asyncio.sleep(REFRESH_S)
            else:
                self.looked.set()
                with suppress(TimeoutError):
                    async with asyncio.timeout(REFRESH_S):
                        await self._dropped.wait()

    async def look_again(self) -> None:
        """Read the registry for a device that is not known; ProblemError `database_away`.

        However many ask, it is read at most once in a while: they wait for the same look.
        """
        await self._look(LEAST_BETWEEN_S)

    async def _look(self, apart_s: float = 0.0) -> None:
        asked_at = monotonic()
        async with self._looking:
            if self._looked_at > asked_at:
                return
            await asyncio.sleep(max(0.0, self._looked_at + apart_s - monotonic()))
            connection = self._connection()
            started_at = monotonic()
            try:
                with within(connection, PATIENCE_S):
                    await self._registry.refresh(self._reader, connection)
            except psycopg.OperationalError as error:
                await self._lost(connection, error)
            self._looked_at = started_at

    async def keep_upload(self, evidence: Evidence, *, received_ms: int, taps: int) -> int:
        """Keep an upload as it was signed; its number. ProblemError `database_away`."""
        connection = self._connection()
        try:
            with within(connection, PATIENCE_S):
                return await self._registry.road.keep_upload(
                    connection,
                    device=evidence.device,
                    received_ms=received_ms,
                    body=evidence.message,
                    signature=evidence.signature,
                    taps=taps,
                )
        except psycopg.OperationalError as error:
            await self._lost(connection, error)

    def _connection(self) -> psycopg.AsyncConnection:
        if self._link.connection is None:
            raise ProblemError("database_away")
        return self._link.connection

    async def _lost(
        self, connection: psycopg.AsyncConnection, error: psycopg.OperationalError
    ) -> NoReturn:
        log.warning("desk_failed", **logs.of_error(error))
        # Of several that met the same end, the first lets the connection go.
        if self._link.connection is connection:
            await self._link.drop()
            self._dropped.set()
        raise ProblemError("database_away") from None
