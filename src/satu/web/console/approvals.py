"""Money that two people move: what is proposed, what waits for somebody else, what was decided.

Who may propose and approve what is satu.approvals' to say; a bank's and an operator's staff see
what is asked of their own money, and nobody decides on what they proposed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satu.approvals import queries
from satu.approvals.actions import approve, look_at, propose, reject, withdraw
from satu.approvals.errors import WORDS, Refusal
from satu.approvals.kinds import (
    ActivateTariff,
    Goodwill,
    Parameters,
    PayBack,
    Prefund,
    RollBackTariff,
    State,
)
from satu.approvals.models import Proposal
from satu.approvals.registry import ACTIONS, WHOLE_CITY
from satu.cards import queries as cards
from satu.cards.words import REFUSALS as CARD_REFUSALS
from satu.cases.queries import asset
from satu.kernel.money import mark
from satu.partners.errors import WORDS as PARTNER_REFUSALS
from satu.people.kinds import Role
from satu.web.categories import city_rules
from satu.web.console.opened import staff_viewer
from satu.web.console.proposing import DECLINED, FORMS, REASONS, DeclineForm, ProposeForm
from satu.web.console.trail import who
from satu.web.design.cells import Badge, Cell, Link, Money
from satu.web.design.formats import NO_BREAK
from satu.web.design.menus import Place
from satu.web.design.sheets import Column, Sheet, Sort, asked_sort, csv_answer
from satu.web.doors.rights import Viewer, staff_only
from satu.web.said import say
from satu.wire.messages import Words

DECIDERS = (Role.BANK, Role.OPERATOR, Role.TREASURER)
PROPOSERS = (Role.DESK, *DECIDERS)
VIEWERS = (*PROPOSERS, Role.AUDITOR)
URGENT = timedelta(hours=12)
MOST_DECIDED = 500
RESULTS = {
    "posted": Words("Sudah dibukukan", "It is in the books"),
    "exists": Words("Sudah dibukukan", "It is in the books"),
    "kept": Words("Tersimpan", "Kept"),
    "asked_of_bank": Words("Bank diminta membayar", "The bank was asked to pay"),
}


@require_GET
@never_cache
@staff_only(*VIEWERS)
def approvals(request: HttpRequest) -> HttpResponseBase:
    """What waits for a second person and what was decided; `?format=csv` gives it as a file."""
    viewer = staff_viewer(request)
    acts_for = viewer.organisation or WHOLE_CITY
    is_done = request.GET.get("bagian") == "diputuskan"
    found = (
        queries.decided(acts_for=acts_for, limit=MOST_DECIDED)
        if is_done
        else queries.waiting(acts_for=acts_for)
    )
    columns = _columns(is_done)
    sort = asked_sort(request, columns, Sort("until" if not is_done else "decided", is_done))
    ordered = sorted(found, key=KEYS[sort.column], reverse=sort.is_down)
    subjects, currency = _subjects(ordered), asset()
    sheet = Sheet(
        columns,
        [_cells(one, subjects[one.id], currency, is_done) for one in ordered],
        gettext("Proposals"),
        sort=sort,
        said=gettext("In all: %(n)s") % {"n": len(ordered)},
        empty=gettext("Nothing waits for a second person."),
        export="csv",
    )
    if request.GET.get("format") == "csv":
        return csv_answer(sheet, "usulan")
    here = reverse("console:approvals")
    context = {
        "sheet": sheet,
        "tabs": [
            Place(gettext("Waiting"), here, not is_done),
            Place(gettext("Decided"), f"{here}?bagian=diputuskan", is_done),
        ],
        "kinds": [(what, form.button) for what, form in FORMS.items() if _may(viewer, what)],
    }
    return render(request, "console/approvals.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*PROPOSERS, moves_money=True)
def propose_one(request: HttpRequest, what: str) -> HttpResponseBase:
    """Propose to move money; the same page sent twice proposes once."""
    viewer = staff_viewer(request)
    if what not in FORMS or not _may(viewer, what):
        raise Http404
    form = ProposeForm(
        request.POST or None, what=what, viewer=viewer, initial=_initial(request, viewer)
    )
    if request.method == "POST" and form.is_valid():
        done = propose(asked=form.asked(), actor=viewer.actor, at=timezone.now())
        if isinstance(done, Proposal):
            messages.success(request, _("Proposed. Somebody else approves it within 72 hours."))
            return redirect("console:approval", done.id)
        form.add_error(None, say(WORDS[done]))
    context = {
        "form": form,
        "title": FORMS[what].title,
        "text": FORMS[what].text,
        "unit": mark(asset()),
    }
    return render(request, "console/propose.html", context)


def _initial(request: HttpRequest, viewer: Viewer) -> dict[str, str]:
    """A key for this page, and the card from whose page one comes."""
    initial = {"key": uuid4().hex}
    asked = request.GET.get("kartu", "")
    card = (
        cards.card(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    )
    if card is not None and viewer.sees_issuer(card.issuer.code):
        initial["card"] = card.number
    return initial


@require_GET
@never_cache
@staff_only(*VIEWERS)
def approval(request: HttpRequest, number: int) -> HttpResponse:
    """A proposal in whole, for who may decide it or made it; that they looked is kept."""
    return _page(request, _proposal(request, number), DeclineForm())


@require_POST
@never_cache
@staff_only(*DECIDERS, moves_money=True)
def approve_one(request: HttpRequest, number: int) -> HttpResponseBase:
    """Let another approve: the money moves now, once."""
    viewer, found = staff_viewer(request), _proposal(request, number)
    done = approve(proposal=found.id, actor=viewer.actor, at=timezone.now())
    if isinstance(done, Refusal):
        messages.error(request, say(WORDS[done]))
    elif done.state == State.DONE:
        messages.success(request, _("Approved: it is done."))
    else:
        words = gettext("Approved, but it could not be done: %(why)s")
        messages.error(request, words % {"why": result_word(done)})
    return redirect("console:approval", number)


@require_POST
@never_cache
@staff_only(*DECIDERS, moves_money=True)
def decline_one(request: HttpRequest, number: int) -> HttpResponseBase:
    """Say no, and why."""
    viewer, found = staff_viewer(request), _proposal(request, number)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    reason = form.cleaned_data["reason"]
    done = reject(proposal=found.id, reason=reason, actor=viewer.actor, at=timezone.now())
    _say(request, done, gettext("Declined: nothing moved."))
    return redirect("console:approval", number)


@require_POST
@never_cache
@staff_only(*PROPOSERS, moves_money=True)
def withdraw_one(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take one's own proposal back."""
    viewer, found = staff_viewer(request), _proposal(request, number)
    done = withdraw(proposal=found.id, actor=viewer.actor, at=timezone.now())
    _say(request, done, gettext("Withdrawn: nothing moved."))
    return redirect("console:approval", number)


