"""Deny lists for readers: asked of the database at most once a second each, sealed once."""

from __future__ import annotations

from time import monotonic
from typing import NamedTuple

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from satu.cards.denials import denial_changes, denied_serials
from satu.gateway.clock import real_now_ms
from satu.gateway.link import Reader
from satu.wire.denylist import DenyList, gap_encode
from satu.wire.signing import Sealed, seal

FRESH_S = 1.0
MAX_KEPT = 64


class DeniedAnswer(NamedTuple):
    """A sealed list that brings a reader from version `since` (0: from nothing) to `version`."""

    version: int
    since: int
    sealed: Sealed


class DenyLists:
    """One gateway's deny lists."""

    def __init__(self, reader: Reader, scheme: Ed25519PrivateKey) -> None:
        self._reader = reader
        self._scheme = scheme
        self._version = 0
        self._read_at: float | None = None
        self._kept: dict[int, DeniedAnswer] = {}

    async def since(self, since: int) -> DeniedAnswer:
        """The change from a version; the base for 0 and for a version that was never issued.

        ProblemError `database_away`.
        """
        is_fresh = self._read_at is not None and monotonic() - self._read_at <= FRESH_S
        if is_fresh and since in self._kept:
            return self._kept[since]
        return await self._reader.read(lambda connection: self._since(connection, since))

    def _since(self, connection: psycopg.Connection, since: int) -> DeniedAnswer:
        version = denial_changes(connection, self._version).version
        if version != self._version:
            self._version = version
            self._kept.clear()
        self._read_at = monotonic()
        since = since if since <= version else 0
        if since not in self._kept:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[since] = self._sealed(connection, since)
        return self._kept[since]

    def _sealed(self, connection: psycopg.Connection, since: int) -> DeniedAnswer:
        if since == 0:
            version, added = denied_serials(connection)
            removed: list[int] = []
        else:
            version, added, removed = denial_changes(connection, since)
        content = DenyList(version, since, real_now_ms(), gap_encode(added), gap_encode(removed))
        return DeniedAnswer(version, since, seal(self._scheme, "deny-list", content.encode()))
