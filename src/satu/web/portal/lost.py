"""A card that is mislaid or gone: frozen and unfrozen, reported lost, replaced."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from satu.cards.actions import Changed
from satu.cards.errors import Refusal
from satu.cards.kinds import CardState, Why
from satu.cards.lifecycle import LOST, freeze_card, replace_card, report_lost, unfreeze_card
from satu.cards.telling import tail
from satu.cards.words import REFUSALS
from satu.people.kinds import Scope
from satu.web.doors.home import home_of
from satu.web.doors.rights import resident_only, viewer_of
from satu.web.portal.own import Acted, acted_on, asker, purses_in_order
from satu.web.said import say

page = require_http_methods(["GET", "POST"])


class LostForm(forms.Form):
    """Whether a card was lost or taken."""

    why = forms.ChoiceField(
        label=gettext_lazy("What happened?"),
        choices=[
            (Why.LOST.value, gettext_lazy("I lost it")),
            (Why.STOLEN.value, gettext_lazy("It was stolen")),
        ],
        initial=Why.LOST.value,
        widget=forms.RadioSelect,
    )


@page
@never_cache
@resident_only
def freeze(request: HttpRequest, card: int) -> HttpResponseBase:
    """Let a card open no door until its holder wants."""
    asks = asker(request)
    found = acted_on(asks, card, Scope.CARD)
    if request.method == "POST":
        done = freeze_card(card=card, owner=found.holder, actor=asks.actor, at=asks.at)
        return _tell(request, done, _("%(card)s is frozen: it opens no gate."), found)
    asked = {
        "title": _("Freeze %(card)s?") % {"card": found.called},
        "text": _("It opens no gate until you unfreeze it here. Its money stays on it."),
        "yes": _("Freeze"),
    }
    return _ask(request, asked)


@page
@never_cache
@resident_only
def unfreeze(request: HttpRequest, card: int) -> HttpResponseBase:
    """Let a frozen card open doors again."""
    asks = asker(request)
    found = acted_on(asks, card, Scope.CARD)
    if request.method == "POST":
        done = unfreeze_card(card=card, owner=found.holder, actor=asks.actor, at=asks.at)
        return _tell(request, done, _("%(card)s opens gates again."), found)
    asked = {
        "title": _("Unfreeze %(card)s?") % {"card": found.called},
        "text": _("It opens gates again, everywhere within a minute."),
        "yes": _("Unfreeze"),
    }
    return _ask(request, asked)


@page
@never_cache
@resident_only
def lost(request: HttpRequest, card: int) -> HttpResponseBase:
    """Deny a card at once; then its replacement is asked for."""
    asks = asker(request)
    found = acted_on(asks, card, Scope.CARD)
    if found.card.state is CardState.CLOSED or found.card.why in LOST:
        return redirect("portal:replace", card)
    form = LostForm(request.POST or None)
    if form.is_valid():
        why = Why(form.cleaned_data["why"])
        done = report_lost(card=card, why=why, owner=found.holder, actor=asks.actor, at=asks.at)
        if isinstance(done, Refusal):
            return _tell(request, done, "", found)
        told = _("%(card)s opens no gate any more.") % {"card": found.called}
        messages.success(request, told)
        return redirect("portal:replace", card)
    asked = {
        "title": _("Report %(card)s lost?") % {"card": found.called},
        "text": _("It opens no gate from now on: online gates know within seconds."),
        "notes": [
            _("Its money is safe and moves to the next card."),
            _("What others ride with it from now on is not yours to pay."),
            _("Only mislaid? Freeze it instead: that you can undo."),
        ],
        "yes": _("Report lost"),
        "kind": "danger",
        "form": form,
    }
    return _ask(request, asked)


@page
@never_cache
@resident_only
def replace(request: HttpRequest, card: int) -> HttpResponseBase:
    """A new card with the same purses; once that is done, the page tells its number."""
    asks = asker(request)
    found = acted_on(asks, card, Scope.CARD)
    reason = found.card.why
    if request.method == "POST":
        why = Why(reason) if reason in LOST else Why.DAMAGED
        done = replace_card(card=card, why=why, actor=asks.actor, at=asks.at)
        if isinstance(done, Refusal):
            return _tell(request, done, "", found)
        return redirect("portal:replace", card)
    successor = None
    if found.card.successor is not None:
        successor = acted_on(asks, found.card.successor, Scope.CARD)
    context = {
        "card": found,
        "is_lost": reason in LOST,
        "is_over": found.card.state is CardState.CLOSED and successor is None,
        "successor": successor,
        "number": tail(successor.card.number) if successor else "",
        "purses": purses_in_order(card),
        "steps": [_("Reported"), _("New card")],
    }
    return render(request, "portal/replace.html", context)


def _ask(request: HttpRequest, asked: Mapping[str, object]) -> HttpResponseBase:
    """The step to confirm, as a page of its own or over the page one came from."""
    back = home_of(viewer_of(request))
    return render(request, "portal/confirm.html", {"action": request.path, "back": back, **asked})


def _tell(
    request: HttpRequest, done: Changed | Refusal, told: str, found: Acted
) -> HttpResponseBase:
    """Back to where one came from, with what was done or why not."""
    if isinstance(done, Refusal):
        messages.error(request, say(REFUSALS[done]))
    else:
        messages.success(request, told % {"card": found.called})
    is_own = found.is_own
    return redirect(home_of(viewer_of(request)) if is_own else reverse("portal:family"))
