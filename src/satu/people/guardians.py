"""Guardians: who may act for another, in what, and until when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.timezone import localdate

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.people import models, rules
from satu.people.access import open_profile
from satu.people.actions import lock_resident
from satu.people.errors import Refusal
from satu.people.kinds import GUARDIANSHIP, GuardianKind, Role, Scope


class Appointed(NamedTuple):
    """A guardianship that holds, and its last day."""

    guardian: int
    ward: int
    until: date


def appoint_guardian(
    *,
    guardian: int,
    ward: int,
    kind: GuardianKind,
    scopes: Collection[Scope],
    until: date | None,
    role: Role,
    case: str,
    actor: str,
    at: datetime,
) -> Appointed | Refusal:
    """Let somebody act for another from today; it takes the place of what the two had before.

    A parent's ends at the latest with the month before the child is 18; for that the child's birth
    date is looked at, by `actor` in `role`, which is written down. A carer's needs `until`, and the
    adult's consent to see trips. Refusals: as in `open_profile`, and not_guardian (of oneself, or
    in nothing), dates_invalid, birth_date_unknown, ward_is_adult.
    """
    if guardian == ward or not scopes:
        return Refusal.NOT_GUARDIAN
    today, last = localdate(at), until
    if kind is GuardianKind.PARENT:
        child = open_profile(
            actor=actor, role=role, resident_id=ward, purpose=GUARDIANSHIP, case=case, at=at
        )
        if isinstance(child, Refusal):
            return child
        if child.birth_date is None:
            return Refusal.BIRTH_DATE_UNKNOWN
        last = rules.parent_until(child.birth_date, until)
        if rules.parent_until(child.birth_date, None) < today:
            return Refusal.WARD_IS_ADULT
    if last is None or last < today:
        return Refusal.DATES_INVALID
    return _appoint(Appointed(guardian, ward, last), kind, scopes, today, actor, at)


def _appoint(
    wanted: Appointed,
    kind: GuardianKind,
    scopes: Collection[Scope],
    since: date,
    actor: str,
    at: datetime,
) -> Appointed | Refusal:
    with transaction.atomic():
        for resident in sorted(wanted[:2]):
            found = lock_resident(resident)
            if isinstance(found, Refusal):
                return found
        names = sorted(scope.value for scope in scopes)
        models.Guardian.objects.update_or_create(
            guardian_id=wanted.guardian,
            ward_id=wanted.ward,
            defaults={"kind": kind.value, "scopes": names, "since": since, "until": wanted.until},
        )
        record(
            actor=actor,
            action="guardian.appointed",
            subject=Subject("person", wanted.ward),
            detail={"guardian": wanted.guardian, "kind": kind.value, "scopes": ",".join(names)},
            at=at,
        )
    return wanted


def end_guardian(*, guardian: int, ward: int, actor: str, at: datetime) -> bool:
    """End what somebody may do for another, at once; whether there was anything to end."""
    with transaction.atomic():
        gone, _ = models.Guardian.objects.filter(guardian=guardian, ward=ward).delete()
        if gone:
            subject, detail = Subject("person", ward), {"guardian": guardian}
            record(subject=subject, action="guardian.ended", actor=actor, at=at, detail=detail)
    return gone > 0
