"""What staff do to a card in its holder's name, each with a reason: freeze, lost, replace, close.

And rights granted at the counter. None of it lets money move to anybody but the holder.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from satu.cards import queries as cards
from satu.cards.closing import Closed
from satu.cards.desk import AtDesk, Because, Step, act_on_card, grant_at_desk
from satu.cards.errors import Refusal
from satu.cards.kinds import CardState, Why
from satu.cards.lifecycle import Replaced
from satu.cards.models import Card
from satu.cards.words import REFUSALS
from satu.fares.legs import Entitlement
from satu.kernel.days import to_ms
from satu.people.kinds import Role
from satu.taps.mending import refold_card
from satu.taps.passes import categories_of
from satu.web.books import books_url
from satu.web.categories import category_words, city_rules
from satu.web.console.opened import case_field, staff_viewer
from satu.web.console.proposing import DECLINED
from satu.web.console.proposing import REASONS as PROPOSED_FOR
from satu.web.design import formats
from satu.web.doors.rights import hide_unless, staff_only
from satu.web.said import language, say

STEPPERS = (Role.DESK, Role.BANK)
GRANTERS = (Role.DESK, Role.BENEFITS)
SCHOOL_YEAR = timedelta(days=365)

Words = str | Promise


class Choice(NamedTuple):
    """A step as a button and as a question: its words, and the reasons that staff choose from."""

    button: Words
    kind: str
    title: Words
    text: Words
    yes: Words
    reasons: tuple[tuple[str, Words], ...]


ASKED = ("holder_asked", _("The holder asks for it"))
FOUND = ("found", _("It was found again"))
CHOICES: dict[Step, Choice] = {
    Step.FREEZE: Choice(
        _("Freeze"),
        "quiet",
        _("Freeze card %(number)s?"),
        _("It opens no door until it is let back. The money stays."),
        _("Freeze it"),
        (ASKED, ("mislaid", _("It is mislaid")), ("police_asked", _("The police ask for it"))),
    ),
    Step.UNFREEZE: Choice(
        _("Let back"),
        "quiet",
        _("Let card %(number)s back?"),
        _("It opens doors again within seconds."),
        _("Let it back"),
        (ASKED, FOUND),
    ),
    Step.LET_BACK: Choice(
        _("Let back"),
        "quiet",
        _("Let card %(number)s back?"),
        _("It was reported or blocked. Let it back only if the holder shows it to you."),
        _("Let it back"),
        (FOUND, ("mistake", _("It was blocked by mistake"))),
    ),
    Step.LOST: Choice(
        _("Report lost"),
        "danger",
        _("Report card %(number)s lost?"),
        _("Readers refuse it within seconds, and the holder bears no more of what it opens."),
        _("Report lost"),
        (ASKED, ("case_told", _("It was told in a case"))),
    ),
    Step.STOLEN: Choice(
        _("Report stolen"),
        "danger",
        _("Report card %(number)s stolen?"),
        _("Readers refuse it within seconds, and the holder bears no more of what it opens."),
        _("Report stolen"),
        (ASKED, ("police_report", _("There is a report of the police"))),
    ),
    Step.REPLACE: Choice(
        _("Replace the card"),
        "quiet",
        _("Replace card %(number)s?"),
        _("A new card gets its purses, its holder and its rights. This one is over for good."),
        _("Replace it"),
        (
            (Why.DAMAGED.value, _("It is damaged")),
            (Why.LOST.value, _("It was lost")),
            (Why.STOLEN.value, _("It was stolen")),
        ),
    ),
    Step.CLOSE: Choice(
        _("Close with refund"),
        "quiet",
        _("Close card %(number)s for good?"),
        _("It never opens a door again. Its bank pays the balance back once no ride can be late."),
        _("Close it"),
        (ASKED, ("moved_away", _("The holder moves away")), ("died", _("The holder died"))),
    ),
}
NOW = {
    "": (Step.FREEZE, Step.REPLACE, Step.CLOSE, Step.LOST),
    Why.FROZEN: (Step.UNFREEZE, Step.REPLACE, Step.CLOSE, Step.LOST),
    Why.LOST: (Step.LET_BACK, Step.REPLACE, Step.CLOSE, Step.STOLEN),
    Why.STOLEN: (Step.LET_BACK, Step.REPLACE, Step.CLOSE),
    Why.NOT_ACTIVATED: (Step.LOST,),
    Why.EXPIRED: (Step.REPLACE, Step.CLOSE),
}
BY_THEMSELVES = (
    (Why.FROZEN.value, _("Frozen")),
    ("unfrozen", _("Let back")),
    (Why.REPLACED.value, _("Replaced")),
    (Why.CLOSED.value, _("Closed")),
    (Why.EXPIRED.value, _("Expired")),
    ("activated", _("Activated")),
    ("renewed", _("Renewed")),
    ("clearing_refused", _("The bank did not pay its rides")),
)
GRAVE = (Step.LOST, Step.STOLEN, Step.CLOSE)
OTHERWISE = (Step.LET_BACK, Step.REPLACE, Step.CLOSE)


class StepForm(forms.Form):
    """Why, and in which case if there is one."""

    reason = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    case = case_field()

    def __init__(self, *args: Any, reasons: tuple[tuple[str, Words], ...], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(reasons)
        field.initial = reasons[0][0]


PROOFS = (
    ("card_seen", _("The card of the group was shown")),
    ("letter_seen", _("A letter of an office was shown")),
    ("register_says", _("A register says so")),
)


class GrantForm(StepForm):
    """A right to ride as another category, from a first day to a last, and what proves it."""

    category = forms.ChoiceField(label=_("Group"))
    first = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    field_order = ("category", "first", "last", "reason", "case")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, reasons=PROOFS, **more)
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(category_words().items())


def reason_word(code: str) -> str:
    """What a reason that staff chose is called; its code where it was chosen elsewhere."""
    chosen = [pair for choice in CHOICES.values() for pair in choice.reasons]
    return str(dict((*chosen, *PROOFS, *PROPOSED_FOR, *DECLINED, *BY_THEMSELVES)).get(code, code))


def steps_for(card: AtDesk) -> list[tuple[str, Words, str]]:
    """What can be done to a card as it stands: (name in the address, words, kind of the button)."""
    if card.held.state is CardState.CLOSED:
        return []
    named = NOW.get(card.held.why, OTHERWISE)
    return [(step.value, CHOICES[step].button, CHOICES[step].kind) for step in named]


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*STEPPERS)
def step(request: HttpRequest, number: int, what: str) -> HttpResponseBase:
    """Ask why, then do it; a replacement leads to the new card's page."""
    card = _card(request, number)
    if what not in set(Step):
        raise Http404
    chosen = Step(what)
    choice = CHOICES[chosen]
    form = StepForm(request.POST or None, reasons=choice.reasons)
    if request.method == "POST" and form.is_valid():
        done = act_on_card(
            step=chosen,
            card=number,
            because=Because(form.cleaned_data["reason"], form.cleaned_data["case"]),
            actor=staff_viewer(request).actor,
            at=timezone.now(),
        )
        if not isinstance(done, Refusal):
            messages.success(request, _told(done))
            return redirect(
                "console:card", done.successor if isinstance(done, Replaced) else number
            )
        form.add_error(None, say(REFUSALS[done]))
    context = {
        "title": str(choice.title) % {"number": f"•••• {card.number[-4:]}"},
        "text": choice.text,
        "yes": choice.yes,
        "kind": "danger" if chosen in GRAVE else "primary",
        "form": form,
        "back": reverse("console:card", args=[number]),
        "action": request.path,
    }
    return render(request, "console/device_change.html", context)


