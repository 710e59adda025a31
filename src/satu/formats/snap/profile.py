"""How one partner speaks SNAP BI: paths, signatures, spellings, tolerances. Data, read here. Pure.

A profile is a TOML file, or the same as JSON in a partner's row. docs/reference/snap.md says what
each field means.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from satu.formats.snap.codes import Service
from satu.formats.snap.signing import Encoding

PATH = re.compile(r"(?:/[0-9A-Za-z_-][0-9A-Za-z._-]*)+")
SUFFIX = re.compile(r"\.[a-z]{1,8}\Z")
SERVICES = [service.value for service in Service]


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """One partner's way to speak the standard.

    `paths` leads from a service's number to its whole path, and names the services that are open.
    `spelling` leads from the standard's name of a field to the partner's, in requests and answers.
    `changed_reference` is the case that tells of a partnerReferenceNo used for something else,
    `repeated_payment` of a virtual account's payment that was taken before. `state_digits` is how
    many digits tell an account's state, `service_id` the number that the bank gave us: its virtual
    accounts begin with it. `token_type` is what an access token is called, `statement_balance`
    how a statement tells its balances: the standard has a list of one.
    """

    paths: dict[str, str]
    signature: Literal["symmetric", "asymmetric"] = "symmetric"
    encoding: Encoding = "base64"
    tolerance_s: Annotated[int, Meta(ge=1, le=86_400)] = 300
    expires_in: Literal["text", "number"] = "text"
    token_type: Literal["Bearer", "BearerToken"] = "Bearer"
    statement_balance: Literal["list", "object"] = "list"
    changed_reference: Literal["409xx01", "404xx18"] = "409xx01"
    calls_per_minute: Annotated[int, Meta(ge=1, le=1_000_000)] = 6_000
    spelling: dict[str, str] = {}
    state_digits: Annotated[int, Meta(ge=1, le=4)] = 4
    repeated_payment: Literal["404xx18", "200xx00"] = "404xx18"
    service_id: Annotated[str, Meta(pattern=r"^[0-9]{0,8}\Z")] = ""

    def __post_init__(self) -> None:
        for number, path in self.paths.items():
            if number not in SERVICES:
                raise ValueError(f"paths.{number}: Satu offers {', '.join(SERVICES)}")
            end = f"/{Service(number).endpoint}"
            if not PATH.fullmatch(path) or not SUFFIX.sub("", path).endswith(end):
                raise ValueError(f"paths.{number}: {path} does not end in {end}")
        if (self.signature == "symmetric") != (Service.ACCESS_TOKEN.value in self.paths):
            raise ValueError("a symmetric signature needs the path of service 73, and only it does")

    def opens(self, service: Service, path: str) -> bool:
        """Whether a service is offered to this partner at a path."""
        return self.paths.get(service.value) == path


def read_profile(text: str) -> Profile:
    """A profile from TOML; ValueError says what is wrong."""
    return msgspec.toml.decode(text, type=Profile)


def load_profile(stored: object) -> Profile:
    """A profile from a partner's row."""
    return msgspec.convert(stored, Profile)
