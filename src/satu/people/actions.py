"""Registering people, correcting what is known of them, households, and erasing them.

Personal data goes in sealed and comes out by satu.people.access alone; the trail has numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from psycopg.errors import UniqueViolation

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.ledger.actions import raw_connection
from satu.people import models, rules, store, text_store
from satu.people.enrolment import hashes_of, keep, prepare
from satu.people.errors import Refusal
from satu.people.keyring import master_in_use, vault
from satu.people.kinds import Assurance, GuardianKind
from satu.people.profile import NewResident, Profile, Registered
from satu.people.sealing import seal


def register_resident(*, new: NewResident, actor: str, at: datetime) -> Registered | Refusal:
    """Make somebody a resident, once for each NIK. Refusals: as in `register_residents`."""
    with transaction.atomic():
        (done,) = _register([new], at)
        if isinstance(done, Registered) and done.is_new:
            subject, detail = Subject("person", done.resident), {"level": int(new.level)}
            record(subject=subject, action="person.registered", actor=actor, at=at, detail=detail)
    return done


def register_residents(
    *, people: Sequence[NewResident], source: str, actor: str, at: datetime
) -> list[Registered | Refusal]:
    """Make many residents; of each: the number, or why not. One audit entry, on the source.

    `source` is a code for where they come from (a bank's file). Who was registered before keeps
    their number. Refusals: area_invalid, name_invalid, nik_invalid, phone_invalid,
    email_invalid, evidence_lacking (the level says more than what is given can prove).
    """
    with transaction.atomic():
        answers = _register(people, at)
        made = [one.resident for one in answers if isinstance(one, Registered) and one.is_new]
        refused = sum(isinstance(one, Refusal) for one in answers)
        detail: Detail = {
            "count": len(made),
            "known": len(answers) - len(made) - refused,
            "refused": refused,
            "first": min(made, default=None),
            "last": max(made, default=None),
        }
        subject = Subject("people_source", source)
        record(subject=subject, action="people.registered", actor=actor, at=at, detail=detail)
    return answers


def _register(people: Sequence[NewResident], at: datetime) -> list[Registered | Refusal]:
    return keep(prepare(people, at), at)


def correct_profile(
    *, resident: int, profile: Profile, actor: str, at: datetime
) -> Assurance | Refusal:
    """Put a corrected profile in place of what is known: the level that is left.

    What was proved of the old one is not proved of this: the level falls to PHONE if the phone is
    the same, else to ANONYMOUS; parents are to be appointed again. Refusals: name_invalid,
    nik_invalid, phone_invalid, email_invalid, resident_unknown, resident_erased, nik_taken.
    """
    if refusal := rules.refuse_profile(profile, localdate(at)):
        return refusal
    try:
        with transaction.atomic():
            return _correct(resident, profile, actor, at)
    except UniqueViolation:
        return Refusal.NIK_TAKEN


def _correct(resident: int, profile: Profile, actor: str, at: datetime) -> Assurance | Refusal:
    found = lock_resident(resident)
    if isinstance(found, Refusal):
        return found
    hashes = hashes_of(profile)
    same_phone = hashes.phone is not None and found.phone_hash == hashes.phone
    level = Assurance.PHONE if same_phone and found.level else Assurance.ANONYMOUS
    sealed = seal(profile, resident=resident, master=master_in_use(at), vault=vault())
    row = store.Row(resident, level, found.area, *hashes, sealed)
    store.reseal(raw_connection(), row)
    # A parent's guardianship ends with a childhood, and the birth date may be another now.
    models.Guardian.objects.filter(ward=resident, kind=GuardianKind.PARENT).delete()
    subject, detail = Subject("person", resident), {"level": int(level)}
    record(subject=subject, action="person.corrected", actor=actor, at=at, detail=detail)
    return level


def lock_resident(resident: int) -> models.Resident | Refusal:
    """Lock a resident's row: first lock of every action. Refusals: resident_unknown, _erased."""
    found = models.Resident.objects.select_for_update().filter(id=resident).first()
    if found is None:
        return Refusal.RESIDENT_UNKNOWN
    return found if found.erased_at is None else Refusal.RESIDENT_ERASED


def make_household(*, members: Collection[int], actor: str, at: datetime) -> int | Refusal:
    """Let residents be one household; each leaves the one they were in. Its number.

    Refusals: resident_unknown, resident_erased; then nobody moves.
    """
    with transaction.atomic():
        found = [lock_resident(resident) for resident in sorted(set(members))]
        for one in found:
            if isinstance(one, Refusal):
                return one
        household = models.Household.objects.create(made_at=at)
        models.Resident.objects.filter(id__in=members).update(household=household)
        subject, detail = Subject("household", household.pk), {"members": len(found)}
        record(subject=subject, action="household.made", actor=actor, at=at, detail=detail)
    return int(household.pk)


def move(*, resident: int, area: str, actor: str, at: datetime) -> Refusal | None:
    """Say in which kelurahan a resident lives; empty: not told.

    Refusals: area_invalid, resident_unknown, resident_erased.
    """
    if area and not rules.AREA.fullmatch(area):
        return Refusal.AREA_INVALID
    with transaction.atomic():
        found = lock_resident(resident)
        if isinstance(found, Refusal):
            return found
        models.Resident.objects.filter(id=resident).update(area=area)
        record(subject=Subject("person", resident), action="person.moved", actor=actor, at=at)
    return None


def erase_resident(
    *, resident: int, reason: str, open_cards: int, actor: str, at: datetime
) -> Refusal | None:
    """Destroy a resident's data key and all that names them. The number stays, and the books.

    `reason` is a code (`asked`, `kept_long_enough`); `open_cards`, counted by the caller, are to
    be closed first. Refusals: resident_unknown, resident_erased, has_open_cards.
    """
    with transaction.atomic():
        found = lock_resident(resident)
        if isinstance(found, Refusal):
            return found
        if open_cards:
            return Refusal.HAS_OPEN_CARDS
        models.DataKey.objects.filter(resident=resident).delete()
        text_store.forget_of(raw_connection(), resident)
        models.PrintedCode.objects.filter(resident=resident).delete()
        models.Leaving.objects.filter(resident=resident).delete()
        models.Check.objects.filter(resident=resident).delete()
        models.Consent.objects.filter(resident=resident).delete()
        models.Guardian.objects.filter(guardian=resident).delete()
        models.Guardian.objects.filter(ward=resident).delete()
        hashes = {"nik_hash": None, "phone_hash": None, "email_hash": None}
        nothing = {"profile": None, "household": None, **hashes}
        models.Resident.objects.filter(id=resident).update(
            **nothing, area="", level=0, erased_at=at
        )
        subject, detail = Subject("person", resident), {"reason": reason}
        record(subject=subject, action="person.erased", actor=actor, at=at, detail=detail)
    return None
