"""What a gateway knows of its city: devices, the tap's road, the tariff for readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import NamedTuple

import psycopg
import structlog

from satu.gateway.door import KnownDevice
from satu.gateway.link import Reader
from satu.gateway.problems import ProblemError
from satu.kernel import keys
from satu.services import all as _services  # noqa: F401  (they register themselves)
from satu.services.sealed import Opened, SealedWrong, open_sealed, signed_content
from satu.taps import places
from satu.taps.directory import Directory
from satu.taps.road import Road
from satu.wire.signing import Sealed, device_key, scheme_key

log = structlog.get_logger()


class City(NamedTuple):
    """A loaded city that verified: its rules, and its bundle as it is handed to readers."""

    opened: Opened
    sealed: Sealed


class Registry:
    """Refreshed as one piece: a request sees the city before or after a change, never half."""

    def __init__(self, secret: bytes, on_commit: Callable[[float], None]) -> None:
        self._on_commit = on_commit
        self._device_master = keys.derive(secret, keys.DEVICE)
        self._token_key = keys.derive(secret, keys.TOKEN)
        self.scheme = scheme_key(keys.derive(secret, keys.SCHEME))
        self._devices: dict[int, KnownDevice] = {}
        self._road: Road | None = None
        self._tariff: Sealed | None = None
        self._digest = ""
        self._refused = ""

    @property
    def is_ready(self) -> bool:
        """Whether a city was loaded."""
        return self._road is not None

    @property
    def road(self) -> Road:
        if self._road is None:
            raise ProblemError("not_ready")
        return self._road

    @property
    def tariff(self) -> tuple[str, Sealed]:
        """The digest of the tariff in force, and the tariff sealed for readers."""
        if self._tariff is None:
            raise ProblemError("not_ready")
        return self._digest, self._tariff

    def device(self, number: int) -> KnownDevice | None:
        return self._devices.get(number)

    async def refresh(self, reader: Reader, connection: psycopg.AsyncConnection) -> None:
        """Read devices, and the city if its digest changed. Without a city nothing happens.

        ProblemError `database_away`, psycopg.OperationalError.
        """
        devices, found = await reader.read(self._read)
        if found is not None:
            directory = await Directory.load(connection)
            rules = found.opened.rules
            self._road = Road(
                rules, directory, token_key=self._token_key, on_commit=self._on_commit
            )
            self._tariff = found.sealed
            self._digest = found.opened.digest
        self._devices = devices

    def _read(self, connection: psycopg.Connection) -> tuple[dict[int, KnownDevice], City | None]:
        """The devices, and the city if it is another than the one that is known."""
        try:
            digest = places.bundle_digest(connection).hex()
        except places.NoCityLoaded:
            return {}, None
        changed = digest not in (self._digest, self._refused)
        city = self._opened(places.load_signed(connection)) if changed else None
        return self._known(places.load_devices(connection)), city

    def _opened(self, found: places.Signed) -> City | None:
        """What was brought into force, if it verifies; else the city in use stays."""
        handed = Sealed("tariff", found.key, signed_content(found.content), found.signature)
        try:
            return City(open_sealed(self.scheme.public_key(), handed), handed)
        except SealedWrong as error:
            log.error("bundle_refused", digest=found.digest.hex(), code=error.code, why=str(error))
            self._refused = found.digest.hex()
            return None

    def _known(self, loaded: Mapping[int, places.Device]) -> dict[int, KnownDevice]:
        return {
            number: KnownDevice(
                id=number,
                key=device_key(self._device_master, number, device.key_version),
                public_key=bytes(device.public_key),
                clock_offset_ms=device.clock_offset_ms,
                is_active=device.state is places.DeviceState.ACTIVE,
            )
            for number, device in loaded.items()
        }


def etag(*parts: str | int) -> str:
    """A strong ETag of what names a representation."""
    name = "|".join(map(str, parts))
    return f'"{sha256(name.encode()).hexdigest()[:24]}"'
