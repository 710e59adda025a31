"""Every write to alarms and proofs: kept by a job, acknowledged by staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.insight.alarms import Found
from satu.insight.models import Alarm, Proof
from satu.kernel.days import from_ms

LONGEST_NOTE = 500


class Refusal(StrEnum):
    """Why an alarm was not acknowledged."""

    ALARM_UNKNOWN = "alarm_unknown"
    ALREADY_ACKNOWLEDGED = "already_acknowledged"
    NOTE_TOO_LONG = "note_too_long"


def keep_alarms(*, found: Sequence[Found], city_at: datetime, at: datetime) -> int:
    """Raise what is new, bring the figures of the others up to date, end what is over.

    How many are open then. An alarm keeps the time it was first found with.
    """
    with transaction.atomic():
        rows = Alarm.objects.select_for_update().filter(ended_at__isnull=True)
        known = {(alarm.kind, alarm.subject): alarm for alarm in rows}
        wanted = {(str(one.kind), one.subject): one for one in found}
        changed = []
        for name, alarm in known.items():
            if name not in wanted:
                alarm.ended_at = city_at
                changed.append(alarm)
            elif alarm.detail != wanted[name].detail:
                alarm.detail = wanted[name].detail
                changed.append(alarm)
        Alarm.objects.bulk_update(changed, ["ended_at", "detail"])
        new = [
            Alarm(
                kind=kind,
                subject=subject,
                since=from_ms(one.since_ms),
                noticed_at=at,
                detail=one.detail,
            )
            for (kind, subject), one in wanted.items()
            if (kind, subject) not in known
        ]
        Alarm.objects.bulk_create(new, ignore_conflicts=True)
    return len(wanted)


def acknowledge(*, alarm: int, note: str, actor: str, at: datetime) -> Refusal | None:
    """Somebody of the staff has an alarm in hand; None: it is written down."""
    if len(note.strip()) > LONGEST_NOTE:
        return Refusal.NOTE_TOO_LONG
    with transaction.atomic():
        found = Alarm.objects.select_for_update().filter(id=alarm).first()
        if found is None:
            return Refusal.ALARM_UNKNOWN
        if found.acknowledged_at is not None:
            return Refusal.ALREADY_ACKNOWLEDGED
        found.acknowledged_at, found.acknowledged_by = at, actor
        found.note = note.strip()
        found.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
        subject = Subject("alarm", found.pk)
        detail = {"kind": found.kind, "about": found.subject, "note": found.note}
        record(subject=subject, action="alarm.acknowledged", actor=actor, at=at, detail=detail)
    return None


def note_proof(*, postings: int, problems: int, first: str, at: datetime) -> None:
    """Keep what a run of `satu verify` found; `first` names the first row at fault."""
    Proof.objects.create(at=at, postings=postings, problems=problems, first=first[:LONGEST_NOTE])
