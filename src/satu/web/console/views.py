"""The control room: the city now, for staff."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from satu.kernel.money import exponent
from satu.web.console.control_room import room_context
from satu.web.console.words import live_words
from satu.web.doors.rights import CITY_ROLES, staff_only
from satu.web.pictures import current_answer, current_picture

JSON = "application/json"


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def live(request: HttpRequest) -> HttpResponse:
    """The page; its script asks `live_data` once a second."""
    picture = current_picture()
    places = picture.places
    currency = places.bundle.asset if places else "IDR"
    context = {
        "places": places,
        "city_ms": picture.city_ms,
        "currency": currency,
        "exponent": exponent(currency),
        "words": json.dumps(live_words()),
        **room_context(request, picture),
    }
    return render(request, "console/live.html", context)


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def live_data(request: HttpRequest) -> HttpResponse:
    """What is new since a version (`?since=`), as JSON; taps as [place, sign, how many]."""
    since = request.GET.get("since", "0")
    is_version = since.isascii() and since.isdigit() and len(since) < 19
    return HttpResponse(current_answer(int(since) if is_version else 0), content_type=JSON)


@require_GET
@cache_control(private=True, max_age=86_400)
@staff_only(*CITY_ROLES)
@gzip_page
def live_map(request: HttpRequest) -> HttpResponse:
    """The city to draw; its address names the version, so a browser may keep it."""
    places = current_picture().places
    if places is None:
        raise Http404
    return HttpResponse(places.drawing, content_type=JSON)
