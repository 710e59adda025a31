"""The one door to a person: it opens a profile and writes down who looked, in one transaction.

Who searches for a person comes by it too. tests/test_tidy.py lets nobody else unseal. What is
refused is written down as well.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from satu.audit.actions import record, record_all
from satu.audit.entry import Detail, Subject
from satu.ledger.actions import raw_connection
from satu.people import models, queries, rules, store, text_store
from satu.people.errors import Refusal
from satu.people.keyring import vault
from satu.people.kinds import Role, Scope
from satu.people.profile import Profile
from satu.people.sealing import unseal, unseal_text

NOT_OPENED = "person.not_opened"
FOUND = "person.found"
NOT_FOUND = "person.not_found"


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


def refuse_look(*, actor: str, role: Role, purpose: str, case: str, at: datetime) -> Refusal | None:
    """Why staff may not look at what is personal beside a profile (where a card was, its rights).

    They say as what, what for, and in which case, as for a profile; None: they may, and whoever
    shows it writes the look down. Refusals: as in `open_profile` up to role_not_held;
    consent_lacking (a purpose on consent opens nothing but the profile).
    """
    found = models.Purpose.objects.filter(code=purpose, ended_at=None).first()
    if refusal := _refuse(found, actor, role, 0, case, at):
        return refusal
    assert found is not None
    return Refusal.CONSENT_LACKING if rules.needs_consent(found.basis, role) else None


def find_person(
    *,
    nik: str = "",
    phone: str = "",
    number: int | None = None,
    actor: str,
    role: Role,
    purpose: str,
    case: str,
    at: datetime,
) -> list[int] | Refusal:
    """The residents with a NIK of 16 digits, a phone as `+628…`, or a number: one of them is told.

    For staff, who say what for as `open_profile` asks; each who is found sees it. What was searched
    for is not kept. A family can share a phone. Refusals: as in `open_profile`, consent_lacking
    (a purpose on consent finds nobody).
    """
    assert [bool(nik), bool(phone), number is not None].count(True) == 1
    by = "nik" if nik else "phone" if phone else "number"
    with transaction.atomic(durable=True):
        basis = models.Purpose.objects.filter(code=purpose, ended_at=None).first()
        refusal = _refuse(basis, actor, role, number or 0, case, at)
        if basis is not None and not refusal and rules.needs_consent(basis.basis, role):
            refusal = Refusal.CONSENT_LACKING
        told: Detail = {"role": role.value, "by": by}
        if refusal or basis is None:
            refusal = refusal or Refusal.PURPOSE_UNKNOWN
            told = {**told, "refused": refusal.value}
            record(subject=Subject("people", by), action=NOT_FOUND, actor=actor, at=at, detail=told)
            return refusal
        told = {**told, "purpose": purpose, "case": case, "basis": basis.basis}
        found = _found(nik, phone, number or 0)
        if not found:
            record(subject=Subject("people", by), action=NOT_FOUND, actor=actor, at=at, detail=told)
        each = [(Subject("person", resident), told) for resident in found]
        record_all(subjects=each, action=FOUND, actor=actor, at=at)
        return found


def _found(nik: str, phone: str, number: int) -> list[int]:
    if nik or phone:
        one = queries.find_by_nik(nik)
        return [one] if one else queries.find_by_phone(phone)
    standing = queries.standing(number)
    return [number] if standing and not standing.is_erased else []


def open_texts(
    *,
    actor: str,
    role: Role,
    texts: Collection[int],
    purpose: str,
    case: str,
    at: datetime,
) -> dict[int, str] | Refusal:
    """What somebody wrote in clear, by the texts' numbers; one look, written down like a profile's.

    All are of one resident, or of nobody who is known. A text that was forgotten is left out.
    Actors, roles and refusals as in `open_profile`; text_unknown: they are of several people.
    """
    with transaction.atomic(durable=True):
        found = models.Purpose.objects.filter(code=purpose, ended_at=None).first()
        stored = text_store.read(raw_connection(), texts)
        whose = {one.resident for one in stored}
        resident = next(iter(whose), None)
        refusal = _refuse(found, actor, role, resident or 0, case, at)
        if len(whose) > 1:
            refusal = Refusal.TEXT_UNKNOWN
        subject = (
            Subject("person", resident) if resident else Subject("text", min(texts, default=0))
        )
        if refusal:
            told: Detail = {"role": role.value, "refused": refusal.value}
            record(subject=subject, action=NOT_OPENED, actor=actor, at=at, detail=told)
            return refusal
        if not stored:
            return {}
        assert found is not None
        detail = {"role": role.value, "purpose": purpose, "case": case, "basis": found.basis}
        record(subject=subject, action=queries.OPENED, actor=actor, at=at, detail=detail)
        return {one.id: unseal_text(one.sealed, number=one.id, vault=vault()) for one in stored}


def _open(
    purpose: models.Purpose | None,
    actor: str,
    role: Role,
    resident: int,
    case: str,
    at: datetime,
) -> Profile | Refusal:
    if refusal := _refuse(purpose, actor, role, resident, case, at):
        return refusal
    assert purpose is not None
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


def _refuse(
    purpose: models.Purpose | None, actor: str, role: Role, resident: int, case: str, at: datetime
) -> Refusal | None:
    """Why an actor may not come in this role for this purpose and case."""
    if purpose is None:
        return Refusal.PURPOSE_UNKNOWN
    return (
        rules.refuse_case(case, role)
        or rules.refuse_role(role, purpose.roles)
        or _refuse_actor(actor, role, resident, at)
    )


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
