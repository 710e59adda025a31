"""Why a card's day cost what it cost, as its page shows it: journeys, rides, rules, postings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from satu.taps.explain import JourneyTold, LegTold, Looked, Posted
from satu.taps.words import MOVED
from satu.web.design import formats
from satu.web.design.cells import Cell, Money, Noted
from satu.web.design.sheets import Column, Sheet
from satu.web.pictures import current_picture
from satu.web.said import language, say


def told(looked: Looked) -> dict[str, Any]:
    """What the page needs of a day that was looked at."""
    day, places = looked.told, current_picture().places
    routes = {one.code: one.name for one in places.bundle.routes} if places else {}
    return {
        "total": Money(day.charged, day.asset),
        "category": say(day.category_words),
        "journeys": [
            _journey(number, one, day.asset, routes) for number, one in enumerate(day.journeys, 1)
        ],
        "posted": _posted(looked.posted, day.asset),
    }


def _journey(
    number: int, journey: JourneyTold, asset: str, routes: Mapping[str, str]
) -> dict[str, Any]:
    cost = formats.money(journey.fare, asset, language())
    title = _("Journey %(number)s · %(cost)s") % {"number": number, "cost": cost}
    return {"title": title, "legs": [_leg(leg, asset, routes) for leg in journey.legs]}


def _leg(leg: LegTold, asset: str, routes: Mapping[str, str]) -> dict[str, Any]:
    ends = (leg.start.name if leg.start else "?", leg.end.name if leg.end else "?")
    times = [f"{leg.started_at:%H.%M}" if language() == "id" else f"{leg.started_at:%H:%M}"]
    if leg.ended_at is not None:
        times.append(f"{leg.ended_at:%H.%M}" if language() == "id" else f"{leg.ended_at:%H:%M}")
    route = routes.get(leg.route, leg.route)
    note = " · ".join(filter(None, ("–".join(times), leg.operator, route, say(leg.class_words))))
    rules: list[tuple[str, Cell]] = [
        (say(rule.words), Money(rule.amount, asset))
        for rider in leg.paid_by
        for rule in rider.rules
    ]
    total = (_("Charged"), Money(leg.fare, asset))
    return {"title": " → ".join(ends), "note": note, "rules": [*rules, total]}


def _posted(lines: tuple[Posted, ...], asset: str) -> Sheet:
    columns = [
        Column("at", _("Posted at")),
        Column("what", _("What")),
        Column("amount", _("Amount"), is_number=True),
    ]
    rows: list[list[Cell]] = [
        [
            line.posted_at,
            Noted(posted_word(line.kind), line.operator),
            Money(-line.amount, asset, signed=True),
        ]
        for line in lines
    ]
    return Sheet(columns, rows, _("What was posted for it"), empty=_("Nothing was posted."))


def posted_word(kind: str) -> str:
    """What a posting is called, by the lower-case name of its kind."""
    found = MOVED.get(kind)
    if found is not None:
        return say(found)
    return {
        "fare": _("Fare"),
        "correction": _("Correction of a fare"),
        "purchase": _("Purchase"),
        "shortfall": _("Ride that the purse could not pay"),
        "shortfall_undone": _("No longer owed"),
    }.get(kind, kind)
