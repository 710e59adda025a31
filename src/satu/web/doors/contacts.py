"""Where a code goes: a phone, an e-mail address, or the address that a login of staff has. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from satu.formats.identifiers.phone import Phone, read_phone
from satu.messages.rules import masked

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
EMAIL_LENGTH = 254  # RFC 5321
LOGIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Way(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    STAFF = "staff"
    CARD = "card"


class Contact(msgspec.Struct, frozen=True, array_like=True):
    """A phone as `+628…`, an e-mail address, a login of staff, or a card that a resident asks for
    (`of_card`): nobody signs in by that, and the code goes to its holder."""

    way: Way
    value: str

    def __repr__(self) -> str:
        return f"Contact({self.way})"

    @property
    def masked(self) -> str:
        """As much as its owner needs to know it again; a login of staff hides nobody."""
        return masked(self.value) if self.way in (Way.PHONE, Way.EMAIL) else self.value


def of_card(asker: int, number: str) -> Contact:
    """A card that a resident asks its holder for, by the number that they typed."""
    return Contact(Way.CARD, f"{asker}|{number}")


def read_contact(typed: str) -> Contact | None:
    """The phone or e-mail address that somebody typed; None: neither.

    A phone is an Indonesian mobile, the only kind that codes are sent to.
    """
    if "@" in typed:
        email = typed.strip().casefold()
        fits = EMAIL.fullmatch(email) and len(email) <= EMAIL_LENGTH
        return Contact(Way.EMAIL, email) if fits else None
    phone = read_phone(typed)
    is_mobile = isinstance(phone, Phone) and phone.is_mobile
    return Contact(Way.PHONE, phone.text) if is_mobile and isinstance(phone, Phone) else None


def read_login(typed: str) -> Contact | None:
    """The login of staff that somebody typed; None: it cannot be one."""
    login = typed.strip().lower()
    return Contact(Way.STAFF, login) if LOGIN.fullmatch(login) else None
