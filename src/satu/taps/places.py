"""Reads a city's bundle and readers with psycopg alone: for gateways, replays, benches."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import psycopg

from satu.services import sealed
from satu.services.rules import Bundle


class NoCityLoaded(LookupError):
    """The database holds no active bundle, or those of several cities and none was named."""


class DeviceState(IntEnum):
    """Whether a reader's taps are taken; one that was retired never comes back."""

    ACTIVE = 0
    BLOCKED = 1
    RETIRED = 2


class Device(NamedTuple):
    """A reader as gateways know it. `point` 0: it stands nowhere in particular.

    `public_key` is the raw Ed25519 key (32 bytes); `clock_offset_ms` is added to its times.
    """

    id: int
    code: str
    operator: int
    point: int
    public_key: bytes
    key_version: int
    clock_offset_ms: int
    state: DeviceState


class Signed(NamedTuple):
    """The active bundle as it was signed: `key` is the name of the scheme's key."""

    digest: bytes
    content: bytes
    key: str
    signature: bytes


def load_bundle(conn: psycopg.Connection, city: str | None = None) -> Bundle:
    """The active bundle; of several cities, that of the one named. NoCityLoaded if none is."""
    return sealed.decode(load_signed(conn, city).content)


def load_signed(conn: psycopg.Connection, city: str | None = None) -> Signed:
    """The active bundle for those who verify it first. NoCityLoaded as `load_bundle`."""
    digest, content, key, signature = _active(conn, "digest, content, key, signature", city)
    return Signed(bytes(digest), bytes(content), key, bytes(signature))


def bundle_digest(conn: psycopg.Connection, city: str | None = None) -> bytes:
    """The digest of the active bundle: cheap to ask, another one means load again."""
    (digest,) = _active(conn, "digest", city)
    return bytes(digest)


def load_devices(conn: psycopg.Connection) -> dict[int, Device]:
    """All readers by their numbers."""
    rows = conn.execute(
        "select id, code, operator, coalesce(point, 0), public_key, key_version,"
        " clock_offset_ms, state from taps_device order by id"
    )
    devices = (Device._make((*row[:-1], DeviceState(row[-1]))) for row in rows)
    return {device.id: device for device in devices}


def _active(conn: psycopg.Connection, columns: str, city: str | None) -> tuple[Any, ...]:
    rows = conn.execute(
        f"select city, {columns} from taps_bundle"
        " where is_active and (%(city)s::text is null or city = %(city)s)",
        {"city": city},
    ).fetchall()
    if not rows:
        raise NoCityLoaded("no city is loaded; run: satu city load cities/jakarta")
    if len(rows) > 1:
        cities = ", ".join(sorted(row[0] for row in rows))
        raise NoCityLoaded(f"several cities are loaded ({cities}); name one")
    return tuple(rows[0][1:])
