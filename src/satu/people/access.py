"""The one door to a person: it opens a profile and writes down who looked, in one transaction.

tests/test_tidy.py lets nobody else unseal. What is refused is written down too.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.ledger.actions import raw_connection
from satu.people import models, queries, rules, store
from satu.people.errors import Refusal
from satu.people.keyring import vault
from satu.people.kinds import Role, Scope
from satu.people.profile import Profile
from satu.people.sealing import unseal

NOT_OPENED = "person.not_opened"


def open_profile(
    *, actor: str, role: Role, resident_id: int, purpose: str, case: str, at: datetime
) -> Profile | Refusal:
    """A person in clear, for somebody who says as what, what for, and in which case.

    `actor` is `resident:17`, `staff:ani`, or a program (`job:…`, `command:…`) as SYSTEM. `case`
    is a ticket's code; staff must have one. Opens a transaction of its own and refuses to be part
    of another, so that nobody can look and then take the log back.
    Refusals: purpose_unknown, case_invalid, role_without_access, staff_unknown, staff_expired,
    contractor, role_not_held, not_guardian, resident_unknown, resident_erased, consent_lacking.
    """
    with transaction.atomic(durable=True):
        found = models.Purpose.objects.filter(code=purpose, ended_at=None).first()
        opened = _open(found, actor, role, resident_id, case, at)
        subject = Subject("person", resident_id)
        if isinstance(opened, Refusal):
            told: Detail = {"role": role.value, "refused": opened.value}
            record(subject=subject, action=NOT_OPENED, actor=actor, at=at, detail=told)
            return opened
        assert found is not None
        detail = {"role": role.value, "purpose": purpose, "case": case, "basis": found.basis}
        record(subject=subject, action=queries.OPENED, actor=actor, at=at, detail=detail)
        return opened


def _open(
    purpose: models.Purpose | None,
    actor: str,
    role: Role,
    resident: int,
    case: str,
    at: datetime,
) -> Profile | Refusal:
    if purpose is None:
        return Refusal.PURPOSE_UNKNOWN
    refusal = (
        rules.refuse_case(case, role)
        or rules.refuse_role(role, purpose.roles)
        or _refuse_actor(actor, role, resident, at)
    )
    if refusal:
        return refusal
    stored = store.sealed(raw_connection(), resident)
    if stored is None:
        return Refusal.RESIDENT_UNKNOWN
    if stored.is_erased:
        return Refusal.RESIDENT_ERASED
    if rules.needs_consent(purpose.basis, role) and not queries.consents(resident, purpose.code):
        return Refusal.CONSENT_LACKING
    if stored.sealed is None:
        return Profile(name="")
    return unseal(stored.sealed, resident=resident, vault=vault())


def _refuse_actor(actor: str, role: Role, resident: int, at: datetime) -> Refusal | None:
    """Whether an actor is what they say they are."""
    kind, _, name = actor.partition(":")
    match role:
        case Role.SYSTEM:
            return None if kind in ("job", "command") else Refusal.ROLE_NOT_HELD
        case Role.RESIDENT:
            return None if actor == f"resident:{resident}" else Refusal.ROLE_NOT_HELD
        case Role.GUARDIAN:
            acts = (
                kind == "resident"
                and name.isdigit()
                and queries.may_act_for(
                    guardian=int(name), ward=resident, scope=Scope.PROFILE, at=at
                )
            )
            return None if acts else Refusal.NOT_GUARDIAN
        case _:
            return _refuse_staff(name, role, at) if kind == "staff" else Refusal.STAFF_UNKNOWN


def _refuse_staff(login: str, role: Role, at: datetime) -> Refusal | None:
    staff = models.Staff.objects.filter(login=login).first()
    if staff is None:
        return Refusal.STAFF_UNKNOWN
    if staff.until is not None and localdate(at) > staff.until:
        return Refusal.STAFF_EXPIRED
    if staff.is_contractor:
        return Refusal.CONTRACTOR
    return None if role.value in staff.roles else Refusal.ROLE_NOT_HELD
