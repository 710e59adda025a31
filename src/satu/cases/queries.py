"""Reading cases: one, a team's queue, a resident's, what waits too long, and a case's story."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db.models import Count, F, Q

from satu.cases import models
from satu.cases.kinds import CityCases, State, What
from satu.cases.rules import OPEN, RUNNING, Clock, is_overdue
from satu.cases.words import answer_text

CODE = "K-"


class Step(NamedTuple):
    """A step in a case's story. `text` numbers a sealed text, `answer` is what was told."""

    what: What
    at: datetime
    actor: str
    text: int | None
    answer: str
    is_inner: bool


class Load(NamedTuple):
    """What a team has to do: open cases, those nobody took, those whose clock ran out."""

    team: str
    open: int
    new: int
    overdue: int


def city_cases() -> CityCases | None:
    """What the city says of cases; None: nothing yet."""
    found = models.City.objects.filter(id=1).values_list("content", flat=True).first()
    return msgspec.json.decode(found, type=CityCases) if found else None


def asset() -> str:
    """The city's currency, in which answers tell amounts."""
    return models.City.objects.filter(id=1).values_list("asset", flat=True).first() or "IDR"


def clock_of(city: CityCases) -> Clock:
    """The city's clock for cases."""
    return Clock(city.hours, ZoneInfo(settings.TIME_ZONE))


def code_of(case: int) -> str:
    """What people call a case: `K-17`."""
    return f"{CODE}{case}"


def find(name: str) -> models.Case | None:
    """A case by its code (`K-17`) or number; None: no such case."""
    number = name.strip().upper().removeprefix(CODE)
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    return models.Case.objects.filter(id=int(number)).first()


def queue(team: str = "", *, at: datetime, overdue: bool = False) -> list[models.Case]:
    """The open cases of a team, or of all teams: those overdue, then whose clock runs out first,
    then those that wait.

    `overdue`: those alone whose clock has run out, or who had the last team's and got no answer.
    """
    found = models.Case.objects.filter(state__in=OPEN)
    if team:
        found = found.filter(team=team)
    if overdue:
        found = found.filter(_overdue(at))
    ordered = found.order_by(F("due_at").asc(nulls_last=True), "id")
    return sorted(ordered, key=lambda one: not is_overdue(State(one.state), one.due_at, at))


def _overdue(at: datetime) -> Q:
    return Q(state__in=RUNNING) & (Q(due_at__lte=at) | Q(due_at__isnull=True))


def loads(*, at: datetime) -> list[Load]:
    """What each team has to do, by its code; a team with nothing is left out."""
    found = models.Case.objects.filter(state__in=OPEN).values("team").order_by("team")
    counted = found.annotate(
        cases=Count("id"),
        new=Count("id", filter=Q(state=State.NEW)),
        overdue=Count("id", filter=_overdue(at)),
    )
    return [Load(row["team"], row["cases"], row["new"], row["overdue"]) for row in counted]


def of_resident(resident: int) -> list[models.Case]:
    """A resident's cases, the newest first."""
    return list(models.Case.objects.filter(resident=resident).order_by("-opened_at", "-id"))


def of_card(card: int) -> list[models.Case]:
    """The cases about a card, the newest first."""
    return list(models.Case.objects.filter(card=card).order_by("-id"))


def about(name: str) -> models.Case | None:
    """The newest case about something: `repair:5`."""
    return models.Case.objects.filter(about=name).order_by("-id").first()


def story(case: int, *, language: str, inner: bool) -> list[Step]:
    """What happened to a case, oldest first; `inner`: with what is for staff alone."""
    entries = models.Entry.objects.filter(case=case).order_by("id")
    if not inner:
        entries = entries.filter(is_inner=False)
    city, currency = city_cases(), asset()
    return [
        Step(
            What(entry.what),
            entry.at,
            entry.actor,
            entry.text,
            told(city, entry.answer, entry.parameters, asset=currency, language=language),
            entry.is_inner,
        )
        for entry in entries
    ]


def told(
    city: CityCases | None,
    answer: str,
    parameters: Mapping[str, str | int],
    *,
    asset: str,
    language: str,
) -> str:
    """An answer as it is read; its code if the city has no such text any more."""
    found = city.answer(answer) if city else None
    if found is None or not found.fields() <= set(parameters):
        return answer
    return answer_text(found, parameters, asset=asset, language=language)
