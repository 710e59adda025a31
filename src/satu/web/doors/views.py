"""Signing in and out: a contact, a code, who you are; the way to the second factors is allauth's.

The pages tell nobody who is known here: whatever is typed, the same page asks for the code.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satu.messages.kinds import State, Why
from satu.messages.queries import Shown
from satu.messages.queries import outbox as newest_messages
from satu.people.contacts import keep_email
from satu.people.errors import Refusal as PersonRefusal
from satu.people.queries import staff_member
from satu.people.words import REFUSALS
from satu.web.design.faults import too_many
from satu.web.doors import codes, entering
from satu.web.doors.contacts import Contact, Way
from satu.web.doors.forms import ChoiceForm, CodeForm, ContactForm, EmailForm, LoginForm, NameForm
from satu.web.doors.home import address_of, home_of, note_wanted
from satu.web.doors.links import use_link
from satu.web.doors.rights import public, signed_in, viewer_of
from satu.web.doors.sessions import end, end_all
from satu.web.said import language, say

ASKED = "doors_asked"  # in the session: the number of the code that was asked for
WAIT_S = 600
MOST_MESSAGES = 50
STATES = {
    State.WAITING: ("wait", gettext_lazy("Waits")),
    State.SENT: ("good", gettext_lazy("Sent")),
    State.DROPPED: ("none", gettext_lazy("Not sent")),
}
WHYS: dict[str, Any] = {
    Why.UNWANTED: gettext_lazy("not wanted"),
    Why.TOO_MANY: gettext_lazy("too many on a day"),
    Why.TOO_OLD: gettext_lazy("too old"),
    Why.NO_ADDRESS: gettext_lazy("no address is known"),
    Why.ADDRESS_REFUSED: gettext_lazy("the address was refused"),
    Why.NOT_DELIVERED: gettext_lazy("it could not be delivered"),
}

page = require_http_methods(["GET", "POST"])


def limited(request: HttpRequest) -> HttpResponse:
    """What allauth answers to too many tries: handler429 of satu.project.urls."""
    return too_many(WAIT_S)


@page
@never_cache
@public
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """A phone or an e-mail address; a passkey; the way for staff."""
    return _ask_who(request, ContactForm, "account/sign_in.html")


@page
@never_cache
@public
def staff_sign_in(request: HttpRequest) -> HttpResponseBase:
    """A login of staff; a passkey."""
    return _ask_who(request, LoginForm, "account/staff.html")


def _ask_who(request: HttpRequest, form_of: type[forms.Form], template: str) -> HttpResponseBase:
    viewer = viewer_of(request)
    if viewer is not None:
        return redirect(home_of(viewer))
    note_wanted(request)
    form = form_of(request.POST or None)
    if form.is_valid():
        return _send(request, form.cleaned_data["contact"])
    return render(request, template, {"form": form})


def _send(request: HttpRequest, contact: Contact, *, is_own: bool = False) -> HttpResponseBase:
    """Send a code and go on to where it is typed. `is_own`: to be kept, so it need not be known."""
    at = timezone.now()
    asked = codes.ask_code(
        contact=contact,
        to=contact if is_own else entering.reach(contact, at),
        machine=address_of(request),
        language=language(),
        at=at,
    )
    if isinstance(asked, codes.Refusal):
        return too_many(WAIT_S)
    request.session[ASKED] = asked
    return redirect("account_keep_address" if is_own else "account_code")


@page
@never_cache
@public
def code(request: HttpRequest) -> HttpResponseBase:
    """The code that was sent; or another one."""
    at, asked = timezone.now(), request.session.get(ASKED, 0)
    contact = codes.contact_of(asked, at)
    if contact is None:
        return redirect("account_login")
    if "again" in request.POST:
        return _send(request, contact)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        proved = codes.use_code(number=asked, typed=form.cleaned_data["code"], at=at)
        if isinstance(proved, Contact):
            return _come_in(request, proved)
        form.add_error("code", _wrong())
    return render(request, "account/code.html", _code_page(form, contact))


def _code_page(form: forms.Form, contact: Contact) -> dict[str, Any]:
    is_shown = codes.outbox(timezone.now()) is not None
    return {"form": form, "contact": contact, "is_shown": is_shown}


def _wrong() -> str:
    return _("That code does not fit, or it is too old. Check it, or ask for another.")


def _come_in(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """On from a proved contact: in, to a choice of residents, or to the name of a new one."""
    at = timezone.now()
    if contact.way is Way.STAFF:
        if staff_member(contact.value, at) is None:
            return redirect("account_staff")
        return entering.let_staff_in(request, contact.value, "code")
    found = entering.residents_of(contact)
    if len(found) == 1:
        return entering.let_resident_in(request, found[0], contact, at)
    return redirect("account_choose" if found else "account_signup")


def _proved(request: HttpRequest) -> Contact | None:
    return codes.proved(request.session.get(ASKED, 0), timezone.now())


@page
@never_cache
@public
def choose(request: HttpRequest) -> HttpResponseBase:
    """Which of the residents who share a phone is here."""
    contact = _proved(request)
    if contact is None:
        return redirect("account_login")
    found = entering.choices(contact)
    form = ChoiceForm(request.POST or None)
    if form.is_valid():
        chosen = form.cleaned_data["resident"]
        if chosen not in [one.resident for one in found]:
            raise Http404
        return entering.let_resident_in(request, chosen, contact, timezone.now())
    return render(request, "account/choose.html", {"choices": found})


@page
@never_cache
@public
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """The name of somebody new; who came by e-mail is told to come by phone."""
    contact = _proved(request)
    if contact is None or entering.residents_of(contact):
        return redirect("account_login")
    form = NameForm(request.POST or None)
    if contact.way is Way.PHONE and form.is_valid():
        at = timezone.now()
        made = entering.register(contact, form.cleaned_data["name"], at)
        if isinstance(made, int):
            return entering.let_resident_in(request, made, contact, at)
        form.add_error("name", say(REFUSALS[made]))
    return render(request, "account/sign_up.html", {"form": form, "contact": contact})


@require_GET
@never_cache
@public
def enter(request: HttpRequest, token: str) -> HttpResponseBase:
    """Open a staff link; a used or wrong one leads to the public page and says no more."""
    at = timezone.now()
    login = use_link(token=token, at=at)
    if login is None or staff_member(login, at) is None:
        return redirect("public:home")
    return entering.let_staff_in(request, login, "link")


@require_POST
@never_cache
@public
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End this session."""
    end(request)
    return redirect("account_login")


