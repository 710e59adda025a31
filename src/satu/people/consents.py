"""The register of purposes with their legal bases, and residents' consents: they act at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.people import models
from satu.people.actions import lock_resident
from satu.people.errors import Refusal
from satu.people.kinds import Basis
from satu.people.register import Purpose, Text, Wanted, words_changed


def keep_register(*, wanted: Wanted, actor: str, at: datetime) -> list[str]:
    """Make these the purposes and the retention in force: the codes of what changed.

    A purpose that is left out ends: nothing more is opened for it. A text that was told stays:
    other words need a new version, else RegisterFault. Loading again changes nothing.
    """
    with transaction.atomic():
        changed = [purpose.code for purpose in wanted.purposes if _keep_purpose(purpose, at)]
        gone = models.Purpose.objects.filter(ended_at=None).exclude(
            code__in=[purpose.code for purpose in wanted.purposes]
        )
        changed += gone.values_list("code", flat=True)
        gone.update(ended_at=at)
        for kept in wanted.retention:
            rule = {"keep_days": kept.keep_days, "why_id": kept.id, "why_en": kept.en}
            if not models.Retention.objects.filter(what=kept.what.value, **rule).exists():
                models.Retention.objects.update_or_create(what=kept.what.value, defaults=rule)
                changed.append(kept.what.value)
        for code in changed:
            record(subject=Subject("purpose", code), action="purpose.kept", actor=actor, at=at)
    return changed


def _keep_purpose(purpose: Purpose, at: datetime) -> bool:
    kept = {"basis": purpose.basis.value, "roles": sorted(purpose.roles), "ended_at": None}
    is_changed = not models.Purpose.objects.filter(code=purpose.code, **kept).exists()
    if is_changed:
        models.Purpose.objects.update_or_create(code=purpose.code, defaults=kept)
    new_texts = sum([_keep_text(purpose.code, text, at) for text in purpose.texts])
    return is_changed or new_texts > 0


def _keep_text(code: str, text: Text, at: datetime) -> bool:
    words = {"text_id": text.id, "text_en": text.en}
    told, is_new = models.PurposeText.objects.get_or_create(
        purpose_id=code, version=text.version, defaults={**words, "since": at}
    )
    if (told.text_id, told.text_en) != (text.id, text.en):
        raise words_changed(code, text.version)
    return is_new


def give_consent(
    *, resident: int, purpose: str, version: int, actor: str, at: datetime
) -> Refusal | None:
    """Keep a resident's yes to a purpose, in the words of a version; a repeat changes nothing.

    Refusals: resident_unknown, resident_erased, purpose_unknown, consent_not_asked (the purpose
    has another basis: a yes there would be no choice), consent_text_outdated (there are newer
    words; show them).
    """
    with transaction.atomic():
        found = lock_resident(resident)
        if isinstance(found, Refusal):
            return found
        asked = models.Purpose.objects.filter(code=purpose, ended_at=None).first()
        if asked is None:
            return Refusal.PURPOSE_UNKNOWN
        if asked.basis != Basis.CONSENT:
            return Refusal.CONSENT_NOT_ASKED
        if asked.texts.aggregate(newest=Max("version"))["newest"] != version:
            return Refusal.CONSENT_TEXT_OUTDATED
        _, is_new = models.Consent.objects.get_or_create(
            resident=found,
            purpose=asked,
            withdrawn_at=None,
            defaults={"version": version, "given_at": at},
        )
        if is_new:
            detail: Detail = {"purpose": purpose, "version": version}
            subject = Subject("person", resident)
            record(subject=subject, action="consent.given", actor=actor, at=at, detail=detail)
    return None


def withdraw_consent(*, resident: int, purpose: str, actor: str, at: datetime) -> bool:
    """Take a yes back: from the commit on nothing is opened on it. Whether there was one."""
    with transaction.atomic():
        given = models.Consent.objects.filter(resident=resident, purpose=purpose, withdrawn_at=None)
        withdrawn = given.update(withdrawn_at=at)
        if withdrawn:
            subject, detail = Subject("person", resident), {"purpose": purpose}
            record(subject=subject, action="consent.withdrawn", actor=actor, at=at, detail=detail)
    return withdrawn > 0
