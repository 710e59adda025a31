"""Tariffs on their way: uploaded and checked, rehearsed by a job, brought into force.

Nothing here changes a fare but `activate_draft`, which goes the way of every activation.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.fares.files.read import content_hash, read_tariff
from satu.fares.files.rows import NetworkRow, ProductRow
from satu.fares.files.tables import file_of
from satu.fares.tariff import Tariff
from satu.formats.faults.fault import Fault, Remark, Value, fault_at
from satu.formats.faults.words import WORDS
from satu.formats.holidays import public_holidays
from satu.services.rules import Bundle
from satu.taps import models
from satu.taps.activation import Loaded, activate_tariff
from satu.taps.queries import active_bundle
from satu.taps.rehearsal import Rehearsed, missing_networks, rehearse
from satu.taps.rerate import Period

MOST_BYTES = 20 * 1024 * 1024  # of an upload
MOST_UNPACKED = 200 * 1024 * 1024
MOST_FILES = 200
LONGEST_DAYS = 92  # of a rehearsal: a quarter of a year
PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


class Refusal(StrEnum):
    """Why a rehearsal is not begun."""

    DRAFT_UNKNOWN = "draft_unknown"
    PERIOD_INVALID = "period_invalid"
    PERIOD_TOO_LONG = "period_too_long"


class Kept(NamedTuple):
    """What became of an upload: the draft, or every fault that keeps it from being one."""

    draft: models.Draft | None
    faults: list[Fault]


def keep_draft(*, city: str, files: bytes, name: str, actor: str, at: datetime) -> Kept:
    """Keep a tariff's zip as a draft, once it has no fault. The same content again is the same.

    It is read as `satu tariff check` reads it, and must price all that the city has, in its
    currency. NoCityLoaded if the city was never loaded.
    """
    if refused := _refuse_zip(files, name):
        return Kept(None, [refused])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{PLAIN.sub('-', Path(name).stem)[:60] or 'draft'}.zip"
        path.write_bytes(files)
        reading = read_tariff(path, public_holidays)
    if reading.tariff is None:
        return Kept(None, reading.faults)
    return keep_tariff(city=city, tariff=reading.tariff, notes=reading.notes, actor=actor, at=at)


def keep_tariff(
    *, city: str, tariff: Tariff, notes: Sequence[Remark], actor: str, at: datetime
) -> Kept:
    """Keep a faultless tariff as a draft, if it is one for this city."""
    if faults := _misfits(active_bundle(city), tariff):
        return Kept(None, faults)
    with transaction.atomic():
        draft, is_new = models.Draft.objects.get_or_create(
            city=city,
            hash=content_hash(tariff),
            defaults={
                "version": tariff.version,
                "valid_from": tariff.valid_from,
                "content": msgspec.msgpack.encode(tariff),
                "notes": [list(note) for note in notes],
                "at": at,
                "actor": actor,
            },
        )
        if is_new:
            detail = {"version": tariff.version, "hash": draft.hash}
            subject = Subject("draft", draft.id)
            record(subject=subject, action="tariff.uploaded", actor=actor, at=at, detail=detail)
    return Kept(draft, [])


def _refuse_zip(files: bytes, name: str) -> Fault | None:
    """Why bytes are not unpacked; None: they are a zip of an honest size."""
    if len(files) > MOST_BYTES:
        return fault_at(name, 0, "", "upload_too_large", most=MOST_BYTES // 1024 // 1024)
    try:
        with zipfile.ZipFile(BytesIO(files)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError):
        return Fault(name, 0, "", "upload_not_zip")
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_FILES or unpacked > MOST_UNPACKED:
        most = {"files": MOST_FILES, "megabytes": MOST_UNPACKED // 1024 // 1024}
        return fault_at(name, 0, "", "upload_too_much", **most)
    return None


def _misfits(bundle: Bundle, tariff: Tariff) -> list[Fault]:
    """What keeps a faultless tariff from being this city's."""
    found = []
    if tariff.asset != bundle.asset:
        told = {"currency": tariff.asset, "own": bundle.asset}
        file = file_of(ProductRow)
        found.append(fault_at(file, 0, "currency", "tariff_currency_other", **told))
    for network in missing_networks(bundle, tariff):
        file = file_of(NetworkRow)
        found.append(fault_at(file, 0, "network_id", "tariff_network_missing", name=network))
    return found


def notes_of(draft: models.Draft) -> list[Remark]:
    """What is worth knowing of a draft, as it was found at the upload."""
    return [_remark(*note) for note in draft.notes]


