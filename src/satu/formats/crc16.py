"""The checksum at the end of a QRIS code: CRC-16/CCITT-FALSE, also called IBM-3740. Pure."""

from __future__ import annotations

from binascii import crc_hqx

_START = 0xFFFF


def crc16(data: bytes) -> str:
    """The checksum of `data` in four hexadecimal capitals; of `123456789` it is 29B1."""
    return f"{crc_hqx(data, _START):04X}"
