"""What the live pages are told, as plain data for JSON: exact for staff, coarse for the public."""

from __future__ import annotations

from typing import Any

from satu.insight.counts import NO_VISITS, DayCounts
from satu.insight.live import LivePicture
from satu.insight.places import Places
from satu.kernel.refusal import Outcome
from satu.ledger.kinds import SCHEME

BUSIEST = 10
BUSIEST_SHOWN = 8
SILENT_NAMED = 3
REFRESH_S = (5, 60)  # how often at most, and at least, a public page asks for the next step
NOTHING_PUBLIC: dict[str, Any] = {
    "refresh_s": 20,
    "upto_ms": 0,
    "books_close": None,
    "accepted_percent": None,
    "operators": [],
    "places": [],
    "busiest": [],
}


def staff_snapshot(picture: LivePicture) -> dict[str, Any]:
    """The control room's figures; amounts in the smallest unit, `city_ms` the city's own clock."""
    places, today = picture.places, picture.today
    return {
        "version": picture.version,
        "map": places.version if places else None,
        "pause_ms": picture.pause_ms,
        "city_ms": picture.city_ms,
        "speed": round(picture.city_speed, 1),
        "pace": {"now": round(picture.taps_a_second, 1), "history": list(picture.history)},
        "books": _books(picture),
        "calls": [[alarm.id, alarm.acknowledged_at is None] for alarm in picture.alarms],
        **(_today(picture, places, today) if places and today else {}),
    }


def _books(picture: LivePicture) -> dict[str, Any]:
    names = picture.issuers
    return {
        "close": all(book.difference == 0 for book in picture.books),
        "open": [
            {"book": names.get(book.book, str(book.book)), "difference": book.difference}
            for book in picture.books
            if book.difference != 0
        ],
        "banks": [
            {
                "name": names.get(book.book, str(book.book)),
                "float": book.float_total,
                "purses": book.purses,
                "payables": book.payables,
            }
            for book in picture.books
            if book.book != SCHEME
        ],
    }


def _today(picture: LivePicture, places: Places, today: DayCounts) -> dict[str, Any]:
    return {
        "day": today.day.isoformat(),
        "taps": {
            "all": today.taps,
            "accepted": today.outcomes[Outcome.ACCEPTED],
            "short": today.outcomes[Outcome.BALANCE_INSUFFICIENT],
        },
        "operators": _operators(picture, places, today),
        "refusals": [{"code": code, "taps": n} for code, n in today.refusals],
        "venues": [
            {
                "name": places.operator_name(operator),
                **today.visits.get(operator, NO_VISITS)._asdict(),
            }
            for operator in places.venue_operators
        ],
        "busiest": [
            {
                "name": places.point_name(point),
                "operator": places.operator_name(today.operator_of.get(point, 0)),
                "at": places.index.get(point),
                "taps": n,
                "refused": today.refused_at[point],
            }
            for point, n in today.taps_at.most_common(BUSIEST)
        ],
        "alarms": _alarms(picture, places, today),
    }


def _operators(picture: LivePicture, places: Places, today: DayCounts) -> list[dict[str, Any]]:
    seen = set(today.riders) | set(picture.revenue)
    rows = [
        {
            "name": operator.name,
            "colour": operator.colour,
            "riders": today.riders[operator.id],
            "revenue": picture.revenue.get(operator.id, 0),
        }
        for operator in places.bundle.operators
        if operator.id in seen
    ]
    return sorted(rows, key=lambda row: -row["riders"])


def _alarms(picture: LivePicture, places: Places, today: DayCounts) -> dict[str, Any]:
    silent = today.silent_readers(picture.city_ms)
    names = dict.fromkeys(places.point_name(reader.point) for reader in silent)
    return {
        "silent": len(silent),
        "silent_at": [name for name in names if name][:SILENT_NAMED],
        "late": today.late,
        "aside": picture.aside,
    }


def public_snapshot(picture: LivePicture) -> dict[str, Any]:
    """The same picture for everybody: delayed, in steps, no small cells, no banks, no money."""
    places, public = picture.places, picture.public
    if not places or not public:
        return NOTHING_PUBLIC | {"map": places.version if places else None}
    return {
        "map": places.version,
        "refresh_s": _refresh_s(public.step_ms / 1000 / max(picture.city_speed, 1)),
        "upto_ms": public.upto_ms,
        "books_close": all(book.difference == 0 for book in picture.books),
        "accepted_percent": public.accepted_percent(),
        "operators": [
            {
                "name": places.operators[operator].name,
                "colour": places.operators[operator].colour,
                "riders": n,
                "dwell_minutes": public.dwell_shown(operator),
            }
            for operator, n in public.riders_shown()
            if operator in places.operators
        ],
        "places": [
            [places.index[point], step]
            for point, step in public.places_shown()
            if point in places.index
        ],
        "busiest": [
            {"name": places.point_name(point), "at": places.index.get(point), "taps": step}
            for point, step in public.places_shown()[:BUSIEST_SHOWN]
        ],
    }


def _refresh_s(step_s: float) -> int:
    least, most = REFRESH_S
    return round(min(most, max(least, step_s)))
