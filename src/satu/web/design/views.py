"""The page that shows every component, and the frames they stand in. For whoever draws a page."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from satu.web.design import examples, statics
from satu.web.design.sheets import Sort, asked_sort, csv_answer
from satu.web.doors.rights import public

FRAMES = ("portal", "console")


@require_GET
@public
def parts(request: HttpRequest) -> HttpResponseBase:
    """Every component once; its table can be sorted and downloaded as any other."""
    first = Sort("card", False)
    sheet = examples.table(first)
    sort = asked_sort(request, sheet.columns, first)
    if request.GET.get("format") == "csv":
        return csv_answer(examples.table(sort), "contoh")
    return _quiet(render(request, "design/gallery.html", examples.context(sort)))


@require_GET
@public
def framed(request: HttpRequest, frame: str) -> HttpResponse:
    """The frame of a front with a page in it as its people would see it."""
    if frame not in FRAMES:
        raise Http404
    context = examples.context(Sort("card", False))
    return _quiet(render(request, f"design/example_{frame}.html", context))


@require_GET
@public
def confirm(request: HttpRequest) -> HttpResponse:
    """A question to confirm: it changes nothing, it only shows how one asks."""
    asked = {
        "title": _("Report this card lost?"),
        "text": _("No gate will take it a minute from now. Your balance stays yours."),
        "yes": _("Yes, report it lost"),
        "kind": "danger",
        "back": "/design/",
        "action": "/design/confirm/",
        "method": "get",
    }
    return _quiet(render(request, "design/example_confirm.html", asked))


@require_GET
@public
def sheet(request: HttpRequest) -> HttpResponse:
    """The style sheet of every page: `statics.TOPICS` in one."""
    return HttpResponse(
        statics.joined_sheet(),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": statics.FOREVER},
    )


@require_GET
@public
def moved(request: HttpRequest, digest: str, name: str) -> HttpResponseBase:
    """A file that a page of another version asks for: two may run side by side for a while."""
    if f"/static/{digest}/" == settings.STATIC_URL:
        raise Http404
    answer = redirect(f"{settings.STATIC_URL}{name}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _quiet(response: HttpResponse) -> HttpResponse:
    """Not for search engines."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response
