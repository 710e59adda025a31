"""What can be asked about a journey: a missing tap is told in two clicks, money asked back."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from satu.cases.actions import NewCase, open_case
from satu.cases.errors import Refusal as CaseRefusal
from satu.cases.kinds import REFUND, RIDE, Channel
from satu.cases.queries import about
from satu.cases.repairs import follow_repairs
from satu.cases.rules import TEXT_LENGTH
from satu.cases.words import REFUSALS as CASE_REFUSALS
from satu.project import environment
from satu.taps.missing import Choice, MissingTap, missing_tap
from satu.taps.repair_rules import Refusal, RepairState
from satu.taps.repair_words import REFUSALS
from satu.taps.repairs import ask_repair
from satu.web.design.cells import Money
from satu.web.design.menus import Place
from satu.web.doors.rights import hide_unless, resident_only, resident_pays
from satu.web.portal.journey import (
    Opened,
    lacking,
    leg_shown,
    money_of,
    moved_for,
    opened,
    reasons_of,
    repair_of,
    times_of,
    title_of,
)
from satu.web.portal.lines import clock, money
from satu.web.portal.own import Asker, asker
from satu.web.said import say

ONE_DAY = timedelta(days=1)
OFFERED = 3  # habits that are a button of their own
REASONS = {
    "fare_wrong": gettext_lazy("The fare is wrong"),
    "not_ridden": gettext_lazy("I did not ride there"),
    "twice": gettext_lazy("I was charged twice"),
    "other": gettext_lazy("Something else"),
}


class TapForm(forms.Form):
    """Where the missing tap was, and about when: left empty, the usual time of the way is taken."""

    place = forms.ChoiceField(label=gettext_lazy("Another place"))
    time = forms.TimeField(
        label=gettext_lazy("About what time?"),
        help_text=gettext_lazy(
            "Leave it empty if you do not know: we take how long it usually is."
        ),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        required=False,
    )


class RefundForm(forms.Form):
    """Why somebody wants the money of a journey back."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong?"), choices=[*REASONS.items()], widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy(
            "In your words. They are kept sealed; who reads them is written down."
        ),
        max_length=TEXT_LENGTH - 100,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


@require_http_methods(["GET", "POST"])
@never_cache
@resident_pays
def repair(request: HttpRequest, name: str) -> HttpResponseBase:
    """Choose where one got off: a rule gives the money back at once, or staff look at it."""
    asks = asker(request)
    found = _opened(asks, name)
    leg = lacking(found) if found.told.legs else None
    missing = leg and missing_tap(card=found.named.card, use=leg.use, at=asks.at)
    if leg is None or not missing or not missing.choices or repair_of(found):
        return redirect("portal:journey", name)
    form = TapForm(request.POST or None)
    places = [(one.code, one.name) for one in missing.choices]
    form.fields["place"].choices = places  # type: ignore[attr-defined]
    habits = [_offer(one) for one in missing.choices[:OFFERED] if one.rides]
    if not habits:
        form.fields["place"].label = _("Place")
    if form.is_valid():
        refused = _tell(asks, found, leg.use, missing, form, request)
        if not refused:
            return redirect("portal:journey", name)
        form.add_error(None, refused)
    context = {
        "crumbs": _crumbs(found, _("Missing tap")),
        "title": title_of([leg]),
        "leg": leg_shown(leg, found.asset),
        "missing": missing,
        "known_at": clock(missing.known_at),
        "fare": Money(leg.fare, found.asset),
        "habits": habits,
        "form": form,
    }
    return render(request, "portal/repair.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@resident_only
def refund(request: HttpRequest, name: str) -> HttpResponseBase:
    """Ask for the money of a journey, with what is known of it beside; one case a journey."""
    asks = asker(request)
    found = _opened(asks, name)
    if not found.told.legs:
        return redirect("portal:journey", moved_for(found, asks))
    use = found.told.legs[0].use
    standing = about(f"{RIDE}{use}")
    if standing is not None and standing.resident == asks.resident:
        return redirect("portal:case", standing.pk)
    form = RefundForm(request.POST or None)
    if form.is_valid():
        told = form.cleaned_data
        wanted = NewCase(
            kind=REFUND,
            channel=Channel.PAGE,
            key=f"refund:{asks.resident}:{use}",
            resident=asks.resident,
            card=found.named.card,
            text=f"{REASONS[told['reason']]}. {told['text']}",
            about=f"{RIDE}{use}",
        )
        done = open_case(new=wanted, actor=asks.actor, at=asks.at)
        if not isinstance(done, CaseRefusal):
            messages.success(request, _("We have it. The answer comes here and as a message."))
            return redirect("portal:case", done.case.pk)
        form.add_error(None, say(CASE_REFUSALS[done]))
    legs = found.told.legs
    context = {
        "crumbs": _crumbs(found, _("Ask for a refund")),
        "title": title_of(legs),
        "times": times_of(legs),
        "legs": [leg_shown(leg, found.asset) for leg in legs],
        "reasons": reasons_of(legs, found.asset),
        "postings": money_of(found)[1],
        "form": form,
    }
    return render(request, "portal/refund.html", context)


def _opened(asks: Asker, name: str) -> Opened:
    """A journey on whose money the resident may act; Http404: there is none."""
    found = opened(asks, name)
    if found is None:
        raise Http404
    hide_unless(found.may_ask)
    return found


def _crumbs(found: Opened, here: str) -> list[Place]:
    return [
        Place(_("History"), reverse("portal:history")),
        Place(title_of(found.told.legs), reverse("portal:journey", args=[found.name])),
        Place(here),
    ]


def _offer(choice: Choice) -> tuple[Choice, str]:
    """A habit with its likely time."""
    return choice, clock(choice.likely_at)


def _tell(
    asks: Asker, found: Opened, use: int, missing: MissingTap, form: TapForm, request: HttpRequest
) -> str:
    """Ask for the repair and say what became of it; why not, if it was refused."""
    code, at = form.cleaned_data["place"], form.cleaned_data["time"]
    choice = next(one for one in missing.choices if one.code == code)
    done = ask_repair(
        url=environment.app_url(),
        card=found.named.card,
        use=use,
        point=code,
        said_at=said_time(missing, at) if at else choice.likely_at,
        actor=asks.actor,
        at=asks.at,
    )
    if isinstance(done, Refusal):
        return say(REFUSALS[done])
    if done.repair.state == RepairState.APPROVED:
        back = {"money": money(done.repair.refunded, found.asset)}
        messages.success(request, _("%(money)s is back on your card.") % back)
        return ""
    follow_repairs(actor=asks.actor, at=asks.at)
    messages.info(request, _("Staff look at it now. The answer comes here and as a message."))
    return ""


def said_time(missing: MissingTap, at: time) -> datetime:
    """The instant of a wall-clock time: the first after the tap that is known, or the last before
    it, if it is the entry that is missing."""
    known = localtime(missing.known_at)
    found = datetime.combine(known.date(), at, known.tzinfo)
    if missing.lacks_exit:
        return found if found >= known.replace(second=0, microsecond=0) else found + ONE_DAY
    return found if found <= known else found - ONE_DAY
