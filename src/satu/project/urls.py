"""Which front answers which address. Fronts add their own urls under their folder."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from satu.web.design.views import moved, sheet

handler400 = "satu.web.design.faults.bad_request"
handler403 = "satu.web.design.faults.permission_denied"
handler404 = "satu.web.design.faults.not_found"
handler429 = "satu.web.doors.views.limited"
handler500 = "satu.web.design.faults.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("masuk/", include("satu.web.doors.urls")),
    path("saya/", include("satu.web.portal.urls")),
    path("console/", include("satu.web.console.urls")),
    path("design/", include("satu.web.design.urls")),
    path(f"{settings.STATIC_URL[1:]}satu/css/satu.css", sheet, name="sheet"),
    re_path(r"^static/(?P<digest>[0-9a-f]{12})/(?P<name>.+)$", moved, name="moved"),
    path("api/", include("satu.web.api.urls")),
    path("", include("satu.partners.urls")),
    path("", include("satu.web.public.urls")),
]
