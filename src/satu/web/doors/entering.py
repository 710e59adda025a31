"""From a contact that somebody proved to hold to a session: who they are, and letting them in."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse

from satu.cards import queries as cards
from satu.people import identity, queries
from satu.people.actions import register_resident
from satu.people.errors import Refusal
from satu.people.kinds import Assurance
from satu.people.profile import NewResident, Profile
from satu.web.doors.contacts import Contact, Way
from satu.web.doors.models import User
from satu.web.doors.sealing import seal, unseal
from satu.web.doors.sessions import user_of_resident, user_of_staff

ACTOR = "web:doors"


class Choice(NamedTuple):
    """One of the residents who share a phone, known by their cards' last figures."""

    resident: int
    cards: tuple[str, ...]


def reach(contact: Contact, at: datetime) -> Contact | None:
    """Where a code for a contact can go; None: nowhere, because nobody has it here.

    A phone is always reached: its holder can become a resident.
    """
    match contact.way:
        case Way.PHONE:
            return contact
        case Way.EMAIL:
            return contact if queries.find_by_email(contact.value) else None
        case Way.STAFF:
            user = User.objects.filter(login=contact.value).first()
            is_here = queries.staff_member(contact.value, at) is not None
            email = staff_email(user) if user and is_here else ""
            return Contact(Way.EMAIL, email) if email else None
        case Way.CARD:
            return None


def residents_of(contact: Contact) -> list[int]:
    """The residents who have a phone or an e-mail address."""
    if contact.way is Way.PHONE:
        return queries.find_by_phone(contact.value)
    return queries.find_by_email(contact.value) if contact.way is Way.EMAIL else []


def choices(contact: Contact) -> list[Choice]:
    """Those who share a contact, told apart without opening anybody's profile."""
    found = residents_of(contact)
    of: dict[int, list[str]] = {resident: [] for resident in found}
    for issuer in cards.issuers():
        for card in cards.owned(owners=found, issuer=issuer.id):
            of[card.owner or 0].append(card.number[-4:])
    return [Choice(resident, tuple(numbers)) for resident, numbers in of.items()]


def register(contact: Contact, name: str, at: datetime) -> int | Refusal:
    """Make the holder of a phone a resident, at assurance PHONE. Refusals: name_invalid."""
    assert contact.way is Way.PHONE
    profile = Profile(name=name, phone=contact.value)
    new = NewResident(profile=profile, level=Assurance.PHONE)
    done = register_resident(new=new, actor=ACTOR, at=at)
    return done if isinstance(done, Refusal) else done.resident


def let_resident_in(
    request: HttpRequest, resident: int, contact: Contact, at: datetime
) -> HttpResponse:
    """Go on with the sign-in of a resident: to their second factor, if they have one, or in."""
    if contact.way is Way.PHONE:
        standing = queries.standing(resident)
        if standing is not None and standing.level < Assurance.PHONE:
            identity.confirm(resident=resident, level=Assurance.PHONE, actor=ACTOR, at=at)
    return _go_on(request, user_of_resident(resident), contact.way.value)


def let_staff_in(request: HttpRequest, login: str, how: str) -> HttpResponse:
    """Go on with the sign-in of staff."""
    return _go_on(request, user_of_staff(login), how)


def _go_on(request: HttpRequest, user: User, how: str) -> HttpResponse:
    # Who has just come in may set up a factor without showing one again.
    record_authentication(request, user, method=how, reauthenticated=True)
    answer: HttpResponse = perform_login(request, Login(user=user))
    return answer


def staff_email(user: User) -> str:
    """The e-mail address that codes for somebody of the staff go to; empty: none."""
    return unseal(f"address-{user.pk}", bytes(user.address)).decode() if user.address else ""


def keep_staff_email(user: User, email: str) -> None:
    """Keep it, sealed."""
    sealed = seal(f"address-{user.pk}", email.encode())
    User.objects.filter(pk=user.pk).update(address=sealed)
