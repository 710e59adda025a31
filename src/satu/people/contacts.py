"""A resident's own ways to be reached, changed by themselves once they have proved to hold them."""

from __future__ import annotations

import hmac
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils.timezone import localdate

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.ledger.actions import raw_connection
from satu.people import rules, store
from satu.people.access import open_profile
from satu.people.actions import lock_resident
from satu.people.enrolment import hashes_of
from satu.people.errors import Refusal
from satu.people.keyring import master_in_use, vault
from satu.people.kinds import OWN_DATA, Assurance, Role
from satu.people.profile import Profile
from satu.people.sealing import seal


def keep_email(*, resident: int, email: str, actor: str, at: datetime) -> Refusal | None:
    """Put a resident's e-mail address in place of what was known; their level stays.

    `actor` is the resident: they look at their own profile, which is written down. Refusals: as in
    `open_profile`, email_invalid, name_invalid (nothing is known of them yet), profile_changed
    (meanwhile: do it again).
    """
    profile = open_profile(
        actor=actor, role=Role.RESIDENT, resident_id=resident, purpose=OWN_DATA, case="", at=at
    )
    if isinstance(profile, Refusal):
        return profile
    changed = msgspec.structs.replace(profile, email=email)
    if refusal := rules.refuse_profile(changed, localdate(at)):
        return refusal
    return _keep(resident, profile, changed, actor, at)


def _keep(
    resident: int, before: Profile, changed: Profile, actor: str, at: datetime
) -> Refusal | None:
    with transaction.atomic():
        found = lock_resident(resident)
        if isinstance(found, Refusal):
            return found
        read, stored = hashes_of(before), (found.nik_hash, found.phone_hash, found.email_hash)
        for one, other in zip(read, stored, strict=True):
            if not hmac.compare_digest(one or b"", bytes(other or b"")):
                return Refusal.PROFILE_CHANGED
        sealed = seal(changed, resident=resident, master=master_in_use(at), vault=vault())
        level = Assurance(found.level)
        row = store.Row(resident, level, found.area, *hashes_of(changed), sealed)
        store.reseal(raw_connection(), row)
        record(subject=Subject("person", resident), action="person.reached", actor=actor, at=at)
    return None
