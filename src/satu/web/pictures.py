"""The one live picture of this process, which the console's and the public's pages share."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils import timezone

from satu.insight.live import LivePicture
from satu.ledger.actions import raw_connection


@cache
def _picture() -> LivePicture:
    return LivePicture(public_delay_s=settings.PUBLIC_DELAY_S)


def current_picture() -> LivePicture:
    """The picture, brought up to date."""
    picture = _picture()
    picture.refresh(raw_connection(), timezone.now())
    return picture