@require_POST
@never_cache
@signed_in
def sign_out_everywhere(request: HttpRequest) -> HttpResponseBase:
    """End all sessions of who is here, this one too."""
    user: Any = request.user
    end_all(user=user, actor=str(user), at=timezone.now())
    end(request)
    return redirect("account_login")


@page
@never_cache
@signed_in
def address(request: HttpRequest) -> HttpResponseBase:
    """The e-mail address that codes go to: a new one is told here."""
    form = EmailForm(request.POST or None)
    if form.is_valid():
        return _send(request, form.cleaned_data["contact"], is_own=True)
    return render(request, "account/address.html", {"form": form})


@page
@never_cache
@signed_in
def keep_address(request: HttpRequest) -> HttpResponseBase:
    """The code that went to a new address; then it is kept."""
    at, asked = timezone.now(), request.session.get(ASKED, 0)
    contact = codes.contact_of(asked, at)
    if contact is None or contact.way is not Way.EMAIL:
        return redirect("account_address")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        proved = codes.use_code(number=asked, typed=form.cleaned_data["code"], at=at)
        refusal = _keep(request, proved) if isinstance(proved, Contact) else _wrong()
        if not refusal:
            return redirect("mfa_index")
        form.add_error("code", refusal)
    return render(request, "account/keep_address.html", _code_page(form, contact))


def _keep(request: HttpRequest, contact: Contact) -> str:
    """Keep an address for who is here; what to tell them if that cannot be."""
    viewer, user = viewer_of(request), request.user
    assert viewer is not None
    if viewer.resident is None:
        entering.keep_staff_email(user, contact.value)  # type: ignore[arg-type]
        return ""
    refusal = keep_email(
        resident=viewer.resident, email=contact.value, actor=viewer.actor, at=timezone.now()
    )
    return say(REFUSALS[refusal]) if refusal else ""


@require_GET
@never_cache
@public
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest codes and messages, in a demo; in production nothing is here."""
    shown = codes.outbox(timezone.now())
    if shown is None:
        raise Http404
    told = [_told(one) for one in newest_messages(limit=MOST_MESSAGES)]
    return render(request, "account/outbox.html", {"codes": shown, "told": told})


def _told(message: Shown) -> dict[str, Any]:
    """A message as the outbox shows it; who was not reached is told by their number alone."""
    state, word = STATES[message.state]
    why = WHYS.get(message.why) or (message.why and say(REFUSALS[PersonRefusal(message.why)]))
    return {
        "message": message,
        "to": message.sent_to or _("resident %(number)s") % {"number": message.resident},
        "at": message.ended_at or message.made_at,
        "state": state,
        "word": f"{word}: {why}" if why else word,
    }
