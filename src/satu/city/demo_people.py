"""Who works with Satu in a demo, one of each role; `satu demo` prints their links."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from satu.people.kinds import Role
from satu.people.staffing import engage, keep_organisation
from satu.web.doors.links import make_link

ACTOR = "city.demo"


class Workplace(NamedTuple):
    """An organisation and who of each role works there, by login."""

    code: str
    name: str
    acts_for: str
    staff: dict[Role, str]


class Entrance(NamedTuple):
    """A one-time link for somebody: what they are, and the path that lets them in."""

    role: str
    login: str
    path: str


class Party(NamedTuple):
    """An operator or a bank, as the city knows it."""

    code: str
    name: str


def workplaces(operator: Party, issuer: Party) -> list[Workplace]:
    """The city's transport office, an operator and a bank."""
    city = {
        Role.ADMINISTRATOR: "sari",
        Role.TECHNICIAN: "joko",
        Role.DESK: "ani",
        Role.BENEFITS: "dewi",
        Role.PRIVACY: "putri",
        Role.AUDITOR: "agus",
        Role.TREASURER: "tono",
    }
    return [
        Workplace("dishub", "Dinas Perhubungan", "", city),
        Workplace(*operator, f"operator:{operator.code}", {Role.OPERATOR: "rina"}),
        Workplace(*issuer, f"issuer:{issuer.code}", {Role.BANK: "bayu"}),
    ]


def let_staff_in(*, operator: Party, issuer: Party, at: datetime) -> list[Entrance]:
    """Engage one member of staff of each role and make each a one-time link."""
    entrances = []
    for place in workplaces(operator, issuer):
        keep_organisation(
            code=place.code, name=place.name, acts_for=place.acts_for, actor=ACTOR, at=at
        )
        for role, login in place.staff.items():
            refusal = engage(
                login=login,
                organisation=place.code,
                roles=[role],
                is_contractor=False,
                until=None,
                actor=ACTOR,
                at=at,
            )
            assert refusal is None, refusal
            token = make_link(login=login, actor=ACTOR, at=at)
            entrances.append(Entrance(role.value, login, f"/console/enter/{token}"))
    return entrances
