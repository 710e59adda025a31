"""Finds the user of a session. Nobody is let in here: satu.web.doors.sessions does that."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend

from satu.web.doors.models import User


class SessionBackend(BaseBackend):
    """Django's AUTHENTICATION_BACKENDS need one that knows users by number."""

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id).first()
