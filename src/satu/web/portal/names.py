"""Names for addresses: nobody reads from one where, when or on which card a journey was.

The same thing has the same name for the same resident always; for anybody else it is none.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from functools import cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from satu.kernel.keys import derive

NUMBER_BYTES = 8
LONGEST = 160


class Named(NamedTuple):
    """A use of a card on a service day."""

    card: int
    use: int
    day: date


def name_of(named: Named, resident: int) -> str:
    """What a resident's addresses call a use."""
    numbers = (named.card, named.use, named.day.toordinal())
    clear = b"".join(number.to_bytes(NUMBER_BYTES, "big") for number in numbers)
    return _sealed("use", clear, resident)


def named_by(name: str, resident: int) -> Named | None:
    """The use that an address of a resident names; None: it names none of theirs."""
    clear = _clear("use", name, resident)
    if clear is None:
        return None
    ends = range(0, len(clear), NUMBER_BYTES)
    card, use, day = (int.from_bytes(clear[end : end + NUMBER_BYTES], "big") for end in ends)
    return Named(card, use, date.fromordinal(day))


def name_of_mark(mark: str, resident: int) -> str:
    """What a resident's addresses call the end of a page of their history; "" for none."""
    return _sealed("mark", mark.encode(), resident) if mark else ""


def mark_named_by(name: str, resident: int) -> str | None:
    """The end of a page that an address names; "" for none, None: it names none of theirs."""
    if not name:
        return ""
    clear = _clear("mark", name, resident)
    return None if clear is None else clear.decode()


def _sealed(kind: str, clear: bytes, resident: int) -> str:
    sealed = _cipher().encrypt(clear, [f"{kind}:{resident}".encode()])
    return _written(sealed)


def _written(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def _clear(kind: str, name: str, resident: int) -> bytes | None:
    if not name.isascii() or len(name) > LONGEST:
        return None
    try:
        sealed = urlsafe_b64decode(name + "=" * (-len(name) % 4))
        if _written(sealed) != name:  # other letters can be read as the same bytes
            return None
        return _cipher().decrypt(sealed, [f"{kind}:{resident}".encode()])
    except (ValueError, InvalidTag):
        return None


@cache
def _cipher() -> AESSIV:
    """Deterministic: an address stays the same, so that going back and bookmarks work."""
    return AESSIV(derive(settings.DOOR_KEY, "names"))
