"""A draft of a tariff: what it changes, rehearsals of it, and its way into force by two people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satu.approvals import queries as approvals
from satu.approvals.actions import Asked, approve, look_at, propose, reject, withdraw
from satu.approvals.errors import WORDS, Refusal
from satu.approvals.kinds import ActivateTariff, RollBackTariff, State
from satu.approvals.models import Proposal
from satu.audit.entry import Subject
from satu.taps import drafts
from satu.taps.models import Draft, Rehearsal
from satu.taps.rerate import Period
from satu.web.console.tariffs import (
    CHANGERS,
    DECIDERS,
    SHORT,
    changes_sheet,
    city_bundle,
    faults_sheet,
    in_force,
    period_words,
)
from satu.web.console.trail import who
from satu.web.design.cells import Badge, Cell, Coded, Link
from satu.web.design.charts import Pair
from satu.web.design.menus import Place
from satu.web.design.sheets import Column, Sheet
from satu.web.doors.rights import CITY_ROLES, Viewer, hide_unless, staff_only, viewer_of
from satu.web.rehearsed import Teller
from satu.web.rehearsed import told as told_rehearsal
from satu.web.said import language, say

CODE = "tariff_change"  # the reason's code; the sentence is among the parameters
WEEK = timedelta(days=6)


def _day_field(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


class PeriodForm(forms.Form):
    """The days whose taps a draft is rehearsed on."""

    first = _day_field(gettext_lazy("First day"))
    last = _day_field(gettext_lazy("Last day"))


class WhyForm(forms.Form):
    """Why fares change: a decree's number, a decision."""

    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("A decree's number or a decision. It stays written down."),
        min_length=3,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ActivateForm(WhyForm):
    """Why a draft comes into force, and whether it takes another's place."""

    replace = forms.BooleanField(
        label=gettext_lazy("It takes the place of a version of its name or first day"),
        required=False,
    )
    field_order = ("why", "replace", "key")


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def draft(request: HttpRequest, number: int) -> HttpResponseBase:
    """A draft with what it changes against the version it would follow."""
    found, viewer = _draft(number), _viewer(request)
    tariff, versions = drafts.tariff_of(found), in_force()
    is_in_force = any(one.name == found.hash[:SHORT] for one in versions)
    before = next((one for one in versions if one.valid_from <= found.valid_from), None)
    old = before.tariff if before and not is_in_force else None
    proposals = approvals.of_subject(Subject("draft", found.id))
    waiting = next((one for one in proposals if one.state == State.WAITING), None)
    may_change = not viewer.roles.isdisjoint(CHANGERS)
    yesterday = timezone.localdate() - timedelta(days=1)
    context = {
        "draft": found,
        "tariff": tariff,
        "crumbs": [*_crumbs(), Place(found.version)],
        "is_in_force": is_in_force,
        "old": before if old else None,
        "name": found.hash[:SHORT],
        "content": Coded("", found.hash[:SHORT]),
        "sheet": changes_sheet(old, tariff) if old else None,
        "notes": _notes(found),
        "rehearsals": _rehearsals(drafts.rehearsals(found.id), may_change),
        "period": PeriodForm(initial={"first": yesterday - WEEK, "last": yesterday}),
        "may_change": may_change,
        "waiting": waiting,
        "may_decide": not viewer.roles.isdisjoint(DECIDERS),
    }
    return render(request, "console/tariff_draft.html", context)


def _notes(found: Draft) -> Sheet | None:
    notes = drafts.notes_of(found)
    return faults_sheet(notes, _("What to know")) if notes else None


def _rehearsals(found: list[Rehearsal], may_change: bool) -> Sheet:
    empty = _("Not rehearsed yet. Choose the days below.")
    return Sheet(
        columns=[
            Column("period", _("Taps of")),
            Column("state", _("State")),
            Column("asked", _("Asked for")),
            Column("by", _("By whom")),
        ],
        rows=[
            [
                Link(
                    period_words(one.first, one.last),
                    reverse("console:rehearsal", args=[one.id]),
                ),
                rehearsal_badge(one),
                one.asked_at,
                who(one.asked_by),
            ]
            for one in found
        ],
        caption=_("Rehearsals"),
        empty=empty if may_change else _("Not rehearsed yet."),
    )


