"""Who works with Satu: for which organisation, in which roles, until when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.people import models, rules
from satu.people.errors import Refusal
from satu.people.kinds import STAFF_ROLES, Role


def keep_organisation(
    *, code: str, name: str, actor: str, at: datetime, acts_for: str = ""
) -> Refusal | None:
    """Make an organisation known, or give it another name and another part of the city.

    `acts_for` is `operator:transjakarta` or `issuer:mandiri`: its staff see nothing of others.
    Empty: the whole city. Refusal: acts_for_invalid.
    """
    if acts_for and not rules.ACTS_FOR.fullmatch(acts_for):
        return Refusal.ACTS_FOR_INVALID
    with transaction.atomic():
        models.Organisation.objects.update_or_create(
            code=code, defaults={"name": name, "acts_for": acts_for}
        )
        record(
            actor=actor,
            action="organisation.kept",
            subject=Subject("organisation", code),
            detail={"acts_for": acts_for} if acts_for else {},
            at=at,
        )
    return None


def engage(
    *,
    login: str,
    organisation: str,
    roles: Collection[Role],
    is_contractor: bool,
    until: date | None,
    actor: str,
    at: datetime,
) -> Refusal | None:
    """Let somebody work with Satu, or change what they do; `until` is their last day.

    A contractor has a last day, and opens no profile whatever the role. Refusals:
    role_without_access (not a role of staff), dates_invalid, organisation_unknown, acts_for_invalid
    (operator's and bank's roles are those of an organisation that acts for one, and only they).
    """
    if not STAFF_ROLES.issuperset(roles):
        return Refusal.ROLE_WITHOUT_ACCESS
    if is_contractor and until is None:
        return Refusal.DATES_INVALID
    with transaction.atomic():
        found = models.Organisation.objects.filter(code=organisation).first()
        if found is None:
            return Refusal.ORGANISATION_UNKNOWN
        if not rules.roles_of_party(found.acts_for).issuperset(roles):
            return Refusal.ACTS_FOR_INVALID
        names = sorted(role.value for role in roles)
        models.Staff.objects.update_or_create(
            login=login,
            defaults={
                "organisation_id": organisation,
                "roles": names,
                "is_contractor": is_contractor,
                "until": until,
            },
        )
        detail: Detail = {
            "organisation": organisation,
            "roles": ",".join(names),
            "is_contractor": is_contractor,
            "until": until.isoformat() if until else None,
        }
        subject = Subject("staff", login)
        record(subject=subject, action="staff.engaged", actor=actor, at=at, detail=detail)
    return None
