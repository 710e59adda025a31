"""Who may see and do what for another: households, guardians, and the one rule on trips."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.timezone import localdate

from satu.people import models
from satu.people.kinds import CARERS_TRIPS, GuardianKind, Scope
from satu.people.queries import consents, may_act_for


class Guardianship(NamedTuple):
    """What somebody may do for another until a last day. `sees_trips` is what holds right now."""

    guardian: int
    ward: int
    kind: GuardianKind
    scopes: frozenset[Scope]
    since: date
    until: date
    sees_trips: bool


class Household(NamedTuple):
    """People who live together, by number. It gives nobody any right: guardians have those."""

    number: int
    members: tuple[int, ...]


def may_see_trips(*, viewer: int, of: int, at: datetime) -> bool:
    """Whether a resident may see where another went: the one rule for every page and door.

    One's own always; a child's as its parent with that scope; an adult's as carer with that scope
    and only while the adult consents: a withdrawal acts at once. A household gives no right.
    """
    return viewer == of or may_act_for(guardian=viewer, ward=of, scope=Scope.TRIPS, at=at)


def guardianships_of(resident: int, at: datetime | None = None) -> list[Guardianship]:
    """Those in which somebody is guardian or ward: that hold now, or all (`at` None)."""
    found = models.Guardian.objects.filter(Q(guardian=resident) | Q(ward=resident))
    if at is not None:
        found = found.filter(since__lte=localdate(at), until__gte=localdate(at))
    return [_told(one) for one in found.order_by("ward_id", "guardian_id")]


def _told(one: models.Guardian) -> Guardianship:
    kind, scopes = GuardianKind(one.kind), frozenset(map(Scope, one.scopes))
    asks = kind is GuardianKind.CARER
    sees = Scope.TRIPS in scopes and (not asks or consents(one.ward_id, CARERS_TRIPS))
    return Guardianship(one.guardian_id, one.ward_id, kind, scopes, one.since, one.until, sees)


def household_of(resident: int) -> Household | None:
    """Who lives with a resident, themselves included; None: nobody said so."""
    found = models.Resident.objects.filter(id=resident).values_list("household", flat=True).first()
    if found is None:
        return None
    members = models.Resident.objects.filter(household=found).order_by("id")
    return Household(found, tuple(members.values_list("id", flat=True)))
