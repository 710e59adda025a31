"""The first page, and the city a while ago: delayed, in coarse steps, without small cells."""

from __future__ import annotations

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from satu.insight.snapshots import public_snapshot
from satu.web.doors.rights import public
from satu.web.pictures import current_picture, current_snapshot
from satu.web.public.drawing import city_picture

JSON = "application/json"


@require_GET
@never_cache
@public
def home(request: HttpRequest) -> HttpResponse:
    """What Satu is, for those who ride and those who work with it."""
    known = current_picture().places
    snapshot = current_snapshot(public_snapshot)
    context = {
        "places": known,
        "drawing": city_picture(known) if known else "",
        "riders": sum(row["riders"] for row in snapshot["operators"]),
        "picture": snapshot,
    }
    return render(request, "public/home.html", context)


@require_GET
@never_cache
@public
def city(request: HttpRequest) -> HttpResponse:
    """The city a while ago, on its map."""
    snapshot = current_snapshot(public_snapshot)
    most = max((row["riders"] for row in snapshot["operators"]), default=0)
    context = {
        "places": current_picture().places,
        "picture": snapshot,
        "most": most,
        "delay_minutes": settings.PUBLIC_DELAY_S // 60,
    }
    return render(request, "public/city.html", context)


@require_GET
@never_cache
@public
def places(request: HttpRequest) -> HttpResponse:
    """Places with the last step that their taps of today reached, for the map."""
    snapshot = current_snapshot(public_snapshot)
    shown = {name: snapshot[name] for name in ("map", "places", "refresh_s")}
    return HttpResponse(msgspec.json.encode(shown), content_type=JSON)


@require_GET
@cache_control(public=True, max_age=86_400)
@gzip_page
@public
def city_map(request: HttpRequest) -> HttpResponse:
    """The city to draw; its address names the version, so a browser may keep it."""
    known = current_picture().places
    if known is None:
        raise Http404
    return HttpResponse(known.drawing, content_type=JSON)
