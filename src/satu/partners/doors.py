"""The HTTP door of SNAP BI: a request in, a JSON answer with the standard's codes out."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from satu.formats.snap.codes import ENDPOINTS, NOT_OFFERED, Case, Service, SnapRefusal
from satu.formats.snap.fields import write_timestamp
from satu.kernel.days import from_ms
from satu.partners import calls
from satu.project.clock import now_ms

BY_ENDPOINT: dict[str, str] = {
    endpoint: number for number, endpoint in (NOT_OFFERED | ENDPOINTS).items()
}

logger = logging.getLogger(__name__)


@csrf_exempt
def door(request: HttpRequest, endpoint: str) -> HttpResponse:
    """Any service at any path: the partner's profile says whether it is open there.

    Bodies are never logged: they name cards.
    """
    service, at = BY_ENDPOINT[endpoint], from_ms(now_ms())
    assert request.method is not None
    try:
        if not isinstance(service, Service):
            raise SnapRefusal(Case.FEATURE_NOT_ALLOWED)
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if request.method != "POST" or length > calls.MAX_BODY_BYTES:
            raise SnapRefusal(Case.BAD_REQUEST)
        call = calls.Call(
            service, request.method, request.get_full_path(), request.headers, request.body, at
        )
        answered = calls.answer(call)
    except SnapRefusal as refusal:
        answered = calls.refused(service, refusal)
    except Exception:
        logger.exception("a call of service %s failed", service)
        answered = calls.refused(service, SnapRefusal(Case.INTERNAL_ERROR))
    response = HttpResponse(answered.body, status=answered.status, content_type="application/json")
    response.headers["X-TIMESTAMP"] = write_timestamp(at, ZoneInfo(settings.TIME_ZONE))
    response.headers["Cache-Control"] = "no-store"
    return response
