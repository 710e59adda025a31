"""Deny lists for readers: asked of the database at most once a second each, sealed once."""

from __future__ import annotations

from time import monotonic
from typing import NamedTuple

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from satu.cards.denials import denial_changes, denied_serials
from satu.gateway.clock import real_now_ms
from satu.gateway.link import Reader
from satu.kernel.days import HOUR_MS
from satu.wire.denylist import DenyList, gap_encode
from satu.wire.signing import Sealed, seal

FRESH_S = 1.0
MAX_KEPT = 64


class DeniedAnswer(NamedTuple):
    """A sealed list that brings a reader from version `since` (0: from nothing) to `version`.

    `hour` counts from 1970: a reader that has this hour's need not be told again that it is
    current, one that has an older one is, since it judges its list's age by what was sealed.
    """

    version: int
    since: int
    hour: int
    sealed: Sealed


class DenyLists:
    """One gateway's deny lists."""

    def __init__(self, reader: Reader, scheme: Ed25519PrivateKey) -> None:
        self._reader = reader
        self._scheme = scheme
        self._version = 0
        self._hour = 0
        self._read_at: float | None = None
        self._kept: dict[int, DeniedAnswer] = {}

    async def since(self, since: int) -> DeniedAnswer:
        """The change from a version; the base for 0 and for a version that was never issued.

        ProblemError `database_away`.
        """
        fresh = self._fresh(since)
        if fresh is not None:
            return fresh
        return await self._reader.read(lambda connection: self._since(connection, since))

    def _fresh(self, since: int) -> DeniedAnswer | None:
        if self._read_at is None or monotonic() - self._read_at > FRESH_S:
            return None
        return self._kept.get(since)

    def _since(self, connection: psycopg.Connection, since: int) -> DeniedAnswer:
        fresh = self._fresh(since)
        if fresh is not None:  # of thousands that waited for one answer, one asks the database
            return fresh
        asked_at = monotonic()
        version = denial_changes(connection, self._version).version
        hour = real_now_ms() // HOUR_MS
        if (version, hour) != (self._version, self._hour):
            self._version, self._hour = version, hour
            self._kept.clear()
        self._read_at = asked_at
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
        now_ms = real_now_ms()
        content = DenyList(version, since, now_ms, gap_encode(added), gap_encode(removed))
        sealed = seal(self._scheme, "deny-list", content.encode())
        return DeniedAnswer(version, since, now_ms // HOUR_MS, sealed)
