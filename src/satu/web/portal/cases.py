"""What a resident asked the city: a complaint or a question, its story, the answer, and back."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satu.cases import actions, queries
from satu.cases.errors import Refusal
from satu.cases.kinds import (
    COMPLAINT,
    DATA_QUESTION,
    LOST_CARD,
    REFUND,
    Channel,
    CityCases,
    Outcome,
    State,
    What,
)
from satu.cases.models import Case
from satu.cases.rules import RUNNING, TEXT_LENGTH
from satu.cases.words import OUTCOMES, REFUSALS, STATES, STEPS
from satu.people.access import open_texts
from satu.people.errors import Refusal as PersonRefusal
from satu.people.kinds import OWN_DATA, Role
from satu.web.design.cells import Badge
from satu.web.doors.rights import resident_only
from satu.web.portal.fields import KeyedForm, offer
from satu.web.portal.own import Asker, asker, called, open_cards
from satu.web.said import language, say

# These begin elsewhere: at a ride, at a card, at a look.
NOT_CHOSEN = frozenset({REFUND, LOST_CARD, DATA_QUESTION})
SHAPES = {
    State.NEW: "wait",
    State.TAKEN: "wait",
    State.WAITING: "info",
    State.ANSWERED: "good",
    State.CLOSED: "none",
}
STATES_OF = {What.ANSWERED: "good", What.ASKED: "info", What.ESCALATED: "wait"}


class Told(NamedTuple):
    """A step of a case as its resident reads it; `state` gives it a shape."""

    step: str
    at: datetime
    answer: str
    text: str
    state: str


class NewForm(KeyedForm):
    """Something that is asked."""

    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), widget=forms.RadioSelect)
    card = forms.TypedChoiceField(
        label=gettext_lazy("About a card"), coerce=int, empty_value=None, required=False
    )
    text = forms.CharField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("Where, when, what. Leave out others' names and numbers."),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class TextForm(forms.Form):
    """What is added to a case."""

    text = forms.CharField(
        label=gettext_lazy("Your words"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_GET
@never_cache
@resident_only
def cases(request: HttpRequest) -> HttpResponseBase:
    """The resident's cases, the newest first."""
    found, city = queries.of_resident(asker(request).resident), queries.city_cases()
    rows = [(one, queries.code_of(one.pk), _kind(one, city), badge(one)) for one in found]
    return render(request, "portal/cases.html", {"cases": rows})


@require_http_methods(["GET", "POST"])
@never_cache
@resident_only
def new(request: HttpRequest) -> HttpResponseBase:
    """A complaint or a question, once for each form."""
    asks = asker(request)
    city = queries.city_cases()
    if city is None:
        raise Http404
    form = NewForm(request.POST or None, initial={"kind": COMPLAINT})
    kinds = [kind for kind in city.kinds if kind.code not in NOT_CHOSEN]
    offer(form, "kind", [(kind.code, say(kind)) for kind in kinds])
    own = open_cards(asks.resident, asks.at)
    offer(form, "card", [("", "–"), *((one.serial, called(one)) for one in own)])
    if form.is_valid():
        told = form.cleaned_data
        wanted = actions.NewCase(
            kind=told["kind"],
            channel=Channel.PAGE,
            key=form.named(asks),
            resident=asks.resident,
            card=told["card"],
            text=told["text"],
        )
        done = actions.open_case(new=wanted, actor=asks.actor, at=asks.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("We have it. The answer comes here and as a message."))
            return redirect("portal:case", done.case.pk)
        form.add_error(None, say(REFUSALS[done]))
    return render(request, "portal/case_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@never_cache
@resident_only
def case(request: HttpRequest, number: int) -> HttpResponseBase:
    """A case with its story; what is posted is added to it, or opens it again once answered."""
    asks = asker(request)
    found = _own(asks, number)
    form = TextForm(request.POST or None)
    if form.is_valid():
        take = actions.reopen_case if found.state == State.ANSWERED else actions.reply
        done = take(
            case=number,
            text=form.cleaned_data["text"],
            owner=asks.resident,
            actor=asks.actor,
            at=asks.at,
        )
        if not isinstance(done, Refusal):
            return redirect("portal:case", number)
        form.add_error(None, say(REFUSALS[done]))
    kind = _kind(found, queries.city_cases())
    context = {
        "case": found,
        "code": queries.code_of(number),
        "kind": kind,
        "badge": badge(found),
        "answer_by": found.answer_by if found.state in RUNNING else None,
        "outcome": say(OUTCOMES[Outcome(found.outcome)]) if found.outcome else "",
        "story": _story(asks, number),
        "is_answered": found.state == State.ANSWERED,
        "is_waiting": found.state == State.WAITING,
        "form": None if found.state == State.CLOSED else form,
    }
    return render(request, "portal/case.html", context)


@require_POST
@never_cache
@resident_only
def end(request: HttpRequest, number: int) -> HttpResponseBase:
    """The resident is content with the answer."""
    asks = asker(request)
    _own(asks, number)
    done = actions.close_case(case=number, owner=asks.resident, actor=asks.actor, at=asks.at)
    if isinstance(done, Refusal):
        messages.error(request, say(REFUSALS[done]))
    else:
        messages.success(request, _("Thank you. The case is closed."))
    return redirect("portal:case", number)


def badge(found: Case) -> Badge:
    """A case's state by shape and word."""
    state = State(found.state)
    return Badge(SHAPES[state], say(STATES[state]))


def _own(asks: Asker, number: int) -> Case:
    """A case of the resident; Http404: there is none, or it is somebody else's."""
    for one in queries.of_resident(asks.resident):
        if one.pk == number:
            return one
    raise Http404


def _kind(found: Case, city: CityCases | None) -> str:
    """What a case's kind is called; its code if the city dropped it."""
    kind = city.kind(found.kind) if city else None
    return say(kind) if kind else found.kind


def _story(asks: Asker, number: int) -> list[Told]:
    """What happened, oldest first, with what was written; staff's notes to each other are not."""
    steps = queries.story(number, language=language(), inner=False)
    numbers = {step.text for step in steps if step.text is not None}
    texts: dict[int, str] | PersonRefusal = {}
    if numbers:
        texts = open_texts(
            actor=asks.actor,
            role=Role.RESIDENT,
            texts=numbers,
            purpose=OWN_DATA,
            case="",
            at=asks.at,
        )
    known = {} if isinstance(texts, PersonRefusal) else texts
    return [
        Told(
            say(STEPS[step.what]),
            step.at,
            step.answer,
            known.get(step.text or 0, ""),
            STATES_OF.get(step.what, "none"),
        )
        for step in steps
    ]
