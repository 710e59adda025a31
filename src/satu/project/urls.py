"""Which front answers which address. Fronts add their own urls under their folder."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
