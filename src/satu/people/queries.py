"""What others read of people: numbers, levels, rights and who looked. Nothing here unseals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.utils.timezone import localdate

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.ledger.actions import raw_connection
from satu.people import models, rules, store
from satu.people.kinds import CARERS_TRIPS, Assurance, GuardianKind, Kept, Scope
from satu.people.sealing import lookup_hash

OPENED = "person.opened"


class Standing(NamedTuple):
    """A resident without their person: how sure we are of them, and where they live."""

    level: Assurance
    area: str
    household: int | None
    is_erased: bool


class Look(NamedTuple):
    """Somebody opened a profile."""

    at: datetime
    actor: str
    role: str
    purpose: str
    case: str
    basis: str


class StaffMember(NamedTuple):
    """Somebody who works with Satu now; `acts_for` is empty, or the one party they see."""

    login: str
    organisation: str
    acts_for: str
    roles: frozenset[str]
    is_contractor: bool
    until: date | None


class PurposeNow(NamedTuple):
    """A purpose with the newest text about it."""

    code: str
    basis: str
    roles: tuple[str, ...]
    version: int
    text_id: str
    text_en: str


def standing(resident: int) -> Standing | None:
    """How a resident stands; None: no such resident."""
    found = models.Resident.objects.filter(id=resident).defer("profile").first()
    if found is None:
        return None
    level = Assurance(found.level)
    return Standing(level, found.area, found.household_id, found.erased_at is not None)


def erased_among(residents: Iterable[int]) -> set[int]:
    """Those of some residents who were erased."""
    erased = models.Resident.objects.filter(id__in=list(residents), erased_at__isnull=False)
    return set(erased.values_list("id", flat=True))


def staff_member(login: str, at: datetime) -> StaffMember | None:
    """Who a login stands for; None: nobody, or their last day is over."""
    found = models.Staff.objects.filter(login=login).select_related("organisation").first()
    if found is None or (found.until is not None and localdate(at) > found.until):
        return None
    return _member(found)


def staff() -> list[StaffMember]:
    """Everybody who works or worked with Satu, by login."""
    found = models.Staff.objects.select_related("organisation").order_by("login")
    return [_member(one) for one in found]


def _member(found: models.Staff) -> StaffMember:
    acts_for = found.organisation.acts_for
    roles = frozenset(found.roles) & rules.roles_of_party(acts_for)
    return StaffMember(
        found.login, found.organisation.name, acts_for, roles, found.is_contractor, found.until
    )


def find_by_nik(nik: str) -> int | None:
    """The resident with a NIK of 16 digits."""
    hashed = lookup_hash(settings.PERSON_LOOKUP, "nik", nik)
    return store.by_nik(raw_connection(), [hashed]).get(hashed) if hashed else None


def find_by_phone(phone: str) -> list[int]:
    """The residents with a phone, as `+628…`: a family can share one."""
    hashed = lookup_hash(settings.PERSON_LOOKUP, "phone", phone)
    return store.by_phone(raw_connection(), hashed) if hashed else []


def find_by_email(email: str) -> list[int]:
    """The residents with an e-mail address: a family can share one."""
    hashed = lookup_hash(settings.PERSON_LOOKUP, "email", rules.plain_email(email))
    return store.by_email(raw_connection(), hashed) if hashed else []


def who_looked(resident: int) -> list[Look]:
    """Everybody who opened a resident's profile, oldest first: for the resident to see."""
    return [
        Look(entry.at, entry.actor, *(entry.detail[name] for name in Look._fields[2:]))
        for entry in entries_on(Subject("person", resident))
        if entry.action == OPENED
    ]


def purposes() -> list[PurposeNow]:
    """The purposes in force with their newest texts, by code."""
    found = models.PurposeText.objects.filter(purpose__ended_at=None).select_related("purpose")
    newest = {text.purpose_id: text for text in found.order_by("purpose_id", "version")}
    return [
        PurposeNow(code, text.purpose.basis, tuple(text.purpose.roles), text.version, *_words(text))
        for code, text in newest.items()
    ]


def _words(text: models.PurposeText) -> tuple[str, str]:
    return text.text_id, text.text_en


def consents(resident: int, purpose: str) -> bool:
    """Whether a resident's yes to a purpose holds now."""
    given = models.Consent.objects.filter(resident=resident, purpose=purpose, withdrawn_at=None)
    return given.exists()


def may_act_for(*, guardian: int, ward: int, scope: Scope, at: datetime) -> bool:
    """Whether somebody may act for another in a scope: the door of everything a guardian sees.

    An adult's trips are seen only while that adult consents.
    """
    day = localdate(at)
    found = models.Guardian.objects.filter(
        guardian=guardian, ward=ward, scopes__contains=[scope.value], since__lte=day, until__gte=day
    ).first()
    if found is None:
        return False
    shows_trips = scope is Scope.TRIPS and found.kind == GuardianKind.CARER
    return not shows_trips or consents(ward, CARERS_TRIPS)


def wards_of(guardian: int, at: datetime) -> list[int]:
    """Those for whom somebody may act in anything, by number."""
    day = localdate(at)
    found = models.Guardian.objects.filter(guardian=guardian, since__lte=day, until__gte=day)
    return list(found.order_by("ward_id").values_list("ward_id", flat=True))


def keep_days(what: Kept) -> int | None:
    """How long something is kept; None: no rule, so it is kept."""
    found = models.Retention.objects.filter(what=what.value).first()
    return found.keep_days if found else None
