"""Where somebody came from and goes to: addresses of machines, first pages, the page wanted."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from satu.people.kinds import Role
from satu.web.doors.rights import Viewer, viewer_of

WANTED = "doors_wanted"
HOMES = {"resident": ("portal:home",), "staff": ("console:home", "console:live")}
PARTIES = {Role.OPERATOR: "console:own_revenue", Role.BANK: "console:bank"}


def address_of(request: HttpRequest) -> str:
    """The address that a request came from; behind the proxy of production, what that one saw."""
    if settings.PRODUCTION:
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if seen:
            return seen
    return str(request.META.get("REMOTE_ADDR", ""))


def home_of(viewer: Viewer | None) -> str:
    """The path of the first page for somebody."""
    names: tuple[str, ...] = ()
    if viewer is not None:
        parties = [PARTIES[role] for role in PARTIES if role in viewer.roles]
        names = (*parties, *HOMES["staff" if viewer.staff else "resident"])
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue  # a front that is not part of this installation
    return reverse("public:home")


def note_wanted(request: HttpRequest) -> None:
    """Remember the page that somebody was on the way to (`?next=`), if it is one of ours."""
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, None) and wanted.startswith("/"):
        request.session[WANTED] = wanted


def after_sign_in(request: HttpRequest) -> str:
    """The path to go to after a sign-in."""
    wanted: str = request.session.pop(WANTED, "")
    return wanted or home_of(viewer_of(request))