def _remark(file: str, row: int, field: str, code: str, values: Sequence[Any] = ()) -> Remark:
    """A note as it was kept; one whose code has no words any more tells the code."""
    if code not in WORDS:
        return Remark(file, row, field, "remark_of_before", (("note", code),))
    return Remark(file, row, field, code, tuple((name, _value(given)) for name, given in values))


def _value(given: str | int | list[str]) -> Value:
    return tuple(given) if isinstance(given, list) else given


def tariff_of(draft: models.Draft) -> Tariff:
    """A draft's rules."""
    return msgspec.msgpack.decode(bytes(draft.content), type=Tariff)


def drafts(city: str) -> list[models.Draft]:
    """The drafts of a city, the newest first."""
    return list(models.Draft.objects.filter(city=city).defer("content").order_by("-id"))


def draft(number: int) -> models.Draft | None:
    """A draft; None: there is no such."""
    return models.Draft.objects.filter(id=number).first()


def activate_draft(*, draft: int, replace: bool, reason: str, actor: str, at: datetime) -> Loaded:
    """Bring a draft into force from its first day on. NotActivated as `activate_tariff`;
    LookupError: no such draft."""
    found = models.Draft.objects.filter(id=draft).first()
    if found is None:
        raise LookupError(f"there is no draft {draft}")
    return activate_tariff(
        city=found.city,
        tariff=tariff_of(found),
        replace=replace,
        actor=actor,
        at=at,
        reason=reason,
    )


def ask_rehearsal(
    *, draft: int, first: date, last: date, actor: str, at: datetime
) -> models.Rehearsal | Refusal:
    """Have a draft rehearsed on the taps of some days; a job begins within seconds.

    Asked for again while it waits or runs it is the same. Refusals: draft_unknown,
    period_invalid (it ends before it begins), period_too_long.
    """
    found = models.Draft.objects.filter(id=draft).first()
    if found is None:
        return Refusal.DRAFT_UNKNOWN
    if last < first:
        return Refusal.PERIOD_INVALID
    if last - first >= timedelta(days=LONGEST_DAYS):
        return Refusal.PERIOD_TOO_LONG
    with transaction.atomic():
        asked, is_new = models.Rehearsal.objects.get_or_create(
            draft=found,
            first=first,
            last=last,
            ended_at=None,
            defaults={"asked_at": at, "asked_by": actor},
        )
        if is_new:
            detail = {"first": first.isoformat(), "last": last.isoformat()}
            subject = Subject("draft", found.id)
            record(subject=subject, action="tariff.rehearsed", actor=actor, at=at, detail=detail)
    return asked


def rehearsal(number: int) -> models.Rehearsal | None:
    """A rehearsal with its draft; None: there is no such."""
    return models.Rehearsal.objects.select_related("draft").filter(id=number).first()


def rehearsals(draft: int) -> list[models.Rehearsal]:
    """The rehearsals of a draft, the newest first."""
    return list(models.Rehearsal.objects.filter(draft=draft).defer("result").order_by("-id"))


def rehearsed(found: models.Rehearsal) -> Rehearsed | None:
    """What a rehearsal counted; None: it has not ended, or found a problem."""
    return msgspec.json.decode(found.result, type=Rehearsed) if found.result else None


def run_rehearsals(*, url: str, processes: int, clock: Callable[[], datetime]) -> int:
    """Do the rehearsals that wait, one after the other; how many. A job calls this.

    One that was cut off before it ended is done again from its beginning.
    """
    done = 0
    while waiting := models.Rehearsal.objects.filter(ended_at=None).order_by("id").first():
        _run(waiting, url, processes)
        waiting.ended_at = clock()
        waiting.save(update_fields=["result", "problem", "ended_at"])
        done += 1
    return done


def _run(waiting: models.Rehearsal, url: str, processes: int) -> None:
    bundle, tariff = active_bundle(waiting.draft.city), tariff_of(waiting.draft)
    missing = missing_networks(bundle, tariff)
    if missing:  # the city grew since the upload
        waiting.problem = ", ".join(missing)
        return
    rows = models.Rehearsal.objects.filter(id=waiting.id)

    def tell(looked: int, of: int) -> None:
        rows.update(done=looked, serials=of)

    counted = rehearse(
        url=url,
        bundle=bundle,
        draft=tariff,
        period=Period(waiting.first, waiting.last),
        processes=processes,
        on_batch=tell,
    )
    waiting.result = msgspec.json.encode(counted).decode()
