"""The port to the master keys that wrap people's data keys. satu.people.keyring chooses the vault.

In demos they come from the installation's one secret; in production they never leave a hardware
module (satu.people.hsm).
"""

from __future__ import annotations

import os
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from satu.kernel.keys import derive

NONCE_BYTES = 12
KEY_BYTES = 32


class Vault(Protocol):
    """Wraps data keys with AES-256-GCM under master keys that are numbered from 1."""

    def make(self, master: int) -> None:
        """Have the master key of a number; a second time changes nothing."""

    def wrap(self, master: int, key: bytes, *, bound_to: bytes) -> bytes:
        """A data key, wrapped: it unwraps only for the same `bound_to`."""

    def unwrap(self, master: int, box: bytes, *, bound_to: bytes) -> bytes:
        """The data key. Raises if the box was changed or is bound to something else."""


class DerivedVault:
    """Master keys derived from one secret. Whoever has the secret has them all: for demos."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._ciphers: dict[int, AESGCM] = {}

    def make(self, master: int) -> None:
        self._cipher(master)

    def wrap(self, master: int, key: bytes, *, bound_to: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher(master).encrypt(nonce, key, bound_to)

    def unwrap(self, master: int, box: bytes, *, bound_to: bytes) -> bytes:
        return self._cipher(master).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], bound_to)

    def _cipher(self, master: int) -> AESGCM:
        if master not in self._ciphers:
            self._ciphers[master] = AESGCM(derive(self._secret, f"master-{master}"))
        return self._ciphers[master]
