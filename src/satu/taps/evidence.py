"""What is known when a rider says where a missing tap was. Places and numbers, no names."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection

from satu.cards import models as cards_models
from satu.kernel.days import from_ms, to_ms
from satu.kernel.refusal import REAL_CLASSES, Outcome, UseClass
from satu.services.base import Use
from satu.services.rules import Rules
from satu.taps.mending import Looked
from satu.taps.repair_rules import LAST_DAYS

MOST_HABITS = 20
# A card's uses are found by its days' taps: uses have no index of their own by card. Where another
# holder went before is nobody's habit.
HABITS = """
select u.point_in, u.point_out, count(*)
  from cards_card c
  join taps_card_day d on d.card = c.id
 cross join lateral unnest(d.taps) as t (id)
  join taps_use u on u.id = t.id
 where c.id = %s and (c.owned_since is null or u.started_at >= c.owned_since)
   and d.service_day >= %s and d.service_day < %s
   and u.point_in > 0 and u.point_out > 0 and u.use_class = any(%s)
 group by u.point_in, u.point_out order by count(*) desc, u.point_in, u.point_out limit %s
"""
MOST_ASIDE = 20
# What a reader of the card's chip sent and nobody folded: the missing tap may be among it.
ASIDE = """
select body->>'point', (body->>'at_ms')::bigint, reason from taps_quarantine
 where body->>'token' = %s and coalesce(body->>'medium', 'chip') = 'chip'
   and (body->>'at_ms')::bigint between %s and %s
 order by 2 limit %s
"""


def evidence_of(rules: Rules, looked: Looked, on: date) -> dict[str, Any]:
    """The use as it stood, what it and the told tap cost, the day's rides, the card's habits,
    and taps that came and were kept aside; all of them since the card is its owner's.

    Amounts in the asset's smallest unit, times as UTC, points and routes by their codes.
    """
    card, rehearsed = looked.card, looked.rehearsed
    day = next(day for day in card.days if day.day == on)
    since_ms = _owned_since_ms(card.id)
    rides = sorted(day.all_uses(), key=lambda use: (use.started_ms, use.id))
    return {
        "use": _use(rules, looked.use),
        "told": {
            "point": _code(rules, looked.told.point),
            "at": from_ms(looked.told.at_ms).isoformat(),
        },
        "is_final": looked.is_final,
        "mended": _use(rules, rehearsed.use) if rehearsed.use else None,
        "difference": rehearsed.difference,
        "by_operator": {
            rules.operators[operator].code: amount
            for operator, amount in sorted(rehearsed.change.items())
        },
        "rides": [_use(rules, use) for use in rides if use.started_ms >= since_ms],
        "day": {
            "service_day": on.isoformat(),
            "revision": day.revision,
            "taps": len(day.taps),
            "last_at": from_ms(day.last.at_ms).isoformat() if day.last.at_ms else None,
            "is_closed": day.is_closed,
        },
        "aside": _aside(rules, card.id, on, since_ms),
        "habits": habits_of(rules, card.id, on),
    }


def _owned_since_ms(card: int) -> int:
    """Since when a card is its owner's, if another had it; 0: nobody had."""
    since = cards_models.Card.objects.filter(id=card).values_list("owned_since", flat=True).first()
    return 0 if since is None else to_ms(since)


def _use(rules: Rules, use: Use) -> dict[str, Any]:
    route = rules.routes.get(use.route)
    return {
        "id": use.id,
        "kind": use.kind,
        "class": UseClass(use.use_class).code,
        "from": _code(rules, use.point_in),
        "to": _code(rules, use.point_out),
        "route": route.code if route else None,
        "started_at": from_ms(use.started_ms).isoformat(),
        "ended_at": from_ms(use.ended_ms).isoformat() if use.ended_ms else None,
        "riders": use.riders,
        "full_fare": use.full_fare,
        "fare": use.fare,
    }


def _code(rules: Rules, point: int) -> str | None:
    found = rules.points.get(point)
    return found.code if found else None


def _aside(rules: Rules, card: int, on: date, since_ms: int) -> list[dict[str, Any]]:
    """Taps of the card that were kept aside that day, as they were sent."""
    bounds = (max(since_ms, rules.calendar.start_ms(on)), rules.calendar.end_ms(on))
    with connection.cursor() as cursor:
        cursor.execute(ASIDE, [str(card), *bounds, MOST_ASIDE])
        found = cursor.fetchall()
    return [
        {"point": point, "at": from_ms(at_ms).isoformat(), "reason": Outcome(reason).code}
        for point, at_ms, reason in found
    ]


def habits_of(rules: Rules, card: int, on: date) -> list[dict[str, Any]]:
    """Which ways the card went how often in the eight weeks before a day, most often first."""
    since = on - timedelta(days=LAST_DAYS)
    classes = [int(one) for one in REAL_CLASSES]
    with connection.cursor() as cursor:
        cursor.execute(HABITS, [card, since, on, classes, MOST_HABITS])
        found = cursor.fetchall()
    return [
        {"from": _code(rules, start), "to": _code(rules, end), "rides": rides}
        for start, end, rides in found
    ]
