"""The names of kelurahan and of what they are in: a city's own data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.people import models


def keep_areas(*, areas: Sequence[tuple[str, str]], actor: str, at: datetime) -> int:
    """Make these (code, name) the areas that are known: how many changed. A repeat changes none.

    Residents keep their area's code whether it is named here or not.
    """
    wanted = dict(areas)
    with transaction.atomic():
        known = dict(models.Area.objects.values_list("code", "name"))
        gone = known.keys() - wanted.keys()
        other = {code: name for code, name in wanted.items() if known.get(code) != name}
        if not gone and not other:
            return 0
        models.Area.objects.filter(code__in=gone).delete()
        models.Area.objects.bulk_create(
            [models.Area(code=code, name=name) for code, name in other.items()],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name"],
        )
        subject, detail = Subject("people", "areas"), {"changed": len(other), "gone": len(gone)}
        record(subject=subject, action="areas.kept", actor=actor, at=at, detail=detail)
    return len(gone) + len(other)