def rehearsal_badge(one: Rehearsal) -> Badge:
    """How far a rehearsal is."""
    if one.problem:
        return Badge("bad", _("Not possible"))
    if one.ended_at:
        return Badge("good", _("Done"))
    return Badge("wait", _("Running")) if one.serials else Badge("wait", _("Waits"))


@require_POST
@never_cache
@staff_only(*CHANGERS)
def rehearse(request: HttpRequest, number: int) -> HttpResponseBase:
    """Have a draft rehearsed on the taps of some days."""
    found, form = _draft(number), PeriodForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a first and a last day."))
        return redirect("console:tariff_draft", number)
    done = drafts.ask_rehearsal(
        draft=found.id, **form.cleaned_data, actor=_viewer(request).actor, at=timezone.now()
    )
    if isinstance(done, drafts.Refusal):
        words = {
            drafts.Refusal.DRAFT_UNKNOWN: _("There is no such draft."),
            drafts.Refusal.PERIOD_INVALID: _("The last day is before the first."),
            drafts.Refusal.PERIOD_TOO_LONG: _("Choose at most 92 days."),
        }
        messages.error(request, words[done])
        return redirect("console:tariff_draft", number)
    return redirect("console:rehearsal", done.id)


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def rehearsal(request: HttpRequest, number: int) -> HttpResponseBase:
    """A rehearsal: how far it is, then its picture and its tables."""
    found = drafts.rehearsal(number)
    if found is None:
        raise Http404
    teller = _teller(found)
    context: dict[str, Any] = {
        "rehearsal": found,
        "badge": rehearsal_badge(found),
        "period": period_words(found.first, found.last),
        "crumbs": [
            *_crumbs(),
            Place(found.draft.version, reverse("console:tariff_draft", args=[found.draft.id])),
            Place(_("Rehearsal")),
        ],
        "percent": 100 * found.done // found.serials if found.serials else 0,
        "is_running": found.ended_at is None,
    }
    if teller is not None:
        context |= {
            "about": teller.about(),
            "groups": [_group(teller, title, rows) for title, rows in teller.groups()],
            "names": teller.names(),
            "asset": teller.what.draft.asset,
            "cards": teller.parts(),
            "notes": teller.notes(),
        }
    return render(request, "console/tariff_rehearsal.html", context)


def _group(
    teller: Teller, title: str, rows: list[tuple[str, Any]]
) -> tuple[str, list[Pair], Sheet]:
    names = ("group", "riders_name", "before", "after", "change")
    columns = [Column(name, teller.say(name), is_number=name != "group") for name in names]
    body: list[list[Cell]] = [[name, *teller.cells(change)] for name, change in rows]
    return title, teller.pairs(rows), Sheet(columns=columns, rows=body, caption=title)


