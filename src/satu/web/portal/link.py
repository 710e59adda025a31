"""A resident links a card: by what is printed on it, or by a code that its holder was sent."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from satu.cards.errors import Refusal
from satu.cards.linking import link_own_card
from satu.cards.words import REFUSALS
from satu.web import handing
from satu.web.categories import usual_category
from satu.web.design.faults import too_many
from satu.web.doors import codes
from satu.web.doors.forms import CodeForm
from satu.web.doors.home import address_of, home_of
from satu.web.doors.rights import resident_only, viewer_of
from satu.web.portal.own import asker
from satu.web.said import say

ASKED = "portal_wanted"  # in the session: the number of the code that a card's holder was sent
BY_CODE = "code"  # the second button of the form: without what is printed on the card
WAIT_S = 3_600

page = require_http_methods(["GET", "POST"])


class LinkForm(forms.Form):
    """What is printed on a card."""

    number = forms.CharField(
        label=gettext_lazy("Card number"),
        help_text=gettext_lazy("The 16 figures on the card."),
        max_length=32,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=gettext_lazy("Code on the back"),
        help_text=gettext_lazy("The 8 letters and figures printed beside the number."),
        max_length=16,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


@page
@never_cache
@resident_only
def link(request: HttpRequest) -> HttpResponseBase:
    """The card becomes the resident's, with the money that is on it."""
    form = LinkForm(request.POST or None)
    if request.POST.get("way") == BY_CODE:
        form.fields["secret"].required = False
        return _ask(request, form)
    if form.is_valid():
        asks = asker(request)
        done = link_own_card(**form.cleaned_data, owner=asks.resident, actor=asks.actor, at=asks.at)
        if not isinstance(done, Refusal):
            return _is_theirs(request)
        form.add_error(None, say(REFUSALS[done]))
    return _form(request, form)


@page
@never_cache
@resident_only
def holders_code(request: HttpRequest) -> HttpResponseBase:
    """The code that the holder tells: the card becomes the resident's, with all that is on it."""
    asked = request.session.get(ASKED)
    if not isinstance(asked, int):
        return redirect("portal:link")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        asks = asker(request)
        done = handing.take_over(
            code=asked,
            typed=form.cleaned_data["code"],
            asker=asks.resident,
            usual=usual_category(),
            actor=asks.actor,
            at=asks.at,
        )
        if not isinstance(done, codes.Refusal):
            return _is_theirs(request)
        form.add_error("code", _wrong(done))
    is_shown = codes.outbox(asker(request).at) is not None
    return render(request, "portal/link_code.html", {"form": form, "is_shown": is_shown})


def _ask(request: HttpRequest, form: LinkForm) -> HttpResponseBase:
    """Let its holder be sent a code; the same answer whatever the card is."""
    if not form.is_valid():
        return _form(request, form)
    asks = asker(request)
    asked = handing.ask_holder(
        number=form.cleaned_data["number"],
        asker=asks.resident,
        usual=usual_category(),
        machine=address_of(request),
        actor=asks.actor,
        at=asks.at,
    )
    if isinstance(asked, codes.Refusal):
        return too_many(WAIT_S)
    request.session[ASKED] = asked
    return redirect("portal:link_code")


def _form(request: HttpRequest, form: LinkForm) -> HttpResponseBase:
    return render(request, "portal/link.html", {"form": form, "by_code": BY_CODE})


def _is_theirs(request: HttpRequest) -> HttpResponseBase:
    messages.success(request, _("The card is yours now. Its money stays on it."))
    return redirect(home_of(viewer_of(request)))


def _wrong(refusal: codes.Refusal) -> str:
    if refusal is codes.Refusal.TOO_MANY:
        return say(REFUSALS[Refusal.TOO_MANY_ATTEMPTS])
    return _("That code does not fit, it is too old, or the card cannot pass. Ask its holder.")
