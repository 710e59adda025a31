"""The tariff that a reader rides by: kept on its own disk, changed only for one that verifies.

A reader that is cut off, or handed something broken, goes on with what it has.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from satu.services.sealed import Opened, SealedWrong, open_sealed
from satu.wire.signing import Sealed


class TariffKept:
    """`opened` is None until the reader was given its first tariff.

    `refused` says why the last one that was offered is not in use ("": it is).
    """

    def __init__(self, path: Path, key: Ed25519PublicKey) -> None:
        self._path = path
        self._key = key
        self.opened: Opened | None = None
        self.refused = ""
        if path.exists():
            self._read()

    def offer(self, sealed: Sealed) -> bool:
        """Ride by a tariff from now on, if it verifies; whether it is in use.

        It is on disk, whole, before it is used: the power may fail at any moment.
        """
        opened = self._open(sealed)
        if opened is None:
            return False
        waiting = self._path.with_suffix(".new")
        with waiting.open("wb") as file:
            file.write(msgspec.msgpack.encode(sealed))
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(self._path)
        self.opened = opened
        return True

    def _read(self) -> None:
        """Verify what is on disk as if it had just been handed over: disks fail too."""
        try:
            sealed = msgspec.msgpack.decode(self._path.read_bytes(), type=Sealed)
        except msgspec.MsgspecError as error:
            self.refused = f"unreadable: {error}"
        else:
            self.opened = self._open(sealed)

    def _open(self, sealed: Sealed) -> Opened | None:
        try:
            opened = open_sealed(self._key, sealed)
        except SealedWrong as error:
            self.refused = str(error)
            return None
        self.refused = ""
        return opened
