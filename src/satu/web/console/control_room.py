"""Parts of the control room that are asked for apart from the live figures."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from satu.insight import devices, history, queries
from satu.insight.actions import acknowledge
from satu.insight.counts import DayCounts
from satu.insight.history import Quarter
from satu.insight.live import LivePicture
from satu.insight.normal import Compared
from satu.insight.places import Places
from satu.insight.replay import Hours
from satu.kernel.days import HOUR_MS, QUARTER_MS, from_ms, to_ms
from satu.ledger.actions import raw_connection
from satu.people.kinds import Role
from satu.services.rules import Operator, Route
from satu.web.console import curves
from satu.web.console.calls import READERS_NAMED, calls, parted
from satu.web.console.words import outcome_names
from satu.web.design.formats import clock_time
from satu.web.doors.rights import CITY_ROLES, staff_only, viewer_of
from satu.web.pictures import current_picture
from satu.web.said import language

JSON = "application/json"
CALLED = (Role.TECHNICIAN, Role.DESK, Role.ADMINISTRATOR)
FRESH_MS = 3_000  # so long one answer of the counted quarters is given to all who ask
ENDED_SHOWN = timedelta(days=7)


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def compared(request: HttpRequest) -> HttpResponse:
    """Today against a normal day: the whole city."""
    picture, places, today = _known()
    return HttpResponse(
        _compared_page(_bucket(picture), places, today.day, _upto(picture), language())
    )


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def operator(request: HttpRequest, number: int) -> HttpResponse:
    """An operator's day: riders, revenue, refusals, its busiest lines."""
    picture, places, today = _known()
    found = places.operators.get(number)
    if found is None:
        raise Http404
    told = _day_compared(_bucket(picture), places, today.day, _upto(picture), number, None)
    quarters = _line(_bucket(picture), today.day, number, None)
    routes = {route.id: route for route in places.bundle.routes}
    lines = [
        (routes[line], riders, charged)
        for line, riders, charged in history.busiest_lines(raw_connection(), today.day, number)
        if line in routes
    ]
    context = _compared_context(told, places, today.day) | _sums(quarters) | {"lines": lines}
    return _detail(
        request, places, context | {"operator": found, "revenue": _revenue(picture, found)}
    )


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def line(request: HttpRequest, number: int) -> HttpResponse:
    """A line's day. A line whose riders tap at stations' gates is counted at its stations."""
    picture, places, today = _known()
    found = next((route for route in places.bundle.routes if route.id == number), None)
    if found is None:
        raise Http404
    told = _day_compared(
        _bucket(picture), places, today.day, _upto(picture), found.operator, number
    )
    quarters = _line(_bucket(picture), today.day, found.operator, number)
    stops = places.stops_of(found)
    at_stations = not quarters
    if at_stations:
        quarters = _place(_bucket(picture), places, today.day, tuple(_points_at(places, stops)))
    context = _sums(quarters) | {"line": found, "stops": stops, "at_stations": at_stations}
    if not at_stations:
        context |= _compared_context(told, places, today.day)
    return _detail(request, places, context | {"operator": places.operators.get(found.operator)})


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def place(request: HttpRequest, number: int) -> HttpResponse:
    """A stop, a station with its gates, an entrance: who went in and out, refusals, readers."""
    picture, places, today = _known()
    found = places.points.get(number)
    if found is None:
        raise Http404
    points = places.points_with(number)
    quarters = _place(_bucket(picture), places, today.day, tuple(points))
    start, end = history.day_span(places.calendar, today.day)
    names = outcome_names()
    refused = history.point_refusals(raw_connection(), points, start, end)
    at = places.index.get(number)
    context = _sums(quarters) | {
        "place": found,
        "operator": places.operators.get(found.operator),
        "bars": curves.bars(quarters, to_ms(start)),
        "refusals": [(names.get(outcome, str(outcome)), taps) for outcome, taps in refused],
        "devices": devices.devices_at(
            raw_connection(), points, tariff=places.digest, now=from_ms(picture.city_ms)
        ),
        "stops": [] if at is None else [at],
        "axis": _axis(to_ms(start)),
    }
    return _detail(request, places, context)


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def find(request: HttpRequest) -> HttpResponse:
    """Places and lines whose names have the words of `?q=`."""
    places = current_picture().places
    words = request.GET.get("q", "")[:64]
    context: dict[str, object] = {"words": words}
    if places is not None and words.strip():
        wanted = words.casefold().split()
        context |= {
            "points": places.find(words),
            "routes": [
                route
                for route in places.bundle.routes
                if all(word in f"{route.code} {route.name}".casefold() for word in wanted)
            ][:6],
        }
    return render(request, "console/live_found.html", context)


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def alarms(request: HttpRequest) -> HttpResponse:
    """The alarms that are open, for the panel beside the map."""
    return render(request, "console/live_calls.html", _calls_context(request, current_picture()))


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def alarms_all(request: HttpRequest) -> HttpResponse:
    """All alarms that are open, those of the last week, and the last proof of the books."""
    picture = current_picture()
    ended = queries.ended_alarms(raw_connection(), timezone.now() - ENDED_SHOWN)
    context = {
        "calls": calls(picture.alarms, picture, language()),
        "may_take": _may_take(request),
        "ended": calls(ended, picture, language()),
        "proof": queries.newest_proof(raw_connection()),
    }
    return render(request, "console/alarms.html", context)


