"""The one live picture of this process, which the console's and the public's pages share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone

from satu.insight.live import LivePicture
from satu.ledger.actions import raw_connection

_snapshots: dict[Callable[[LivePicture], dict[str, Any]], tuple[int, dict[str, Any]]] = {}


@cache
def _picture() -> LivePicture:
    return LivePicture(public_delay_s=settings.PUBLIC_DELAY_S)


def current_picture() -> LivePicture:
    """The picture, brought up to date."""
    picture = _picture()
    picture.refresh(raw_connection(), timezone.now())
    return picture


def current_snapshot(told: Callable[[LivePicture], dict[str, Any]]) -> dict[str, Any]:
    """What one of insight.snapshots tells of the picture now, made once a reading for all."""
    picture = current_picture()
    known = _snapshots.get(told)
    if known is None or known[0] != picture.version:
        known = _snapshots[told] = (picture.version, told(picture))
    return known[1]
