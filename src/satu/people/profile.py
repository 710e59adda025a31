"""What is known of a person. Pure. Neither type shows its content when printed or logged."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec

from satu.people.kinds import Assurance


class Profile(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A person in clear: `nik` 16 digits, `phone` as `+628…`; empty is what is not known.

    Encoded it is stored sealed: fields are only ever added at the end, with a default.
    """

    name: str
    nik: str = ""
    phone: str = ""
    birth_date: date | None = None
    email: str = ""

    def __repr__(self) -> str:
        return "Profile(…)"


class NewResident(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to register. `profile` None: known by a number alone. `area` is a kelurahan's code.

    `level` is what whoever registers has proved by themselves; REGISTER is reached by a check.
    """

    profile: Profile | None = None
    level: Assurance = Assurance.ANONYMOUS
    area: str = ""

    def __repr__(self) -> str:
        return "NewResident(…)"


class Registered(NamedTuple):
    """A resident's number. `is_new` false: the NIK was known, and nothing was changed."""

    resident: int
    is_new: bool
