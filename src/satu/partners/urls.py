"""Paths end alike at every partner; what is before and after is in its profile."""

from __future__ import annotations

import re

from django.urls import re_path

from satu.formats.snap.codes import ENDPOINTS
from satu.partners.doors import door

ENDS = "|".join(map(re.escape, ENDPOINTS.values()))

urlpatterns = [re_path(rf"^(?:.+/)?(?P<endpoint>{ENDS})(?:\.[a-z]{{1,8}})?$", door)]