def _told(done: object) -> str:
    if isinstance(done, Replaced):
        return gettext("This card took the other's place. Its number: %(number)s.") % {
            "number": done.number
        }
    if isinstance(done, Closed):
        return gettext("Closed. Its bank pays the balance back by %(day)s.") % {
            "day": formats.day(done.due_on, language())
        }
    return gettext("Done. Readers know within seconds.")


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*GRANTERS, moves_money=True)
def grant_right(request: HttpRequest, number: int) -> HttpResponseBase:
    """Add a right to a card; rides taken since its first day are priced anew at once."""
    card, rules, today = _card(request, number), city_rules(), localdate()
    if rules is None:
        raise Http404
    form = GrantForm(request.POST or None, initial={"first": today, "last": today + SCHOOL_YEAR})
    if request.method == "POST" and form.is_valid():
        at, given = timezone.now(), form.cleaned_data
        done = grant_at_desk(
            card=number,
            because=Because(given["reason"], given["case"]),
            entitlement=Entitlement(given["category"], given["first"], given["last"]),
            categories=categories_of(rules.bundle),
            actor=staff_viewer(request).actor,
            at=at,
        )
        if not isinstance(done, Refusal):
            refold_card(url=books_url(), card=number, since=done.since, now_ms=to_ms(at))
            messages.success(request, _("Granted. Rides since its first day cost anew."))
            return redirect("console:card_purses", number)
        form.add_error(None, say(REFUSALS[done]))
    context = {
        "title": gettext("Grant card %(number)s a right") % {"number": f"•••• {card.number[-4:]}"},
        "text": _("You have seen what proves it. Who is in a group is nobody else's business."),
        "yes": _("Grant it"),
        "form": form,
        "back": reverse("console:card_purses", args=[number]),
        "action": request.path,
    }
    return render(request, "console/device_change.html", context)


def _card(request: HttpRequest, number: int) -> Card:
    found = cards.card(number)
    if found is None:
        raise Http404
    hide_unless(staff_viewer(request).sees_issuer(found.issuer.code))
    return found
