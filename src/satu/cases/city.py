"""Keeps what a city's pack says of cases. Called where a pack is loaded."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cases import models, queries
from satu.cases.kinds import CityCases


def keep_city(*, city: CityCases, asset: str, actor: str, at: datetime) -> bool:
    """Make this what the city says of cases; whether it is something else than before."""
    with transaction.atomic():
        if queries.city_cases() == city and queries.asset() == asset:
            return False
        content = msgspec.json.encode(city).decode()
        models.City.objects.update_or_create(id=1, defaults={"content": content, "asset": asset})
        subject = Subject("cases", "city")
        detail = {"kinds": len(city.kinds), "answers": len(city.answers)}
        record(subject=subject, action="cases.city_kept", actor=actor, at=at, detail=detail)
    return True
