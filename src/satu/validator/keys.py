"""A reader's own keys. A real reader is given them once; demos, tests and benches derive them."""

from __future__ import annotations

import hmac

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from satu.wire.signing import device_key


class DeviceKeys:
    """What a reader signs with: its request key, shared with the gateway, and its own Ed25519 key.

    The keys never appear in a repr, a log or an error.
    """

    __slots__ = ("device", "hmac_key", "private_key")

    def __init__(self, device: int, hmac_key: bytes, private_key: Ed25519PrivateKey) -> None:
        self.device = device
        self.hmac_key = hmac_key
        self.private_key = private_key

    def __repr__(self) -> str:
        return f"DeviceKeys(device={self.device})"

    @property
    def public_key(self) -> bytes:
        """The 32 bytes that the registry of devices keeps."""
        return self.private_key.public_key().public_bytes_raw()


def simulated_keys(device: int, master: bytes) -> DeviceKeys:
    """Keys of a simulated reader, the same each time. `master` is the installation's key `device`.

    A real reader's private key is made inside it and never leaves; nothing derives it.
    """
    seed = hmac.digest(master, b"simulated private key|%d" % device, "sha256")
    return DeviceKeys(
        device, device_key(master, device), Ed25519PrivateKey.from_private_bytes(seed)
    )
