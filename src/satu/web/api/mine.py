"""A resident's own cards for programs, and those of others as far as they may see their trips."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router
from pydantic import AwareDatetime

from satu.taps.history import MOST, PAGE, NoMark, own_history
from satu.taps.looking import own_day
from satu.web.api.problems import ProblemError, described
from satu.web.doors.rights import RESIDENT, viewer_of

router = Router(tags=["mine"])

Serial = Annotated[int, Path(ge=1, le=2**62, description="The card's serial.")]
CODES = ("not_found", "parameter_invalid", "internal_error", "not_ready")


def _resident(request: HttpRequest) -> int:
    """Which resident asks; to anybody else there is nothing here."""
    viewer = viewer_of(request)
    if viewer is None or viewer.resident is None or not RESIDENT.allows(viewer):
        raise Http404
    return viewer.resident


def _answers(name: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    good = {"description": name, "content": {"application/json": {"schema": schema}}}
    return {"responses": {200: good, **described(*CODES)}}


@router.get(
    "/mine/cards/{serial}/history",
    auth=_resident,
    operation_id="getMyCardHistory",
    summary="Rides and other money of a card, the newest first; a guardian who looks is kept",
    openapi_extra=_answers("History"),
)
def my_history(
    request: HttpRequest,
    serial: Serial,
    since: Annotated[AwareDatetime, Query(description="From this moment.")],
    until: Annotated[AwareDatetime, Query(description="To before this moment.")],
    after: Annotated[str, Query(max_length=64, description="`after` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = PAGE,
) -> HttpResponse:
    """404 for a card that is not there, and for one whose trips are not yours to see."""
    if not 2000 <= since.year < 2100 or not 2000 <= until.year < 2100:
        raise ProblemError("parameter_invalid", "since, until: year 2000 to 2099")
    try:
        page = own_history(
            viewer=_resident(request),
            card=serial,
            since=since,
            until=until,
            after=after,
            limit=limit,
            at=timezone.now(),
        )
    except NoMark:
        raise ProblemError("parameter_invalid", "after") from None
    return _json(page)


@router.get(
    "/mine/cards/{serial}/days/{day}/fares",
    auth=_resident,
    operation_id="getMyCardDayFares",
    summary="Why a day of a card cost what it cost; a guardian who looks is kept",
    openapi_extra=_answers("Looked"),
)
def my_day_fares(
    request: HttpRequest,
    serial: Serial,
    day: Annotated[date, Path(description="The service day.")],
) -> HttpResponse:
    """404 also for a day on which the card did not ride."""
    return _json(own_day(viewer=_resident(request), card=serial, day=day, at=timezone.now()))


def _json(told: msgspec.Struct | None) -> HttpResponse:
    if told is None:
        raise Http404
    response = HttpResponse(msgspec.json.encode(told), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
