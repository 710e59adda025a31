"""Whether the web can do its work: for load balancers and for `satu up`."""

from __future__ import annotations

from django.db import OperationalError, connection
from django.http import HttpRequest, JsonResponse

from satu.web.doors.rights import public


@public
def health(request: HttpRequest) -> JsonResponse:
    """200 `{"ok": true}`, or 503 while the database is away."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except OperationalError:
        return JsonResponse({"ok": False, "code": "database_away"}, status=503)
    return JsonResponse({"ok": True})
