"""For those without a phone: a counter prints a code, and whoever shows it is that resident."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.audit.queries import count_since
from satu.people import models
from satu.people.actions import lock_resident
from satu.people.errors import Refusal
from satu.people.kinds import Assurance
from satu.people.sealing import lookup_hash

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that are misread for another
LENGTH = 12  # 60 bits
GROUP = 4
MAX_WRONG_AN_HOUR = 10
WRONG = "code.wrong"


def print_code(*, resident: int, until: date, actor: str, at: datetime) -> str | Refusal:
    """A new code for a resident, as `ABCD-EFGH-JKLM`; one printed before opens nothing any more.

    It is told this once and kept as a hash; `until` is its last day. Refusals: dates_invalid,
    resident_unknown, resident_erased, evidence_lacking (the counter has not seen the person).
    """
    if until < localdate(at):
        return Refusal.DATES_INVALID
    with transaction.atomic():
        found = lock_resident(resident)
        if isinstance(found, Refusal):
            return found
        if found.level < Assurance.IN_PERSON:
            return Refusal.EVIDENCE_LACKING
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        models.PrintedCode.objects.update_or_create(
            resident=found, defaults={"code_hash": _hash(code), "until": until}
        )
        record(subject=Subject("person", resident), action="code.printed", actor=actor, at=at)
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def use_code(*, code: str, actor: str, at: datetime) -> int | Refusal:
    """The resident that a typed code is for. `actor` is the counter or the session that asks.

    Refusals: too_many_attempts (ten wrong ones of an actor in an hour), code_wrong.
    """
    with transaction.atomic():
        door = Subject("code_door", actor)
        since = at - timedelta(hours=1)
        if count_since(subject=door, action=WRONG, since=since) >= MAX_WRONG_AN_HOUR:
            return Refusal.TOO_MANY_ATTEMPTS
        typed = "".join(letter for letter in code.upper() if letter in ALPHABET)
        found = models.PrintedCode.objects.filter(
            code_hash=_hash(typed), until__gte=localdate(at)
        ).first()
        if found is None:
            record(subject=door, action=WRONG, actor=actor, at=at)
            return Refusal.CODE_WRONG
        subject = Subject("person", found.resident_id)
        record(subject=subject, action="code.used", actor=actor, at=at)
        return found.resident_id


def _hash(code: str) -> bytes:
    return lookup_hash(settings.PERSON_LOOKUP, "code", code) or b""
