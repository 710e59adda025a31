"""Data saya: what is held on a resident, who looked, what it is used for, which messages come."""

from __future__ import annotations

import msgspec
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satu.cases.actions import NewCase, Opened, open_case
from satu.cases.kinds import DATA_QUESTION
from satu.cases.kinds import Channel as CaseChannel
from satu.cases.queries import code_of, of_resident
from satu.cases.rules import TEXT_LENGTH
from satu.cases.words import REFUSALS as CASE_REFUSALS
from satu.messages.actions import keep_wishes
from satu.messages.kinds import OPTIONAL, Channel, Kind
from satu.messages.queries import city_rules, wishes_of
from satu.people.consents import give_consent, withdraw_consent
from satu.people.errors import Refusal
from satu.people.kinds import Assurance, Role
from satu.people.looks import ROLES, LookTold
from satu.people.own_data import kept_for, purposes_and_consents
from satu.people.queries import standing
from satu.people.words import REFUSALS
from satu.taps.queries import who_looked
from satu.web.design.formats import day, money
from satu.web.design.sheets import asked_page
from satu.web.doors.rights import resident_only
from satu.web.own_data import export_of
from satu.web.portal.fields import MoneyField, in_asset
from satu.web.portal.own import Asker, asker, own_profile, unit, written_money
from satu.web.said import language, say

PAGE = 20
LEVELS = {
    Assurance.ANONYMOUS: gettext_lazy("Nothing is proved yet"),
    Assurance.PHONE: gettext_lazy("Your phone is proved"),
    Assurance.REGISTER: gettext_lazy("Checked with the civil register"),
    Assurance.IN_PERSON: gettext_lazy("Seen in person with your identity card"),
}
WISHED = {
    Kind.LOW_BALANCE: gettext_lazy("My balance is low"),
    Kind.RIDE_REFUSED: gettext_lazy("My card was refused at a gate"),
    Kind.TOP_UP_LANDED: gettext_lazy("A top-up has landed"),
    Kind.CARD_FROZEN: gettext_lazy("My card was frozen"),
}
CHANNELS = (
    ("", gettext_lazy("As it suits: e-mail first, then SMS")),
    (Channel.EMAIL.value, gettext_lazy("E-mail")),
    (Channel.SMS.value, gettext_lazy("SMS")),
)
LANGUAGES = (("id", "Bahasa Indonesia"), ("en", "English"))


