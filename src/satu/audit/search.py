"""Searching the trail: by who, what, whom or what it was done to, and when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from satu.audit.models import AuditEntry
from satu.audit.outliers import NIGHT_BEGINS, NIGHT_ENDS, StaffDay

LOOKS_BY_DAY = """
select actor, day, count(*), count(*) filter (where hour >= %(begins)s or hour < %(ends)s)
  from (select actor, (at at time zone %(zone)s)::date as day,
               extract(hour from at at time zone %(zone)s) as hour
          from audit_entry
         where at >= %(since)s and action = any(%(actions)s) and actor like 'staff:%%') looks
 group by actor, day order by actor, day
"""


class Wanted(NamedTuple):
    """Which entries; what is empty does not narrow. `action` that ends with a dot begins so.

    `since` is in, `until` is out. A subject's kind alone finds all of that kind.
    """

    actor: str = ""
    action: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def search(
    wanted: Wanted, *, beyond: int | None = None, is_oldest_first: bool = False, limit: int
) -> list[AuditEntry]:
    """Entries, the newest or the oldest first; `beyond` goes on after the entry of that number."""
    found = AuditEntry.objects.all()
    exact = {
        "actor": wanted.actor,
        "subject_kind": wanted.subject_kind,
        "subject_id": wanted.subject_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
        "id__gt" if is_oldest_first else "id__lt": beyond,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if wanted.action:
        is_start = wanted.action.endswith(".")
        found = found.filter(**{"action__startswith" if is_start else "action": wanted.action})
    return list(found.order_by("id" if is_oldest_first else "-id")[:limit])


def looks_by_day(*, actions: Collection[str], since: datetime, zone: str) -> list[StaffDay]:
    """How often each member of staff did one of these actions, by the city's days."""
    asked: dict[str, Any] = {
        "actions": list(actions),
        "since": since,
        "zone": zone,
        "begins": NIGHT_BEGINS,
        "ends": NIGHT_ENDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOOKS_BY_DAY, asked)
        return [StaffDay(*row) for row in cursor.fetchall()]
