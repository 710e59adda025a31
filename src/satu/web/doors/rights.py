"""Who somebody is at a page, and who may see it. satu.web.doors.table lists every page.

Pages are guarded by `resident_only`, `staff_only(...)`, `signed_in` or marked `public`. To whom
a page is not open, it does not exist: 404. Who is not signed in is asked to, at residents' pages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from satu.people import queries
from satu.people.kinds import STAFF_ROLES, Role
from satu.web.doors.factors import has_factor

View = Callable[..., HttpResponseBase]

KEPT = "_satu_viewer"  # on the request: one page asks several times

# Staff of the city itself: they see every operator and issuer. The others see their own.
CITY_ROLES = STAFF_ROLES - {Role.OPERATOR, Role.BANK}


class Viewer(NamedTuple):
    """Who looks at a page: a resident or somebody of the staff, as the audit trail names them.

    `organisation` is the one operator (`operator:transjakarta`) or issuer (`issuer:mandiri`) that
    they see; None: the whole city. `roles` are those of staff; residents have none, and so have
    staff who still have to set up a second factor (`needs_factor`).
    """

    actor: str
    resident: int | None
    staff: str | None
    roles: frozenset[str]
    organisation: str | None
    is_contractor: bool = False
    needs_factor: bool = False

    def sees_operator(self, code: str) -> bool:
        """Whether an operator's figures are theirs to see."""
        return self._sees(f"operator:{code}")

    def sees_issuer(self, code: str) -> bool:
        """Whether an issuer's figures are theirs to see."""
        return self._sees(f"issuer:{code}")

    def _sees(self, party: str) -> bool:
        return self.organisation == party or not self.roles.isdisjoint(CITY_ROLES)


class Who(StrEnum):
    """Whom a page is for."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"  # any resident, anybody of the staff
    RESIDENT = "resident"
    STAFF = "staff"
    PROGRAM = "program"  # signs its calls or has a key; the page checks that itself


class Right(NamedTuple):
    """Who may see a page. `roles` are of STAFF; empty: all of them."""

    who: Who
    roles: frozenset[str] = frozenset()
    moves_money: bool = False

    def allows(self, viewer: Viewer | None) -> bool:
        """Whether somebody may see a page of this right; None is who is not signed in."""
        if self.who in (Who.PUBLIC, Who.PROGRAM):
            return True
        if viewer is None:
            return False
        match self.who:
            case Who.RESIDENT:
                return viewer.resident is not None
            case Who.STAFF:
                has_role = not self.roles or not self.roles.isdisjoint(viewer.roles)
                return viewer.staff is not None and has_role
            case _:
                return True


PUBLIC = Right(Who.PUBLIC)
SIGNED_IN = Right(Who.SIGNED_IN)
RESIDENT = Right(Who.RESIDENT)
RESIDENTS_MONEY = Right(Who.RESIDENT, moves_money=True)  # their own, by their own word
PROGRAM = Right(Who.PROGRAM)


def staff(*roles: str, moves_money: bool = False) -> Right:
    """The right of staff with any of these roles; none named: of all staff."""
    unknown = set(roles) - STAFF_ROLES
    assert not unknown, f"not roles of staff: {unknown}"
    return Right(Who.STAFF, frozenset(map(str, roles)), moves_money)


def viewer_of(request: HttpRequest) -> Viewer | None:
    """Who looks; None: nobody signed in, an erased resident, staff after their last day."""
    if not hasattr(request, KEPT):
        is_known = request.user.is_authenticated
        setattr(request, KEPT, _viewer(request.user, timezone.now()) if is_known else None)
    viewer: Viewer | None = getattr(request, KEPT)
    return viewer


def forget_viewer(request: HttpRequest) -> None:
    """Who looks has changed: the next `viewer_of` asks again."""
    if hasattr(request, KEPT):
        delattr(request, KEPT)


def hide_unless(may_see: bool) -> None:
    """What somebody may not see does not exist for them: Http404."""
    if not may_see:
        raise Http404


def _viewer(user: Any, at: datetime) -> Viewer | None:
    if user.login is not None:
        member = queries.staff_member(user.login, at)
        if member is None:
            return None
        lacking = settings.STAFF_NEED_FACTOR and not has_factor(user)
        roles: frozenset[str] = frozenset() if lacking else member.roles
        bound = member.acts_for or None
        return Viewer(str(user), None, member.login, roles, bound, member.is_contractor, lacking)
    standing = queries.standing(user.resident)
    if standing is None or standing.is_erased:
        return None
    return Viewer(str(user), user.resident, None, frozenset(), None)


def guard(right: Right) -> Callable[[View], View]:
    """Open a page to those whom a right allows; its `right` is what the table must say."""

    def decorate(view: View) -> View:
        if right.who is Who.PUBLIC:  # nothing is asked, not even who it is
            view.right = right  # type: ignore[attr-defined]
            return view

        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            viewer = viewer_of(request)
            if viewer is not None and viewer.needs_factor and right.who is Who.STAFF:
                return HttpResponseRedirect(reverse("mfa_index"))
            if right.allows(viewer):
                return view(request, *args, **kwargs)
            if viewer is None and right.who in (Who.RESIDENT, Who.SIGNED_IN):
                return _ask_to_sign_in(request)
            raise Http404

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return decorate


public = guard(PUBLIC)
signed_in = guard(SIGNED_IN)
resident_only = guard(RESIDENT)
resident_pays = guard(RESIDENTS_MONEY)


def staff_only(*roles: str, moves_money: bool = False) -> Callable[[View], View]:
    """Open a page to staff with any of these roles; `staff_only()` to all staff."""
    return guard(staff(*roles, moves_money=moves_money))


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; htmx is told to take the whole page there."""
    wanted = request.get_full_path() if request.method == "GET" else ""
    is_part = "HX-Request" in request.headers
    if is_part:
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        wanted = f"{shown.path}?{shown.query}" if shown.query else shown.path
    address = reverse("account_login")
    if wanted.startswith("/"):
        address += "?" + urlencode({"next": wanted})
    if is_part:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
