"""Reads a city's register of purposes (`purposes.toml`). Pure."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import msgspec

from satu.formats.faults.fault import Fault, Value, fault_at
from satu.formats.toml import read_toml
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

FILE = "purposes.toml"
REQUIRED = frozenset({CARERS_TRIPS, GUARDIANSHIP, IDENTITY_CHECK, OWN_DATA})

Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_]{0,39}$")]
Filled = Annotated[str, msgspec.Meta(min_length=1)]


class RegisterFault(ValueError):
    """What is wrong with a register of purposes, and where in it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


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
    """How many days something is kept, and why so long, in Indonesian and English."""

    what: Kept
    keep_days: Annotated[int, msgspec.Meta(ge=0)]
    id: Filled
    en: Filled


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole register."""

    purposes: list[Purpose]
    retention: list[Retained] = []


def read_register(content: bytes | str) -> Wanted:
    """A register from TOML; RegisterFault at the first thing that is wrong."""
    wanted = read_toml(content, FILE, Wanted)
    if isinstance(wanted, Fault):
        raise RegisterFault(wanted)
    codes = Counter(purpose.code for purpose in wanted.purposes)
    if twice := [code for code, count in codes.items() if count > 1]:
        raise RegisterFault(_wrong("purposes", "codes_repeated", names=tuple(twice)))
    if missing := REQUIRED - set(codes):
        raise RegisterFault(_wrong("purposes", "codes_missing", names=tuple(sorted(missing))))
    for purpose in wanted.purposes:
        if (purpose.code == CARERS_TRIPS) and purpose.basis is not Basis.CONSENT:
            raise RegisterFault(_wrong(CARERS_TRIPS, "purpose_needs_consent"))
        if closed := set(purpose.roles) - ROLES_WITH_ACCESS:
            names = tuple(sorted(role.value for role in closed))
            raise RegisterFault(_wrong(purpose.code, "purpose_roles_closed", names=names))
        versions = [text.version for text in purpose.texts]
        if versions != list(range(1, len(versions) + 1)):
            raise RegisterFault(_wrong(purpose.code, "purpose_versions_order"))
    return wanted


def words_changed(code: str, version: int) -> RegisterFault:
    """A purpose's version was told in other words before."""
    return RegisterFault(_wrong(code, "purpose_words_changed", version=version))


def _wrong(field: str, code: str, /, **values: Value) -> Fault:
    return fault_at(FILE, 0, field, code, **values)