class WishesForm(forms.Form):
    """Which messages come, in which language, by which way."""

    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Write to me when"),
        choices=list(WISHED.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Codes, a lost card, answers to your cases and looks at your data always come."
        ),
    )
    low_balance = MoneyField(label=gettext_lazy("Low is a balance below"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("By"), choices=CHANNELS, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)


class QuestionForm(forms.Form):
    """What a resident wants to know of a look."""

    text = forms.CharField(
        label=gettext_lazy("What do you want to know?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_GET
@never_cache
@resident_only
def data(request: HttpRequest) -> HttpResponseBase:
    """The way to everything about oneself. Nothing is unsealed for it."""
    asks = asker(request)
    stands = standing(asks.resident)
    assert stands is not None
    looks = who_looked(asks.resident, asks.at)
    context = {
        "level": LEVELS[stands.level],
        "newest": _foreign(looks)[:1],
        "looks": len(_foreign(looks)),
        "cases": len(of_resident(asks.resident)),
    }
    return render(request, "portal/data.html", context)


@require_GET
@never_cache
@resident_only
def profile(request: HttpRequest) -> HttpResponseBase:
    """The resident's own profile, through the one door: this look is written down too."""
    asks = asker(request)
    found = own_profile(asks)
    if isinstance(found, Refusal):
        messages.error(request, say(REFUSALS[found]))
        return redirect("portal:data")
    stands = standing(asks.resident)
    assert stands is not None
    context = {
        "profile": found,
        "born": day(found.birth_date, language()) if found.birth_date else "",
        "level": LEVELS[stands.level],
        "area": stands.area,
    }
    return render(request, "portal/profile.html", context)


@require_GET
@never_cache
@resident_only
def looks(request: HttpRequest) -> HttpResponseBase:
    """Who looked at the resident or at their cards, the newest first."""
    asks = asker(request)
    is_all = request.GET.get("siapa") == "semua"
    found = who_looked(asks.resident, asks.at)
    found = found if is_all else _foreign(found)
    page = asked_page(request)
    first = (page - 1) * PAGE
    asked = {case.about: code_of(case.pk) for case in of_resident(asks.resident) if case.about}
    context = {
        "looks": [
            (one, say(one.who), say(one.what), say(one.why), asked.get(_about(one), ""))
            for one in found[first : first + PAGE]
        ],
        "is_all": is_all,
        "newer": page - 1,
        "older": page + 1 if first + PAGE < len(found) else 0,
    }
    return render(request, "portal/looks.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@resident_only
def question(request: HttpRequest, look: int) -> HttpResponseBase:
    """Question a look: a case for the data protection officer; once for each look."""
    asks = asker(request)
    found = next((one for one in who_looked(asks.resident, asks.at) if one.entry == look), None)
    if found is None:
        raise Http404
    form = QuestionForm(request.POST or None)
    if form.is_valid():
        refusal = _question(request, asks, found, form.cleaned_data["text"])
        if not refusal:
            return redirect("portal:cases")
        form.add_error(None, refusal)
    context = {"look": found, "who": say(found.who), "what": say(found.what), "form": form}
    context["why"] = say(found.why)
    return render(request, "portal/question.html", context)


@require_GET
@never_cache
@resident_only
def purposes(request: HttpRequest) -> HttpResponseBase:
    """What the resident's data is used for, on which legal basis; what rests on their yes; how
    long what is kept."""
    asks = asker(request)
    shown = [(one, say(one.words), say(one.basis)) for one in purposes_and_consents(asks.resident)]
    context = {
        "asked": [one for one in shown if one[0].can_refuse],
        "others": [one for one in shown if not one[0].can_refuse],
        "kept": [(one, say(one.what), say(one.why)) for one in kept_for()],
    }
    return render(request, "portal/purposes.html", context)


@require_POST
@never_cache
@resident_only
def consent(request: HttpRequest, purpose: str) -> HttpResponseBase:
    """Say yes to a purpose, in the words that were shown, or take a yes back at once."""
    asks = asker(request)
    if "withdraw" in request.POST:
        withdraw_consent(resident=asks.resident, purpose=purpose, actor=asks.actor, at=asks.at)
        messages.success(request, _("Withdrawn. From this moment on it is not used any more."))
        return redirect("portal:purposes")
    version = request.POST.get("version", "")
    refusal = give_consent(
        resident=asks.resident,
        purpose=purpose,
        version=int(version) if version.isascii() and version.isdigit() else 0,
        actor=asks.actor,
        at=asks.at,
    )
    if refusal is None:
        messages.success(request, _("Thank you. You can withdraw it here any time."))
    else:
        messages.error(request, say(REFUSALS[refusal]))
    return redirect("portal:purposes")


@require_http_methods(["GET", "POST"])
@never_cache
@resident_only
def wishes(request: HttpRequest) -> HttpResponseBase:
    """Which messages the resident wants."""
    asks, rules = asker(request), city_rules()
    now = wishes_of(asks.resident)
    low = "" if now.low_balance is None else written_money(now.low_balance, rules.asset)
    initial = {
        "wanted": [kind.value for kind in WISHED if kind not in now.off],
        "low_balance": low,
        "channel": now.channel.value if now.channel else "",
        "language": now.language,
    }
    form = WishesForm(request.POST or None, initial=initial)
    in_asset(form, rules.asset)
    usual = "" if rules.low_balance is None else money(rules.low_balance, rules.asset, language())
    said = _("Empty: as the city says, %(money)s.") % {"money": usual}
    form.fields["low_balance"].help_text = said if usual else _("Empty: you are not warned.")
    if form.is_valid():
        told = form.cleaned_data
        keep_wishes(
            resident=asks.resident,
            language=told["language"],
            off=OPTIONAL - {Kind(kind) for kind in told["wanted"]},
            low_balance=told["low_balance"],
            channel=Channel(told["channel"]) if told["channel"] else None,
            actor=asks.actor,
            at=asks.at,
        )
        messages.success(request, _("Your wishes are kept."))
        return redirect("portal:wishes")
    return render(request, "portal/wishes.html", {"form": form, "unit": unit(rules.asset)})


@require_GET
@never_cache
@resident_only
def export(request: HttpRequest) -> HttpResponseBase:
    """Everything that is held on the resident, as a JSON file."""
    asks = asker(request)
    found = export_of(resident=asks.resident, at=asks.at)
    if isinstance(found, Refusal):
        messages.error(request, say(REFUSALS[found]))
        return redirect("portal:data")
    pretty = msgspec.json.format(msgspec.json.encode(found), indent=2)
    answer = HttpResponse(pretty, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="data-saya.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _foreign(found: list[LookTold]) -> list[LookTold]:
    """The looks of others than the resident."""
    return [one for one in found if one.who != ROLES[Role.RESIDENT]]


def _about(look: LookTold) -> str:
    """What a case names that questions a look."""
    return f"look:{look.entry}"


def _question(request: HttpRequest, asks: Asker, look: LookTold, text: str) -> str:
    """Open the case; why not, if it cannot be."""
    new = NewCase(
        kind=DATA_QUESTION,
        channel=CaseChannel.PAGE,
        key=f"{_about(look)}:{asks.resident}",
        resident=asks.resident,
        text=text,
        about=_about(look),
    )
    done = open_case(new=new, actor=asks.actor, at=asks.at)
    if not isinstance(done, Opened):
        return say(CASE_REFUSALS[done])
    told = _("Your question is case %(case)s. The answer comes here and as a message.")
    messages.success(request, told % {"case": code_of(done.case.pk)})
    return ""