def waiting_for(viewer: Viewer) -> list[Proposal]:
    """The proposals that somebody could decide now: of their party, and not their own."""
    if viewer.roles.isdisjoint(DECIDERS):
        return []
    return [
        one
        for one in queries.waiting(acts_for=viewer.organisation or WHOLE_CITY)
        if _may_decide(viewer, one)
    ]


def _say(request: HttpRequest, done: Proposal | Refusal, words: str) -> None:
    if isinstance(done, Refusal):
        messages.error(request, say(WORDS[done]))
    else:
        messages.success(request, words)


def _proposal(request: HttpRequest, number: int) -> Proposal:
    acts_for = staff_viewer(request).organisation or WHOLE_CITY
    found = queries.proposal(number, acts_for=acts_for)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, found: Proposal, form: DeclineForm) -> HttpResponse:
    viewer = staff_viewer(request)
    seen = look_at(proposal=found.id, actor=viewer.actor, at=timezone.now())
    is_waiting = found.state == State.WAITING and timezone.now() < found.expires_at
    context = {
        "proposal": found,
        "title": _title(found),
        "badge": state_badge(found),
        "facts": _facts(seen) if not isinstance(seen, Refusal) else [],
        "reason": dict((*REASONS, *DECLINED)).get(found.reason, found.reason),
        "result": result_word(found),
        "amount": Money(found.amount, asset()) if found.amount is not None else "–",
        "card": _card_page(found, viewer),
        "may_decide": is_waiting and _may_decide(viewer, found),
        "is_own": is_waiting and viewer.staff == found.proposed_by,
        "form": form,
        "crumbs": [
            Place(gettext("Proposals"), reverse("console:approvals")),
            Place(f"#{found.id}"),
        ],
    }
    return render(request, "console/approval.html", context)


def _card_page(proposal: Proposal, viewer: Viewer) -> int | None:
    """The card whose page the viewer can open to look at first; None: there is none for them."""
    reads = not viewer.roles.isdisjoint((Role.DESK, Role.BANK, Role.AUDITOR))
    return int(proposal.subject_id) if reads and proposal.subject_kind == "card" else None


