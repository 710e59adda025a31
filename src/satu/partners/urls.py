"""Paths end alike at every partner; what is before and after is in its profile."""

from __future__ import annotations

import re

from django.urls import re_path

from satu.partners.doors import BY_ENDPOINT, door

ENDS = "|".join(map(re.escape, BY_ENDPOINT))

urlpatterns = [re_path(rf"^(?:.+/)?(?P<endpoint>{ENDS})(?:\.[a-z]{{1,8}})?$", door)]
