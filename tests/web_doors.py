"""Signed-in clients for tests of pages: staff of any role, residents; and who they are."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.http import HttpRequest
from django.test import Client

from satu.people.actions import register_resident
from satu.people.kinds import Assurance, Role
from satu.people.profile import NewResident, Profile, Registered
from satu.people.staffing import engage, keep_organisation
from satu.web.doors.links import make_link
from satu.web.doors.sessions import begin, user_of_resident

ACTOR = "command:test"
ORGANISATIONS = {
    "": ("dishub", "Dinas Perhubungan"),
    "operator": ("bus", "Bus Kota"),
    "issuer": ("bank", "Bank Satria"),
}


def hire(
    login: str,
    *roles: str,
    acts_for: str = "",
    is_contractor: bool = False,
    until: date | None = None,
) -> str:
    """Somebody of the staff; `acts_for` as in Organisation. The login."""
    at = datetime.now(tz=UTC)
    code, name = ORGANISATIONS[acts_for.partition(":")[0]]
    refusal = keep_organisation(code=code, name=name, acts_for=acts_for, actor=ACTOR, at=at)
    assert refusal is None, refusal
    refusal = engage(
        login=login,
        organisation=code,
        roles=[Role(name) for name in roles],
        is_contractor=is_contractor,
        until=until,
        actor=ACTOR,
        at=at,
    )
    assert refusal is None, refusal
    return login


def link_path(login: str) -> str:
    """The path that lets somebody of the staff in, once."""
    token = make_link(login=login, actor=ACTOR, at=datetime.now(tz=UTC))
    return f"/console/enter/{token}"


def staff_client(login: str = "ani", *roles: str, acts_for: str = "") -> Client:
    """A client that somebody of the staff entered with a link; a desk if no role is named."""
    client = Client()
    client.get(link_path(hire(login, *(roles or ("desk",)), acts_for=acts_for)))
    return client


def new_resident(name: str = "Siti Purnamasari Contoh", phone: str = "+6281200009999") -> int:
    """A resident who holds a phone."""
    new = NewResident(profile=Profile(name=name, phone=phone), level=Assurance.PHONE)
    done = register_resident(new=new, actor=ACTOR, at=datetime.now(tz=UTC))
    assert isinstance(done, Registered), done
    return done.resident


def resident_client(resident: int) -> Client:
    """A client in which a resident is signed in."""
    client = Client()
    request = HttpRequest()
    request.session = client.session
    begin(request, user_of_resident(resident))
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key
    return client
