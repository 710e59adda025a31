"""Proofs of the chain: asked for by who watches, made by a job, kept to be seen.

Each proof looks for the newest seal of the one before it, so that a chain that was made anew as a
whole is noticed too.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import psycopg
from django.db import connection

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.audit.models import Proof
from satu.audit.verify import Head, Report, verify


class Standing(NamedTuple):
    """The chain now, cheaply: its newest seal, and what waits to be sealed (oldest: when)."""

    seal: int
    sealed_at: datetime | None
    unsealed: int
    oldest: datetime | None


def ask_proof(*, actor: str, at: datetime) -> Proof:
    """Have the chain proved soon; one that was asked for and not made yet is enough."""
    waiting = Proof.objects.filter(at=None).order_by("id").first()
    if waiting is not None:
        return waiting
    asked = Proof.objects.create(asked_at=at, asked_by=actor)
    record(subject=Subject("audit", "chain"), action="audit.proof_asked", actor=actor, at=at)
    return asked


def make_asked(*, url: str, at: datetime) -> Proof | None:
    """Make the proof that was asked for; None: none was. A job runs this; `url` is the app's."""
    asked = Proof.objects.filter(at=None).order_by("id").first()
    if asked is None:
        return None
    before = newest_proof()
    kept = Head(before.seal, before.hash) if before and before.hash else None
    with psycopg.connect(url, autocommit=True) as conn:
        report = verify(conn, kept=kept)
    return _keep(asked, report, at)


def _keep(asked: Proof, report: Report, at: datetime) -> Proof:
    asked.at = at
    asked.entries, asked.unsealed, asked.broken = report.entries, report.unsealed, report.broken
    asked.seal, asked.hash = report.head or Head(0, "")
    asked.breaks = [[one.breach.value, one.entry, one.seal] for one in report.breaks]
    asked.save()
    return asked


def newest_proof() -> Proof | None:
    """The newest proof that was made."""
    return Proof.objects.exclude(at=None).order_by("-id").first()


def asked_proof() -> Proof | None:
    """The proof that was asked for and is not made yet."""
    return Proof.objects.filter(at=None).order_by("id").first()


def standing() -> Standing:
    """How the chain stands now, without proving anything."""
    with connection.cursor() as cursor:
        cursor.execute("select number, sealed_at from audit_seal order by number desc limit 1")
        seal, sealed_at = cursor.fetchone() or (0, None)
        cursor.execute(
            "select count(*), min(e.at) from audit_waiting w join audit_entry e on e.id = w.entry"
        )
        unsealed, oldest = cursor.fetchone() or (0, None)
    return Standing(seal, sealed_at, unsealed, oldest)
