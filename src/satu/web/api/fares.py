"""Fares for programs: a card's day, for staff; and what a journey would cost, for everybody."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime, ConfigDict, Field

from satu.kernel.days import to_ms
from satu.ledger.actions import raw_connection
from satu.people.kinds import Role
from satu.services.base import ENTRY, EXIT, Rider, TapSeen
from satu.services.rules import Rules
from satu.taps.explain import explain, imagine
from satu.taps.looking import look_at_day, rules_in_force
from satu.web.api.problems import ProblemError, described
from satu.web.doors.home import address_of
from satu.web.doors.limits import Buckets
from satu.web.doors.rights import staff, viewer_of

MAX_LEGS = 20
MAX_BODY_BYTES = 16 * 1024
YEARS = range(2000, 2100)
QUOTES = Buckets(burst=300, per_minute=300)  # of each machine: programs ask more than people
WHY = staff(Role.DESK, Role.PRIVACY)

router = Router(tags=["fares"])

Code = Annotated[str, Field(max_length=64)]
Number = Annotated[str, Field(pattern=r"^[0-9]{1,16}$")]
Purpose = Annotated[
    str, Field(min_length=3, max_length=200, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")
]


class QuoteLeg(Schema):
    """A ride or a visit: codes of places and of the route, and when the card is tapped.

    Without `end` and `ended_at` it has not ended; without `start` and `started_at` its entry is
    missing.
    """

    model_config = ConfigDict(extra="forbid")

    start: Code = ""
    started_at: AwareDatetime | None = None
    end: Code = ""
    ended_at: AwareDatetime | None = None
    route: Code = ""
    riders: Annotated[int, Field(ge=1, le=9)] = 1


class QuoteIn(Schema):
    """Legs of one service day, in order, by one card; `category` "" is the tariff's default."""

    model_config = ConfigDict(extra="forbid")

    legs: Annotated[list[QuoteLeg], Field(min_length=1, max_length=MAX_LEGS)]
    category: Code = ""


def _staff(request: HttpRequest) -> str:
    """Who of the staff asks; to anybody else there is nothing here."""
    viewer = viewer_of(request)
    if viewer is None or not WHY.allows(viewer):
        raise Http404
    return viewer.actor


def _bounded(request: HttpRequest) -> bool:
    """Everybody may ask, but not for much at once."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        raise ProblemError("body_too_large")
    wait = QUOTES.wait_s(address_of(request), time.monotonic())
    if wait:
        raise ProblemError("too_many", wait_s=wait)
    return True


def _answers(name: str, *codes: str) -> dict[str, Any]:
    """An operation's answers, for its OpenAPI."""
    schema = {"$ref": f"#/components/schemas/{name}"}
    good = {"description": name, "content": {"application/json": {"schema": schema}}}
    return {"responses": {200: good, **described(*codes)}}


@router.get(
    "/cards/{number}/days/{day}/fares",
    auth=_staff,
    operation_id="getCardDayFares",
    summary="Why a card's day cost what it cost: for staff; who looks and why is kept",
    openapi_extra=_answers(
        "Looked", "not_found", "parameter_invalid", "internal_error", "not_ready"
    ),
)
def card_day_fares(
    request: HttpRequest,
    number: Annotated[Number, Path(description="The number printed on the card, or its serial.")],
    day: Annotated[date, Path(description="The service day.")],
    purpose: Annotated[Purpose, Query(description="Why you look.")],
) -> HttpResponse:
    """The day's journeys, each leg, each rule in words with its amount, and what was posted.

    404 for a card that is not there and for one that did not ride that day.
    """
    looked = look_at_day(
        card=number,
        day=day,
        purpose=purpose,
        actor=_staff(request),
        at=timezone.now(),
    )
    if looked is None:
        raise Http404
    return _json(looked)


@router.post(
    "/fares/quote",
    auth=_bounded,
    operation_id="quoteFares",
    summary="What a journey would cost: the same engine, every rule in words",
    openapi_extra=_answers(
        "DayTold",
        *("body_malformed", "body_too_large", "body_invalid", "point_unknown", "route_unknown"),
        *("category_unknown", "leg_without_ends", "times_out_of_order", "days_differ"),
        *("tariff_missing", "too_many", "internal_error", "not_ready"),
    ),
)
def quote(request: HttpRequest, asked: QuoteIn) -> HttpResponse:
    """Prices a day that nobody rode, as if a new card had tapped so. Nothing is stored."""
    rules = rules_in_force(raw_connection())
    taps = _taps(rules, asked.legs)
    days = {rules.calendar.day_of(tap.at_ms) for tap in taps}
    if len(days) > 1:
        raise ProblemError("days_differ")
    try:
        tariff = rules.tariff_on(days.pop())
    except LookupError:
        raise ProblemError("tariff_missing") from None
    names = [one.name for one in tariff.categories]
    usual = next((one.name for one in tariff.categories if one.is_default), "adult")
    if asked.category and asked.category not in names:
        raise ProblemError("category_unknown", "category")
    rider = Rider(asked.category or usual, rules.card_medium)
    return _json(explain(rules, imagine(rules, taps, rider), rider))


def _taps(rules: Rules, legs: Sequence[QuoteLeg]) -> list[TapSeen]:
    """The taps that would make the legs, in their order."""
    points = {point.code: point.id for point in rules.bundle.points}
    routes = {route.code: route.id for route in rules.bundle.routes}
    taps: list[TapSeen] = []
    for place, leg in enumerate(legs):
        if leg.route and leg.route not in routes:
            raise ProblemError("route_unknown", f"legs.{place}.route")
        ends = (("start", leg.start, leg.started_at, ENTRY), ("end", leg.end, leg.ended_at, EXIT))
        if not (leg.start or leg.end):
            raise ProblemError("leg_without_ends", f"legs.{place}")
        for name, code, at, direction in ends:
            if bool(code) != bool(at):
                raise ProblemError("leg_without_ends", f"legs.{place}.{name}")
            if not code or at is None:
                continue
            if at.year not in YEARS:
                raise ProblemError("body_invalid", f"legs.{place}.{name}ed_at: year 2000 to 2099")
            if code not in points:
                raise ProblemError("point_unknown", f"legs.{place}.{name}")
            route = routes.get(leg.route, 0)
            number = len(taps) + 1
            taps.append(TapSeen(number, to_ms(at), points[code], route, direction, leg.riders))
            if len(taps) > 1 and taps[-2].at_ms > taps[-1].at_ms:
                raise ProblemError("times_out_of_order", f"legs.{place}.{name}")
    return taps


def _json(told: msgspec.Struct) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(told), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
