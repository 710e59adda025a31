"""The one live picture of this process, which the console's and the public's pages share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from satu.insight.live import LivePicture
from satu.insight.snapshots import staff_snapshot
from satu.ledger.actions import raw_connection

MOST_ANSWERS = 64  # of one reading, by what was known to who asks

_answers: tuple[int, dict[int, bytes]] = (-1, {})
_snapshots: dict[Callable[[LivePicture], dict[str, Any]], tuple[int, dict[str, Any]]] = {}


@cache
def _picture() -> LivePicture:
    return LivePicture(public_delay_s=settings.PUBLIC_DELAY_S)


def current_picture() -> LivePicture:
    """The picture, brought up to date."""
    picture = _picture()
    picture.refresh(raw_connection(), timezone.now())
    return picture


def current_answer(since: int) -> bytes:
    """The control room's figures with the taps since a version, as JSON.

    Nearly all who look ask since the same version: each answer is written once for all of them.
    """
    global _answers
    snapshot = current_snapshot(staff_snapshot)
    picture, version = _picture(), snapshot["version"]
    picture.note_asked()
    if _answers[0] != version or len(_answers[1]) > MOST_ANSWERS:
        _answers = (version, {})
    answers = _answers[1]
    if since not in answers:
        fresh = picture.pulses_for(since, version).items()
        pulses = [[place, sign, taps] for (place, sign), taps in fresh]
        answers[since] = msgspec.json.encode(snapshot | {"pulses": pulses})
    return answers[since]


def current_snapshot(told: Callable[[LivePicture], dict[str, Any]]) -> dict[str, Any]:
    """What one of insight.snapshots tells of the picture now, made once a reading for all."""
    picture = current_picture()
    known = _snapshots.get(told)
    if known is None or known[0] != picture.version:
        known = _snapshots[told] = (picture.version, told(picture))
    return known[1]
