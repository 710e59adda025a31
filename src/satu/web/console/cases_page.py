"""A case: its story, what was written (opened for a purpose), its steps, its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satu.cards import queries as cards
from satu.cards.telling import tail
from satu.cases import actions, queries
from satu.cases.errors import Refusal
from satu.cases.kinds import Answer, Channel, Filling, State, What
from satu.cases.models import Case
from satu.cases.queries import Step
from satu.cases.rules import may
from satu.cases.words import OUTCOMES, REFUSALS
from satu.kernel.money import mark
from satu.people.access import open_texts
from satu.people.errors import Refusal as PersonRefusal
from satu.people.kinds import CUSTOMER_SERVICE, ROLES_WITH_ACCESS, Role
from satu.people.queries import purposes
from satu.people.words import REFUSALS as PERSON_REFUSALS
from satu.web.console.cases import WORKERS, clock, sees
from satu.web.console.cases_forms import AnswerForm, ReadForm, TeamForm, TextForm
from satu.web.console.cases_words import channel_words, kind_words, state_badge, step_words
from satu.web.console.trail import who
from satu.web.design.cells import Link
from satu.web.design.menus import Place
from satu.web.doors.rights import Viewer, hide_unless, staff_only, viewer_of
from satu.web.said import language, say
from satu.wire.messages import Words

Done = Case | Refusal
PEOPLE = frozenset({Role.DESK, Role.BENEFITS, Role.PRIVACY})


@require_GET
@never_cache
@staff_only(*WORKERS)
def case(request: HttpRequest, number: int) -> HttpResponseBase:
    """One case as it stands; what was written in it stays sealed."""
    found, viewer = _found(request, number)
    return render(request, "console/case.html", _context(found, viewer, {}))


@require_POST
@never_cache
@staff_only(*WORKERS)
def read(request: HttpRequest, number: int) -> HttpResponseBase:
    """The case with what was written in it in clear, this once; the look is written down."""
    found, viewer = _found(request, number)
    allowed = _purposes(viewer)
    form = ReadForm(request.POST, purposes=[(code, one[0]) for code, one in allowed.items()])
    if not form.is_valid():
        return redirect("console:case", number)
    purpose = form.cleaned_data["purpose"]
    steps = queries.story(number, language=language(), inner=True)
    texts = {one.text for one in steps if one.text}
    opened = open_texts(
        actor=viewer.actor,
        role=allowed[purpose][1],
        texts=texts,
        purpose=purpose,
        case=queries.code_of(number),
        at=timezone.now(),
    )
    if isinstance(opened, PersonRefusal):
        messages.error(request, say(PERSON_REFUSALS[opened]))
        return redirect("console:case", number)
    return render(request, "console/case.html", _context(found, viewer, opened))


def _context(found: Case, viewer: Viewer, opened: Mapping[int, str]) -> dict[str, Any]:
    city, at = queries.city_cases(), timezone.now()
    team = city.team(found.team) if city else None
    steps = queries.story(found.id, language=language(), inner=True)
    allowed = _purposes(viewer)
    state = State(found.state)
    return {
        "case": found,
        "code": queries.code_of(found.id),
        "crumbs": [Place(_("Cases"), reverse("console:cases")), Place(queries.code_of(found.id))],
        "kind": kind_words(found.kind, city),
        "team": say(team) if team else found.team,
        "channel": channel_words(Channel(found.channel)),
        "badge": state_badge(state),
        "clock": clock(found, at),
        "outcome": _outcome(found),
        "links": _links(found, viewer),
        "story": [_told(one, opened) for one in steps],
        "is_open": bool(opened),
        "sealed": sum(one.text is not None for one in steps),
        "read": ReadForm(purposes=[(code, one[0]) for code, one in allowed.items()]),
        "may_read": bool(allowed) and not viewer.is_contractor,
        "may_take": may(What.TAKEN, state) and found.owner != viewer.staff,
        "may_answer": may(What.ANSWERED, state),
        "choices": [
            (name, one["words"], one["kind"])
            for name, one in _steps().items()
            if may(one["what"], state)
        ],
    }


def _links(found: Case, viewer: Viewer) -> list[Link]:
    """Where a case leads: its card, its resident, the repair it is about, as far as one may go."""
    links = []
    card = cards.card(found.card) if found.card is not None else None
    if card is not None and not viewer.roles.isdisjoint({*PEOPLE, Role.BANK}):
        words = f"{_('Card')} •{tail(card.number)}"
        links.append(Link(words, reverse("console:card", args=[card.id])))
    if found.resident is not None and not viewer.roles.isdisjoint(PEOPLE):
        href = reverse("console:resident", args=[found.resident])
        links.append(Link(_("Its resident"), href))
    kind, _colon, number = found.about.partition(":")
    if kind == "repair" and number.isdigit() and Role.DESK in viewer.roles:
        links.append(Link(_("Its refund"), reverse("console:refund", args=[int(number)])))
    return links


def _outcome(found: Case) -> str:
    told = {one.value: words for one, words in OUTCOMES.items()}.get(found.outcome)
    return say(told) if told else ""


def _told(one: Step, opened: Mapping[int, str]) -> dict[str, Any]:
    """A step of the story for the page: words, mark, when, who, what was answered and written."""
    words, mark = step_words(one.what)
    return {
        "words": words,
        "mark": mark,
        "at": one.at,
        "actor": who(one.actor),
        "answer": one.answer,
        "text": opened.get(one.text or 0, ""),
        "is_sealed": one.text is not None and one.text not in opened,
        "is_inner": one.is_inner,
    }


def _purposes(viewer: Viewer) -> dict[str, tuple[str, Role]]:
    """What somebody may read for: a purpose's words and the role they read as, the usual first."""
    held = {Role(name) for name in viewer.roles} & ROLES_WITH_ACCESS
    found = {}
    for one in sorted(purposes(), key=lambda one: one.code != CUSTOMER_SERVICE):
        fits = sorted(held & {Role(name) for name in one.roles})
        if fits:
            found[one.code] = (say(Words(one.text_id, one.text_en)), fits[0])
    return found


