"""Forgets what no door needs any more: ended sessions, old codes, users of erased residents."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

from django.conf import settings

from satu.cards.handing import forget_unused
from satu.people.queries import erased_among
from satu.web.doors.codes import KEPT
from satu.web.doors.models import Code, User


def forget_old(*, at: datetime) -> int:
    """Remove them; how many codes and users went. A user goes with their passkeys and sessions."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    forget_unused(before=at - KEPT)
    codes, _ = Code.objects.filter(made_at__lt=at - KEPT).delete()
    residents = [user.resident for user in User.objects.only("resident") if user.resident]
    gone = User.objects.filter(resident__in=erased_among(residents))
    users = gone.count()
    gone.delete()
    return codes + users