def _may(viewer: Viewer, what: str) -> bool:
    """Whether somebody may propose by a form; a refund is an operator's to pay."""
    if viewer.is_contractor or viewer.roles.isdisjoint(ACTIONS[FORMS[what].action].proposers):
        return False
    if viewer.roles <= {Role.BANK}:
        return what != "refund"
    return what == "refund" if viewer.roles <= {Role.OPERATOR} else True


def _may_decide(viewer: Viewer, proposal: Proposal) -> bool:
    action = ACTIONS.get(proposal.action)
    is_other = viewer.staff != proposal.proposed_by
    return bool(action and is_other and action.approvers & viewer.roles)


def _facts(seen: Parameters) -> list[tuple[str, Cell]]:
    """What is proposed, field by field."""
    match seen:
        case Goodwill():
            operator = (
                _operator_name(seen.operator) if seen.operator else gettext("the card's bank")
            )
            return [(gettext("Who pays"), operator)]
        case Prefund():
            names = {one.id: one.name for one in cards.issuers()}
            return [(gettext("Bank"), names.get(seen.bank, str(seen.bank)))]
        case PayBack():
            bank = seen.bank_code or gettext("the card's own bank")
            return [
                (gettext("Account"), seen.account),
                (gettext("Name of the account's holder"), seen.name),
                (gettext("Code of the account's bank"), bank),
            ]
        case ActivateTariff() | RollBackTariff():
            return [(gettext("Why"), seen.why)]


def _operator_name(number: int) -> str:
    rules = city_rules()
    found = rules.operators.get(number) if rules else None
    return found.name if found else str(number)


def _title(proposal: Proposal) -> str:
    action = ACTIONS.get(proposal.action)
    return say(action.words) if action else proposal.action


def result_word(proposal: Proposal) -> str:
    """What came of a proposal: why somebody declined it, or what the action answered."""
    code = proposal.result
    known = RESULTS | {one.value: words for one, words in CARD_REFUSALS.items()}
    known |= {one.value: words for one, words in PARTNER_REFUSALS.items()}
    return say(known[code]) if code in known else str(dict(DECLINED).get(code, code))


def state_badge(proposal: Proposal) -> Badge:
    """What became of a proposal, by shape and word."""
    return {
        State.WAITING: Badge("wait", gettext("Waiting for another")),
        State.DONE: Badge("good", gettext("Done")),
        State.REFUSED: Badge("bad", gettext("Could not be done")),
        State.REJECTED: Badge("bad", gettext("Declined")),
        State.WITHDRAWN: Badge("none", gettext("Withdrawn")),
        State.EXPIRED: Badge("none", gettext("Expired")),
    }[State(proposal.state)]


KEYS: dict[str, Any] = {
    "until": lambda one: one.expires_at,
    "decided": lambda one: one.decided_at,
    "amount": lambda one: one.amount or 0,
    "by": lambda one: one.proposed_by,
}


def _columns(is_done: bool) -> list[Column]:
    last = [
        Column("decided", _("Decided"), is_sortable=True),
        Column("decided_by", _("Decided by")),
    ]
    return [
        Column("what", _("What")),
        Column("subject", _("For")),
        Column("amount", _("Amount"), is_number=True, is_sortable=True),
        Column("by", _("Proposed by"), is_sortable=True),
        Column("state", _("State")),
        *(last if is_done else [Column("until", _("Waits until"), is_sortable=True)]),
    ]


def _cells(one: Proposal, subject: str, currency: str, is_done: bool) -> list[Cell]:
    last: list[Cell] = [one.decided_at, who(one.decided_by)] if is_done else [one.expires_at]
    amount = Money(one.amount, currency) if one.amount is not None else "–"
    return [
        Link(_title(one), reverse("console:approval", args=[one.id]), one.case),
        subject,
        amount,
        one.proposed_by,
        state_badge(one),
        *last,
    ]


def _subjects(found: list[Proposal]) -> dict[int, str]:
    """What each proposal is for, as it is called: a card by its last figures, a bank by name."""
    banks = {str(bank.id): bank.name for bank in cards.issuers()}
    about = {int(one.subject_id) for one in found if one.subject_kind == "card"}
    numbers = {str(card): number for card, number in cards.numbers(about).items()}
    told = {}
    for one in found:
        name = one.subject_id
        if one.subject_kind == "card" and name in numbers:
            name = f"••••{NO_BREAK}{numbers[name][-4:]}"
        told[one.id] = banks.get(name, name) if one.subject_kind == "issuer" else name
    return told