@require_POST
@staff_only(*CALLED)
def take(request: HttpRequest, number: int) -> HttpResponseBase:
    """Somebody has an alarm in hand; back to where they were. Twice changes nothing."""
    viewer = viewer_of(request)
    assert viewer is not None
    acknowledge(
        alarm=number, note=request.POST.get("note", "")[:500], actor=viewer.actor, at=timezone.now()
    )
    return redirect("console:alarms_all" if "all" in request.POST else "console:live")


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
@gzip_page
def hour(request: HttpRequest, day: str, number: int) -> HttpResponse:
    """An hour of a service day (0: its first), minute by minute, for the map."""
    picture, places, _ = _known()
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    if not 0 <= number < 24:
        raise Http404
    told = _hours().told(raw_connection(), places, on, number, picture.city_ms)
    return HttpResponse(told, content_type=JSON)


def room_context(request: HttpRequest, picture: LivePicture) -> dict[str, object]:
    """What the page itself needs of these parts: choices, alarms, the days to replay."""
    context = _calls_context(request, picture)
    if picture.places is None or picture.today is None:
        return context
    places, zone = picture.places, picture.places.bundle.zone
    start_ms = places.calendar.start_ms(picture.today.day)
    return context | {
        "groups": filter_groups(places),
        "first_day": history.first_day(raw_connection()),
        "today": picture.today.day,
        "last_hour": max(0, (picture.city_ms - start_ms) // HOUR_MS - 1),
        "hours": [
            (number, clock_time(start_ms + number * HOUR_MS, zone, language()))
            for number in range(24)
        ],
    }


def _calls_context(request: HttpRequest, picture: LivePicture) -> dict[str, object]:
    shown, silent = parted(calls(picture.alarms, picture, language()))
    return {
        "calls": shown,
        "silent": silent[:READERS_NAMED],
        "silent_count": len(silent),
        "more": max(0, len(silent) - READERS_NAMED),
        "may_take": _may_take(request),
    }


def _may_take(request: HttpRequest) -> bool:
    viewer = viewer_of(request)
    return viewer is not None and not viewer.roles.isdisjoint(CALLED)


@cache
def _hours() -> Hours:
    return Hours()


def _known() -> tuple[LivePicture, Places, DayCounts]:
    """The picture with its city and day; without them there is nothing to tell."""
    picture = current_picture()
    if picture.places is None or picture.today is None:
        raise Http404
    return picture, picture.places, picture.today


def _upto(picture: LivePicture) -> int:
    """Where the quarter that runs began."""
    return picture.city_ms // QUARTER_MS * QUARTER_MS


def _bucket(picture: LivePicture) -> int:
    return picture.version // FRESH_MS


@lru_cache(maxsize=8)
def _compared_page(bucket: int, places: Places, day: date, upto_ms: int, language: str) -> str:
    """The whole city's comparison as it is written in a language, the same for all."""
    told = _day_compared(bucket, places, day, upto_ms, None, None)
    return render_to_string("console/live_compared.html", _compared_context(told, places, day))


@lru_cache(maxsize=256)
def _day_compared(
    bucket: int, places: Places, day: date, upto_ms: int, operator: int | None, route: int | None
) -> Compared:
    return history.day_compared(
        raw_connection(), places.calendar, day, upto_ms, operator=operator, route=route
    )


@lru_cache(maxsize=256)
def _line(bucket: int, day: date, operator: int, route: int | None) -> list[Quarter]:
    return history.line_quarters(raw_connection(), day, operator=operator, route=route)


@lru_cache(maxsize=256)
def _place(bucket: int, places: Places, day: date, points: tuple[int, ...]) -> list[Quarter]:
    start, end = history.day_span(places.calendar, day)
    return history.point_quarters(raw_connection(), points, start, end)


def _points_at(places: Places, stops: list[int]) -> list[int]:
    wanted = set(stops)
    return [point for point, index in places.index.items() if index in wanted]


def _compared_context(told: Compared, places: Places, day: date) -> dict[str, object]:
    start_ms = places.calendar.start_ms(day)
    return {
        "compared": told,
        "change": told.change_percent,
        "change_size": abs(told.change_percent or 0.0),
        "curves": curves.curves(told),
        "hours": curves.hours(told, start_ms),
        "upto_ms": start_ms + told.upto * QUARTER_MS,
        "day": day,
        "axis": _axis(start_ms),
        "zone": places.bundle.zone,
    }


def _axis(start_ms: int) -> list[int]:
    """The hours that stand under a chart of a service day."""
    return [start_ms + hours * HOUR_MS for hours in (0, 6, 12, 18)]


def _sums(quarters: list[Quarter]) -> dict[str, object]:
    taps = sum(quarter.taps for quarter in quarters)
    refused = sum(quarter.refused for quarter in quarters)
    return {
        "taps": taps,
        "refused": refused,
        "refused_share": 100 * refused / taps if taps else 0.0,
        "riders_in": sum(quarter.riders_in for quarter in quarters),
        "riders_out": sum(quarter.riders_out for quarter in quarters),
        "charged": sum(quarter.charged for quarter in quarters),
    }


def _revenue(picture: LivePicture, operator: Operator) -> int:
    return picture.revenue.get(operator.id, 0)


def _detail(request: HttpRequest, places: Places, context: dict[str, object]) -> HttpResponse:
    common = {"zone": places.bundle.zone, "currency": places.bundle.asset, "places": places}
    return render(request, "console/live_detail.html", common | context)


def filter_groups(places: Places) -> list[tuple[Operator, list[Route]]]:
    """Operators with their lines, for the choice of what the map shows."""
    routes: dict[int, list[Route]] = {}
    for route in places.bundle.routes:
        routes.setdefault(route.operator, []).append(route)
    return [(one, routes.get(one.id, [])) for one in places.bundle.operators]