def _teller(found: Rehearsal) -> Teller | None:
    counted, bundle = drafts.rehearsed(found), city_bundle()
    if counted is None or bundle is None:
        return None
    period = Period(found.first, found.last)
    what = told_rehearsal(counted, drafts.tariff_of(found.draft), bundle, period)
    return Teller(what, language())


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def picture(request: HttpRequest, number: int) -> HttpResponseBase:
    """A rehearsal's chart as an SVG file, in the page's language."""
    found = drafts.rehearsal(number)
    teller = _teller(found) if found else None
    if teller is None:
        raise Http404
    return HttpResponse(teller.svg(), content_type="image/svg+xml")


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*CHANGERS)
def activate(request: HttpRequest, number: int) -> HttpResponseBase:
    """Propose that a draft comes into force; somebody else has to approve it."""
    found = _draft(number)
    form = ActivateForm(request.POST or None, initial={"key": uuid4().hex})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        parameters = {"draft": found.id, "why": given["why"], "replace": given["replace"]}
        done = _propose(request, "tariff.activate", parameters, given["key"])
        if isinstance(done, Proposal):
            return redirect("console:tariff_draft", number)
        form.add_error(None, say(WORDS[done]))
    context = {
        "title": _("Bring %(version)s into force?") % {"version": found.version},
        "text": _(
            "Somebody else must approve it. Then readers and gateways take it within seconds."
        ),
        "yes": _("Propose it"),
        "form": form,
        "back": reverse("console:tariff_draft", args=[number]),
        "action": request.path,
    }
    return render(request, "console/tariff_step.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*CHANGERS)
def roll_back(request: HttpRequest) -> HttpResponseBase:
    """Propose that the tariffs of before the last change come back."""
    bundle = city_bundle()
    if bundle is None:
        raise Http404
    form = WhyForm(request.POST or None, initial={"key": uuid4().hex})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        parameters = {"city": bundle.city, "why": given["why"]}
        done = _propose(request, "tariff.roll_back", parameters, given["key"])
        if isinstance(done, Proposal):
            return redirect("console:tariffs")
        form.add_error(None, say(WORDS[done]))
    context = {
        "title": _("Go back to the tariffs of before?"),
        "text": _("Somebody else must approve it. What was ridden keeps its price."),
        "yes": _("Propose it"),
        "kind": "danger",
        "form": form,
        "back": reverse("console:tariffs"),
        "action": request.path,
    }
    return render(request, "console/tariff_step.html", context)


def _propose(
    request: HttpRequest, action: str, parameters: dict[str, str | int], key: str
) -> Proposal | Refusal:
    viewer = _viewer(request)
    asked = Asked(action, parameters, CODE, "", f"{viewer.actor}:{key}")
    done = propose(asked=asked, actor=viewer.actor, at=timezone.now())
    if isinstance(done, Proposal):
        messages.success(request, _("Proposed. Somebody else must approve it within 72 hours."))
    return done


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*DECIDERS)
def decide(request: HttpRequest, number: int) -> HttpResponseBase:
    """What is proposed and why; somebody else approves or declines, who proposed withdraws."""
    viewer, at = _viewer(request), timezone.now()
    found = approvals.proposal(number)
    hide_unless(found is not None and found.action.startswith("tariff."))
    assert found is not None
    if request.method == "POST":
        return _decide(request, found, viewer)
    seen = look_at(proposal=number, actor=viewer.actor, at=at)
    if isinstance(seen, Refusal) or not isinstance(seen, ActivateTariff | RollBackTariff):
        raise Http404
    about = drafts.draft(seen.draft) if isinstance(seen, ActivateTariff) else None
    context = {
        "proposal": found,
        "why": seen.why,
        "about": about,
        "replaces": isinstance(seen, ActivateTariff) and seen.replace,
        "is_waiting": found.state == State.WAITING,
        "is_own": found.proposed_by == viewer.staff,
        "outcome": _outcome(found),
        "crumbs": [*_crumbs(), Place(_("Proposal"))],
    }
    return render(request, "console/tariff_proposal.html", context)


def _decide(request: HttpRequest, found: Proposal, viewer: Viewer) -> HttpResponseBase:
    at, what = timezone.now(), request.POST.get("what")
    if what == "approve":
        done = approve(proposal=found.id, actor=viewer.actor, at=at)
    elif what == "withdraw":
        done = withdraw(proposal=found.id, actor=viewer.actor, at=at)
    else:
        done = reject(proposal=found.id, reason="declined", actor=viewer.actor, at=at)
    if isinstance(done, Refusal):
        messages.error(request, say(WORDS[done]))
    elif done.state == State.DONE:
        messages.success(request, _("It is in force. Readers take it within seconds."))
    elif done.state == State.REFUSED:
        messages.error(request, _outcome(done))
    else:
        messages.success(request, _("Written down."))
    return redirect("console:tariff_decide", found.id)


def _outcome(found: Proposal) -> str:
    """What became of a proposal, and what to do."""
    told = {
        State.WAITING: "",
        State.DONE: _("Approved: it is in force."),
        State.REJECTED: _("Declined."),
        State.WITHDRAWN: _("Withdrawn."),
        State.EXPIRED: _("Nobody decided in time. Propose it again."),
    }
    refused = {
        "version_known": _(
            "Another version has this name or first day. Propose it again as taking its place."
        ),
        "tariff_unusable": _("It does not price all places and lines. Upload it again, completed."),
        "nothing_before": _("There were no other tariffs before."),
        "city_unknown": _("The city is not loaded any more."),
    }
    state = State(found.state)
    if state is State.REFUSED:
        return refused.get(found.result, found.result)
    return told[state]


def _crumbs() -> list[Place]:
    return [Place(_("Tariffs"), reverse("console:tariffs"))]


def _draft(number: int) -> Draft:
    found = drafts.draft(number)
    if found is None:
        raise Http404
    return found


def _viewer(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    assert viewer is not None
    return viewer
