"""Proving who a resident is: the civil register's verdict, the phone, or being there in person.

The register is asked whether what we know matches. What it knows never comes here.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple, Protocol

from django.conf import settings
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.people import models, rules
from satu.people.access import open_profile
from satu.people.actions import lock_resident
from satu.people.errors import Refusal
from satu.people.kinds import IDENTITY_CHECK, Assurance, Role
from satu.people.profile import Profile
from satu.people.sealing import lookup_hash


class Verdict(NamedTuple):
    """A register's answer, a field at a time (`Sesuai` or `Tidak Sesuai`)."""

    is_known: bool
    name_matches: bool
    birth_date_matches: bool

    @property
    def is_match(self) -> bool:
        return all(self)


class CivilRegister(Protocol):
    """A register of persons that says whether, and never what. Slow or away: it raises."""

    code: str

    def match(self, *, nik: str, name: str, birth_date: date) -> Verdict:
        """Whether a NIK is known, and what else is told fits it."""


class LocalRegister:
    """A register in memory, for demos and tests: names and birth dates by NIK."""

    code = "local"

    def __init__(self, records: Mapping[str, tuple[str, date]]) -> None:
        self._records = records

    def match(self, *, nik: str, name: str, birth_date: date) -> Verdict:
        record = self._records.get(nik)
        if record is None:
            return Verdict(False, False, False)
        return Verdict(True, rules.same_name(record[0], name), record[1] == birth_date)


def check_with_register(
    *, resident: int, register: CivilRegister, actor: str, at: datetime
) -> Verdict | Refusal:
    """Ask a register about a resident, keep its verdict, and raise the level if all matches.

    `actor` is a job or command; the look at the profile is written down. No transaction is open
    while the register thinks. Refusals: as in `open_profile`, and evidence_lacking (NIK or birth
    date is not told), profile_changed (while the register was asked: ask again).
    """
    profile = open_profile(
        actor=actor, role=Role.SYSTEM, resident_id=resident, purpose=IDENTITY_CHECK, case="", at=at
    )
    if isinstance(profile, Refusal):
        return profile
    if not profile.nik or profile.birth_date is None:
        return Refusal.EVIDENCE_LACKING
    verdict = register.match(nik=profile.nik, name=profile.name, birth_date=profile.birth_date)
    return _keep(resident, profile, register.code, verdict, actor, at)


def _keep(
    resident: int, asked: Profile, register: str, verdict: Verdict, actor: str, at: datetime
) -> Verdict | Refusal:
    with transaction.atomic():
        found = lock_resident(resident)
        if isinstance(found, Refusal):
            return found
        hashed = lookup_hash(settings.PERSON_LOOKUP, "nik", asked.nik)
        if found.nik_hash is None or not hmac.compare_digest(found.nik_hash, hashed or b""):
            return Refusal.PROFILE_CHANGED
        models.Check.objects.create(resident=found, register=register, at=at, **verdict._asdict())
        if verdict.is_match:
            _raise_level(found, Assurance.REGISTER)
        detail: Detail = {"register": register, "matches": verdict.is_match}
        subject = Subject("person", resident)
        record(subject=subject, action="person.checked", actor=actor, at=at, detail=detail)
    return verdict


def confirm(*, resident: int, level: Assurance, actor: str, at: datetime) -> Assurance | Refusal:
    """Raise a resident to PHONE (they hold it) or IN_PERSON (they were there): the level now.

    Refusals: evidence_lacking (no such phone or NIK is known), resident_unknown, resident_erased.
    """
    assert level in (Assurance.PHONE, Assurance.IN_PERSON), level
    with transaction.atomic():
        found = lock_resident(resident)
        if isinstance(found, Refusal):
            return found
        proof = found.phone_hash if level is Assurance.PHONE else found.nik_hash
        if proof is None:
            return Refusal.EVIDENCE_LACKING
        _raise_level(found, level)
        subject, detail = Subject("person", resident), {"level": int(level)}
        record(subject=subject, action="person.confirmed", actor=actor, at=at, detail=detail)
    return Assurance(max(found.level, level))


def _raise_level(resident: models.Resident, level: Assurance) -> None:
    models.Resident.objects.filter(id=resident.pk, level__lt=level).update(level=level)
