"""The deny list that a reader goes by: kept on its own disk, asked for again and again.

The file is the base and each change after it, as the scheme sealed them: what is read back is
verified like what was just handed over. A reader that is cut off goes on with what it has, and
after a day lets nobody in whom it does not know.
"""

from __future__ import annotations

import asyncio
import os
import random
import struct
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from satu.kernel.days import HOUR_MS
from satu.validator.client import (
    GatewayAwayError,
    GatewayRefusedError,
    ReaderClient,
    SealBrokenError,
)
from satu.wire.denylist import Denied, DenyList, decode, gap_decode
from satu.wire.signing import Sealed, unseal

MAX_AGE_MS = 24 * HOUR_MS
MAX_CHANGES = 2_000  # on disk after a base; then a new base is shorter than reading them all
_LENGTH = struct.Struct(">I")


class Refusal(StrEnum):
    """Why a reader that decides by itself lets a card not in, in order of precedence."""

    CARD_DENIED = "card_denied"
    LIST_MISSING = "list_missing"
    LIST_TOO_OLD = "list_too_old"


class Every(NamedTuple):
    """How long a reader waits before it asks again, in seconds: at random between the two.

    Readers that were all switched on at once, or all cut off, do not stay in step.
    """

    least_s: float = 20.0
    most_s: float = 30.0

    def pause_s(self) -> float:
        return random.uniform(self.least_s, self.most_s)

    def first_pause_s(self) -> float:
        return random.uniform(0.0, self.most_s)


USUALLY = Every()


class DenyListKept:
    """One reader's list. `refused` says why the last one offered is not in use ("": it is)."""

    def __init__(self, path: Path, key: Ed25519PublicKey) -> None:
        self._path = path
        self._key = key
        self._denied: Denied | None = None
        self._changes = 0
        self.refused = ""
        if path.exists():
            self._read()

    @property
    def version(self) -> int:
        """The version it stands at; 0: it has none."""
        return self._denied.version if self._denied else 0

    @property
    def asks_since(self) -> int:
        """What to ask the gateway for next: the change from a version, or 0 for a base."""
        return 0 if self._changes >= MAX_CHANGES else self.version

    def age_ms(self, now_ms: int) -> int | None:
        """How long ago the scheme said last that this is the list; None: it never did."""
        return None if self._denied is None else max(0, now_ms - self._denied.issued_ms)

    def refuse(self, serial: int, *, is_known: bool, now_ms: int) -> Refusal | None:
        """Why a card is not let in without asking the gateway; None: the list lets it in.

        `is_known`: this reader let the card in within the days that it remembers. A stranger is
        refused where the list is missing or older than 24 hours.
        """
        if self._denied is not None and serial in self._denied:
            return Refusal.CARD_DENIED
        if is_known:
            return None
        age_ms = self.age_ms(now_ms)
        if age_ms is None:
            return Refusal.LIST_MISSING
        return Refusal.LIST_TOO_OLD if age_ms > MAX_AGE_MS else None

    def offer(self, sealed: Sealed) -> bool:
        """Go by a base or a change from now on, if it verifies and fits; whether it is in use.

        It is on disk, whole, before it is used. A base that is older than what the reader has,
        by version and by time, is refused: it would let back in who was denied meanwhile.
        """
        change = self._open(sealed)
        if change is None:
            return False
        if self._is_same(change):
            return True
        if change.since:
            self._append(sealed)
        else:
            self._replace(sealed)
        self._apply(change)
        return True

    def _is_same(self, change: DenyList) -> bool:
        """Whether a change only says again what is known."""
        denied = self._denied
        return (
            denied is not None
            and change.version == denied.version
            and change.since == denied.version
            and change.issued_ms <= denied.issued_ms
        )

    def _open(self, sealed: Sealed) -> DenyList | None:
        self.refused = ""
        content = unseal(self._key, "deny-list", sealed)
        if content is None:
            self.refused = "not_signed"
            return None
        try:
            change = decode(content)
            gap_decode(change.added), gap_decode(change.removed)
        except ValueError as error:
            self.refused = f"unreadable: {error}"
            return None
        denied = self._denied
        if change.since and change.since != self.version:
            self.refused = "another_base"
        elif (
            not change.since
            and denied
            and change.version < denied.version
            and change.issued_ms <= denied.issued_ms
        ):
            self.refused = "older"
        return None if self.refused else change

    def _apply(self, change: DenyList) -> None:
        denied = self._denied or Denied()
        issued_ms = denied.issued_ms
        denied.apply(change)
        if change.since:
            # Of two gateways one may have sealed its answer earlier: age counts from the newest.
            denied.issued_ms = max(issued_ms, change.issued_ms)
        self._denied = denied
        self._changes = self._changes + 1 if change.since else 0

    def _replace(self, sealed: Sealed) -> None:
        waiting = self._path.with_suffix(".new")
        with waiting.open("wb") as file:
            file.write(_framed(sealed))
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(self._path)

    def _append(self, sealed: Sealed) -> None:
        with self._path.open("ab") as file:
            file.write(_framed(sealed))
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> None:
        """Take what is on disk as far as it verifies, and cut off what does not.

        What is left is the list of an earlier moment: the gateway tells what came since.
        """
        content = self._path.read_bytes()
        whole = 0
        for sealed, end in _frames(content):
            change = self._open(sealed)
            if change is None:
                break
            self._apply(change)
            whole = end
        if whole < len(content):
            os.truncate(self._path, whole)


async def follow(
    client: ReaderClient,
    kept: DenyListKept,
    *,
    every: Every = USUALLY,
    told: Callable[[DenyListKept], None] = lambda kept: None,
) -> None:
    """Keep a reader's list up to date until cancelled; `told` hears of every list in use.

    A gateway that is away, busy, or hands out what the scheme did not seal changes nothing: the
    reader asks again at its next turn.
    """
    await asyncio.sleep(every.first_pause_s())
    while True:
        try:
            sealed = await client.sealed_deny_list(kept.asks_since)
        except (GatewayAwayError, GatewayRefusedError, SealBrokenError) as error:
            kept.refused = str(error)
        else:
            if kept.offer(sealed):
                told(kept)
        await asyncio.sleep(every.pause_s())


def _framed(sealed: Sealed) -> bytes:
    content = msgspec.msgpack.encode(sealed)
    return _LENGTH.pack(len(content)) + content


def _frames(content: bytes) -> Iterator[tuple[Sealed, int]]:
    """What was sealed, in order, each with where it ends; stops at the first that is not whole."""
    at = 0
    while at + _LENGTH.size <= len(content):
        (length,) = _LENGTH.unpack_from(content, at)
        begun, at = at + _LENGTH.size, at + _LENGTH.size + length
        if at > len(content):
            return
        try:
            yield msgspec.msgpack.decode(content[begun:at], type=Sealed), at
        except msgspec.MsgspecError:
            return
