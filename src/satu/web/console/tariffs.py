"""Tariffs: what is in force, what changes between two of them, drafts that were uploaded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from satu.approvals import queries as approvals
from satu.fares.changes import changes
from satu.fares.files.read import content_hash
from satu.fares.tariff import Tariff
from satu.formats.faults.fault import Fault
from satu.ledger.actions import raw_connection
from satu.people.kinds import Role
from satu.services.rules import Bundle
from satu.taps import drafts
from satu.taps.models import Draft
from satu.taps.places import NoCityLoaded, bundle_digest, load_bundle
from satu.taps.queries import activations
from satu.web.console.tariffs_words import told
from satu.web.console.trail import who
from satu.web.design.cells import Badge, Cell, Coded, Link, Noted
from satu.web.design.formats import day as written_day
from satu.web.design.menus import Place
from satu.web.design.sheets import Column, Sheet, csv_answer
from satu.web.doors.rights import CITY_ROLES, staff_only, viewer_of
from satu.web.said import language, say

CHANGERS = (Role.ADMINISTRATOR,)
DECIDERS = (Role.ADMINISTRATOR, Role.TREASURER)
SHORT = 12  # digits of a content's name that people compare
MOST_CHANGES = 200
MOST_LOGGED = 30


class Known(NamedTuple):
    """A tariff in force; `name` is its content's, short."""

    name: str
    version: str
    valid_from: date
    tariff: Tariff


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def tariffs(request: HttpRequest) -> HttpResponseBase:
    """The versions in force, the drafts, and every change of what is in force."""
    bundle = city_bundle()
    today = timezone.localdate()
    versions = in_force()
    found = drafts.drafts(bundle.city) if bundle else []
    waiting = [one for one in approvals.waiting() if one.action.startswith("tariff.")]
    context = {
        "versions": _versions(versions, today),
        "drafts": _drafts(found, {one.name for one in versions}),
        "log": activations(bundle.city)[:MOST_LOGGED] if bundle else [],
        "waiting": waiting,
        "choices": comparable(versions, found),
        "pair": _usual_pair(versions, found),
        "may_change": _holds(request, CHANGERS),
        "may_decide": _holds(request, DECIDERS),
        "city": bundle.city if bundle else "",
    }
    return render(request, "console/tariffs.html", context)


def city_bundle() -> Bundle | None:
    """The city's facts in force; None: none is loaded."""
    try:
        return _bundle(bundle_digest(raw_connection()))
    except NoCityLoaded:
        return None


def in_force() -> list[Known]:
    """The versions in force, the newest first; none before a city is loaded."""
    try:
        return _versions_of(bundle_digest(raw_connection()))
    except NoCityLoaded:
        return []


@lru_cache(maxsize=2)
def _bundle(digest: bytes) -> Bundle:
    """Decoded once for every change of what is in force."""
    return load_bundle(raw_connection())


@lru_cache(maxsize=2)
def _versions_of(digest: bytes) -> list[Known]:
    newest_first = sorted(_bundle(digest).tariffs, key=lambda one: one.valid_from, reverse=True)
    return [
        Known(content_hash(one)[:SHORT], one.version, one.valid_from, one) for one in newest_first
    ]


def comparable(versions: list[Known], found: list[Draft]) -> list[tuple[str, str]]:
    """What can be compared: its name and its words."""
    names = {one.name for one in versions}
    own = [(one.name, f"{one.version} · {_day(one.valid_from)}") for one in versions]
    return own + [
        (one.hash[:SHORT], _("draft %(version)s") % {"version": f"{one.version} · {one.id}"})
        for one in found
        if one.hash[:SHORT] not in names
    ]


def _usual_pair(versions: list[Known], found: list[Draft]) -> tuple[str, str]:
    """What is compared if nothing is chosen: the newest version with the newest draft."""
    before = versions[0].name if versions else ""
    return before, found[0].hash[:SHORT] if found else before


def _holds(request: HttpRequest, roles: Collection[str]) -> bool:
    viewer = viewer_of(request)
    return viewer is not None and not viewer.roles.isdisjoint(roles)


def _versions(found: list[Known], today: date) -> Sheet:
    now = next((one.name for one in found if one.valid_from <= today), "")
    return Sheet(
        columns=[
            Column("version", _("Version")),
            Column("from", _("In force from")),
            Column("state", _("State")),
            Column("source", _("Source")),
            Column("content", _("Content")),
        ],
        rows=[_version_cells(one, now, today) for one in found],
        caption=_("Versions in force"),
        empty=_("No city is loaded yet. Those who run Satu load one."),
    )


def _version_cells(one: Known, now: str, today: date) -> list[Cell]:
    state = Badge("none", _("Earlier"))
    if one.name == now:
        state = Badge("good", _("Today"))
    elif one.valid_from > today:
        state = Badge("wait", _("Later"))
    source, content = one.tariff.source or "–", Coded("", one.name)
    return [one.version, _day(one.valid_from), state, source, content]


