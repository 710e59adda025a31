"""Closing the account: what it means, the resident's yes, and what happens to the money."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from satu.cards.accounts import AccountClosed, close_account
from satu.cards.held import cards_of
from satu.people.leaving import leaves_since
from satu.people.words import REFUSALS
from satu.web.design.formats import day
from satu.web.doors.rights import resident_only
from satu.web.doors.sessions import end
from satu.web.portal.own import asker, called, open_cards, purses_in_order
from satu.web.said import language, say


class CloseForm(forms.Form):
    """A resident's yes to the end of their account."""

    is_understood = forms.BooleanField(
        label=gettext_lazy("I have read this and want to close my account"),
        error_messages={"required": gettext_lazy("Tick this if you want to close your account.")},
    )


@require_http_methods(["GET", "POST"])
@never_cache
@resident_only
def close(request: HttpRequest) -> HttpResponseBase:
    """The steps and what will be paid back; after the yes, until when."""
    asks = asker(request)
    since = leaves_since(asks.resident)
    form = CloseForm(request.POST or None)
    if since is None and form.is_valid():
        done = close_account(resident=asks.resident, actor=asks.actor, at=asks.at)
        if isinstance(done, AccountClosed):
            if not done.is_erased:
                return redirect("portal:close")
            end(request)
            return render(request, "portal/closed.html")
        form.add_error(None, say(REFUSALS[done]))
    context = {
        "form": form,
        "since": since,
        "money": [
            (called(card), purse)
            for card in open_cards(asks.resident, asks.at)
            for purse in purses_in_order(card.serial)
        ],
        "waiting": [
            (called(card), purse, day(card.due_on, language()))
            for card in cards_of(asks.resident, asks.at.date())
            if card.due_on
            for purse in purses_in_order(card.serial)
            if purse.balance
        ],
        "steps": [_("Read"), _("Money comes back"), _("Erased")],
        "at": 1 if since is None else 2,
    }
    return render(request, "portal/close.html", context)
