"""Reads a city's register of purposes (`purposes.toml`). Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

from satu.people.kinds import (
    CARERS_TRIPS,
    GUARDIANSHIP,
    IDENTITY_CHECK,
    OWN_DATA,
    ROLES_WITH_ACCESS,
    Basis,
    Kept,
    Role,
)

REQUIRED = frozenset({CARERS_TRIPS, GUARDIANSHIP, IDENTITY_CHECK, OWN_DATA})

Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_]{0,39}$")]
Filled = Annotated[str, msgspec.Meta(min_length=1)]


class RegisterFault(ValueError):
    """What is wrong with a register of purposes, and where."""


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people are told of a purpose, in Indonesian and English."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    id: Filled
    en: Filled


class Purpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What data is used for: why the law lets it be, and who may open a profile for it."""

    code: Code
    basis: Basis
    roles: list[Role]
    texts: Annotated[list[Text], msgspec.Meta(min_length=1)]


class Retained(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days something is kept, and why so long."""

    what: Kept
    keep_days: Annotated[int, msgspec.Meta(ge=0)]
    why: Filled


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole register."""

    purposes: list[Purpose]
    retention: list[Retained] = []


def read_register(text: str) -> Wanted:
    """A register from TOML; RegisterFault in one line that names the place."""
    try:
        wanted = msgspec.toml.decode(text, type=Wanted)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise RegisterFault(str(error)) from error
    codes = [purpose.code for purpose in wanted.purposes]
    if len(set(codes)) < len(codes):
        raise RegisterFault("purposes: a code is there twice")
    if missing := REQUIRED - set(codes):
        raise RegisterFault(f"purposes: {', '.join(sorted(missing))} is missing")
    for purpose in wanted.purposes:
        if (purpose.code == CARERS_TRIPS) and purpose.basis is not Basis.CONSENT:
            raise RegisterFault(f"{CARERS_TRIPS}: an adult's trips are shown by consent alone")
        if closed := set(purpose.roles) - ROLES_WITH_ACCESS:
            raise RegisterFault(f"{purpose.code}: {', '.join(sorted(closed))} never open a profile")
        versions = [text.version for text in purpose.texts]
        if versions != list(range(1, len(versions) + 1)):
            raise RegisterFault(f"{purpose.code}: texts are versions 1, 2, … in order")
    return wanted