def _drafts(found: list[Draft], names: set[str]) -> Sheet:
    return Sheet(
        columns=[
            Column("draft", _("Draft")),
            Column("from", _("In force from")),
            Column("state", _("State")),
            Column("at", _("Uploaded")),
            Column("by", _("By whom")),
        ],
        rows=[
            [
                Link(one.version, reverse("console:tariff_draft", args=[one.id]), f"#{one.id}"),
                _day(one.valid_from),
                Badge("good", _("In force"))
                if one.hash[:SHORT] in names
                else Badge("none", _("Draft")),
                one.at,
                who(one.actor),
            ]
            for one in found
        ],
        caption=_("Drafts"),
        empty=_("Nothing was uploaded yet."),
    )


def _day(on: date) -> str:
    return written_day(on, language())


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def compare(request: HttpRequest) -> HttpResponseBase:
    """What one tariff (`?ke=`) says that another (`?dari=`) does not, in words."""
    bundle = city_bundle()
    if bundle is None:
        raise Http404
    versions, found = in_force(), drafts.drafts(bundle.city)
    old = _tariff(request.GET.get("dari", ""), versions, found)
    new = _tariff(request.GET.get("ke", ""), versions, found)
    context: dict[str, object] = {
        "choices": comparable(versions, found),
        "pair": (request.GET.get("dari", ""), request.GET.get("ke", "")),
        "crumbs": [Place(_("Tariffs"), reverse("console:tariffs")), Place(_("Compare"))],
        "old": old,
        "new": new,
    }
    if old is not None and new is not None:
        sheet = changes_sheet(old, new, request.GET.get("format") == "csv", "csv")
        if request.GET.get("format") == "csv":
            return csv_answer(sheet, "perubahan-tarif")
        context["sheet"] = sheet
    return render(request, "console/tariff_compare.html", context)


def _tariff(name: str, versions: list[Known], found: list[Draft]) -> Tariff | None:
    for one in versions:
        if one.name == name:
            return one.tariff
    for draft in found:
        if draft.hash[:SHORT] == name:
            return drafts.tariff_of(draft)
    return None


def changes_sheet(old: Tariff, new: Tariff, is_file: bool = False, export: str = "") -> Sheet:
    """What changes from one tariff to another, a row a rule."""
    rows = told(changes(old, new), new)
    shown = rows if is_file else rows[:MOST_CHANGES]
    counts = {"n": len(shown), "count": len(rows)}
    return Sheet(
        columns=[
            Column("part", _("Part")),
            Column("rule", _("Rule")),
            Column("what", _("What happens")),
            Column("how", _("How")),
        ],
        rows=[[one.part, one.name or "–", one.badge, one.how or "–"] for one in shown],
        caption=_("What changes"),
        said=_("%(n)s of %(count)s changes") % counts if rows else "",
        empty=_("Nothing changes: both say the same."),
        export=export,
    )


class UploadForm(forms.Form):
    """A tariff's files in a zip."""

    draft = forms.FileField(
        label=gettext_lazy("The tariff's files, packed in a zip"),
        help_text=gettext_lazy("GTFS Fares v2 and satu_*.txt at the top of the zip, up to 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
        error_messages={
            "required": gettext_lazy("Choose the zip with the tariff's files."),
            "empty": gettext_lazy("This file is empty. Pack the tariff's files into a zip."),
        },
    )


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*CHANGERS)
def upload(request: HttpRequest) -> HttpResponseBase:
    """Take a draft; what is wrong with it is told file by file and line by line."""
    bundle, viewer = city_bundle(), viewer_of(request)
    if bundle is None or viewer is None:
        raise Http404
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    faults: list[Fault] = []
    if form.is_valid():
        given = form.cleaned_data["draft"]
        kept = drafts.keep_draft(
            city=bundle.city,
            files=given.read(drafts.MOST_BYTES + 1),
            name=given.name or "",
            actor=viewer.actor,
            at=timezone.now(),
        )
        if kept.draft is not None:
            messages.success(request, _("It has no faults and is kept as a draft."))
            return redirect("console:tariff_draft", kept.draft.id)
        if _is_refused_whole(kept.faults):
            form.add_error("draft", capfirst(say(kept.faults[0].words)))
        else:
            faults = kept.faults
    context = {
        "form": form,
        "crumbs": [Place(_("Tariffs"), reverse("console:tariffs")), Place(_("Upload a draft"))],
        "faults": faults,
        "sheet": faults_sheet(faults),
    }
    return render(request, "console/tariff_upload.html", context)


def _is_refused_whole(found: Sequence[Fault]) -> bool:
    """Whether the zip itself is wrong, and nothing in it was looked at."""
    return any(one.code.startswith("upload_") for one in found)


def faults_sheet(found: Sequence[Fault], what: str = "") -> Sheet:
    """Faults or notes of a tariff's files, in the page's language."""
    told_as = what or _("What is wrong")
    return Sheet(
        columns=[
            Column("file", _("File")),
            Column("row", _("Row"), is_number=True),
            Column("field", _("Column")),
            Column("problem", told_as),
        ],
        rows=[
            [one.file or "–", one.row or "–", one.field or "–", Noted(say(one.words), "")]
            for one in found
        ],
        caption=told_as,
    )


def period_words(first: date, last: date) -> str:
    """`16 Nov 2026 – 22 Nov 2026`."""
    return f"{_day(first)} – {_day(last)}"
