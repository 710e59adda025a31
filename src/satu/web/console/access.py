"""Who may see the console: a session that a staff link opened. Others are told nothing is here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

ACTOR = "staff_actor"
SHIFT_S = 12 * 3600

View = Callable[..., HttpResponseBase]


def begin_session(request: HttpRequest, actor: str) -> None:
    """Make the session a staff member's; it gets a new name, and loses what it held before."""
    request.session.flush()
    request.session[ACTOR] = actor
    request.session.set_expiry(SHIFT_S)


def staff_actor(request: HttpRequest) -> str | None:
    """Who of the staff the session is; None: nobody's."""
    actor: str | None = request.session.get(ACTOR)
    return actor


def staff_only(view: View) -> View:
    """Let staff through; to anybody else the page does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not staff_actor(request):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
