"""A resident links a card: its number and the secret that is printed beside it."""

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
from satu.web.doors.home import home_of
from satu.web.doors.rights import resident_only, viewer_of
from satu.web.portal.own import asker, said


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


@require_http_methods(["GET", "POST"])
@never_cache
@resident_only
def link(request: HttpRequest) -> HttpResponseBase:
    """The card becomes the resident's, with the money that is on it."""
    form = LinkForm(request.POST or None)
    if form.is_valid():
        asks = asker(request)
        done = link_own_card(**form.cleaned_data, owner=asks.resident, actor=asks.actor, at=asks.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("The card is yours now. Its money stays on it."))
            return redirect(home_of(viewer_of(request)))
        form.add_error(None, said(REFUSALS[done]))
    return render(request, "portal/link.html", {"form": form})
