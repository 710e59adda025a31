"""Which front answers which address. Fronts add their own urls under their folder."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("console/", include("satu.web.console.urls")),
    path("api/", include("satu.web.api.urls")),
    path("", include("satu.partners.urls")),
    path("", include("satu.web.public.urls")),
]