@require_POST
@never_cache
@staff_only(*WORKERS)
def take(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take a case in hand, from whoever has it."""
    found, viewer = _found(request, number)
    assert viewer.staff is not None
    at = timezone.now()
    done = actions.take_case(case=found.id, staff=viewer.staff, actor=viewer.actor, at=at)
    if isinstance(done, Refusal):
        messages.error(request, say(REFUSALS[done]))
    else:
        messages.success(request, _("It is yours now."))
    return redirect("console:case", number)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*WORKERS)
def step(request: HttpRequest, number: int, what: str) -> HttpResponseBase:
    """Ask for what a step needs, then take it: note, ask, reply, hand over, close, open again."""
    found, viewer = _found(request, number)
    asked = _steps().get(what)
    if asked is None:
        raise Http404
    form = _form_of(what, request)
    if request.method == "POST" and (form is None or form.is_valid()):
        given = form.cleaned_data if form else {}
        done = asked["take"](found.id, given, viewer.actor, timezone.now())
        if not isinstance(done, Refusal):
            messages.success(request, asked["done"])
            is_seen = bool(sees(viewer, queries.city_cases(), [done]))
            return redirect("console:case", number) if is_seen else redirect("console:cases")
        form = form or forms.Form(request.POST)
        form.add_error(None, say(REFUSALS[done]))
    context = {
        "title": asked["title"] % {"code": queries.code_of(number)},
        "text": asked["text"],
        "yes": asked["words"],
        "kind": "danger" if asked["kind"] == "danger" else "primary",
        "form": form,
        "back": reverse("console:case", args=[number]),
        "action": request.path,
    }
    return render(request, "console/case_step.html", context)


def _form_of(what: str, request: HttpRequest) -> forms.Form | None:
    given = request.POST or None
    if what == "close":
        return None
    if what == "hand-over":
        city = queries.city_cases()
        teams = [(one.code, say(one)) for one in city.teams] if city else []
        return TeamForm(given, teams=teams)
    return TextForm(given)


def _hand_over(case: int, given: Mapping[str, str], actor: str, at: datetime) -> Done:
    return actions.hand_over(case=case, team=given["team"], actor=actor, at=at)


def _note(case: int, given: Mapping[str, str], actor: str, at: datetime) -> Done:
    return actions.add_note(case=case, text=given["text"], actor=actor, at=at)


def _ask(case: int, given: Mapping[str, str], actor: str, at: datetime) -> Done:
    return actions.ask_resident(case=case, text=given["text"], actor=actor, at=at)


def _reply(case: int, given: Mapping[str, str], actor: str, at: datetime) -> Done:
    return actions.reply(case=case, text=given["text"], owner=None, actor=actor, at=at)


def _reopen(case: int, given: Mapping[str, str], actor: str, at: datetime) -> Done:
    return actions.reopen_case(case=case, text=given["text"], owner=None, actor=actor, at=at)


def _close(case: int, given: Mapping[str, str], actor: str, at: datetime) -> Done:
    return actions.close_case(case=case, owner=None, actor=actor, at=at)


def _step(what: What, take: Callable[..., Done], *said: str, kind: str = "quiet") -> dict[str, Any]:
    words, title, text, done = said
    return {
        "what": what,
        "take": take,
        "words": words,
        "title": title,
        "text": text,
        "done": done,
        "kind": kind,
    }


def _steps() -> dict[str, dict[str, Any]]:
    """The steps that ask for something first, by their names in addresses."""
    return {
        "ask": _step(
            What.ASKED,
            _ask,
            _("Ask the resident"),
            _("Ask about %(code)s"),
            _("They are told that there is a question. Until they reply the clock stands still."),
            _("Asked. The clock stands still until there is a reply."),
        ),
        "reply": _step(
            What.REPLIED,
            _reply,
            _("Write down a reply"),
            _("What the resident said about %(code)s"),
            _("What they told you by phone or at the counter. A clock that stood runs on."),
            _("Written down."),
        ),
        "note": _step(
            What.NOTED,
            _note,
            _("Write a note"),
            _("Note on %(code)s"),
            _("For staff alone; the resident does not see it. It is sealed."),
            _("Written down."),
        ),
        "hand-over": _step(
            What.HANDED_OVER,
            _hand_over,
            _("Hand over"),
            _("Hand %(code)s over"),
            _("Another team has it from now on; its clock runs on."),
            _("Handed over."),
        ),
        "reopen": _step(
            What.REOPENED,
            _reopen,
            _("Open again"),
            _("Open %(code)s again"),
            _("Its team has it again, with a new clock. Say why."),
            _("It is open again."),
        ),
        "close": _step(
            What.CLOSED,
            _close,
            _("Close"),
            _("Close %(code)s?"),
            _("The resident is content, or has nothing to add. A closed case stays closed."),
            _("It is done."),
        ),
    }


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*WORKERS)
def answer(request: HttpRequest, number: int) -> HttpResponseBase:
    """Choose one of the city's texts (`?teks=`), fill it in, look at it, and send it."""
    found, viewer = _found(request, number)
    city, asset = queries.city_cases(), queries.asset()
    texts = [one for one in city.answers if found.kind in one.kinds] if city else []
    chosen = next((one for one in texts if one.code == request.GET.get("teks")), None)
    code = queries.code_of(number)
    context: dict[str, Any] = {
        "code": code,
        "case": found,
        "texts": [(one.code, _shape(found, one), _outcome_of(one)) for one in texts],
        "crumbs": [
            Place(_("Cases"), reverse("console:cases")),
            Place(code, reverse("console:case", args=[number])),
            Place(_("Answer")),
        ],
    }
    if chosen is None:
        return render(request, "console/case_answers.html", context)
    form = AnswerForm(request.POST or None, places=chosen.fields(), asset=asset)
    context |= {"form": form, "chosen": _shape(found, chosen), "outcome": _outcome_of(chosen)}
    context["unit"] = mark(asset)
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            context["preview"] = _preview(found, chosen, form, asset)
            return render(request, "console/case_answer.html", context)
        done = actions.answer_case(
            case=number,
            answer=chosen.code,
            filling=form.filling(),
            text=form.cleaned_data["text"],
            actor=viewer.actor,
            at=timezone.now(),
        )
        if not isinstance(done, Refusal):
            messages.success(request, _("Answered. The resident is told."))
            return redirect("console:case", number)
        form.add_error(None, say(REFUSALS[done]))
    return render(request, "console/case_answer.html", context)


def _shape(found: Case, chosen: Answer) -> str:
    """An answer's text with what is known; what staff fill in stands in brackets."""
    places = {"amount": _("amount"), "date": _("date"), "days": _("days")}
    known = actions.parameters_for(found, Filling())
    shown = {name: f"[{words}]" for name, words in places.items()} | known
    return say(chosen).format_map(shown)


def _preview(found: Case, chosen: Answer, form: AnswerForm, asset: str) -> list[tuple[str, str]]:
    """The answer as it is read, in each language."""
    parameters = actions.parameters_for(found, form.filling())
    city = queries.city_cases()
    return [
        (
            language,
            queries.told(city, chosen.code, parameters, asset=asset, language=language),
        )
        for language in ("id", "en")
    ]


def _outcome_of(chosen: Answer) -> str:
    return say(OUTCOMES[chosen.outcome])


def _found(request: HttpRequest, number: int) -> tuple[Case, Viewer]:
    """A case that whoever looks may see; else it does not exist."""
    viewer = viewer_of(request)
    assert viewer is not None
    found = queries.find(str(number))
    hide_unless(found is not None and bool(sees(viewer, queries.city_cases(), [found])))
    assert found is not None
    return found, viewer
