"""The tariff on its way to readers: the city's bundle in one signed piece. Pure."""

from __future__ import annotations

import msgspec


class TariffContent(msgspec.Struct, frozen=True):
    """The content of a sealed tariff.

    `digest` names the version; `bundle` is msgpack of `satu.services.rules.Bundle`, kept as bytes
    so that a reader can verify and store what it cannot read yet.
    """

    digest: str
    bundle: bytes

    def encode(self) -> bytes:
        return msgspec.msgpack.encode(self)


def decode(content: bytes) -> TariffContent:
    """The tariff of unsealed content; msgspec.ValidationError if it is none."""
    return msgspec.msgpack.decode(content, type=TariffContent)
