"""The queues of cases: what waits for a team, the overdue first; a case that came by other ways."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from satu.cards import queries as cards
from satu.cards.telling import tail
from satu.cases import queries
from satu.cases.actions import NewCase, open_case
from satu.cases.errors import Refusal
from satu.cases.kinds import Channel, CityCases, State, Team
from satu.cases.models import Case
from satu.cases.rules import OPEN, is_overdue
from satu.cases.words import REFUSALS
from satu.kernel.days import DAY_MS, HOUR_MS
from satu.people.kinds import Role
from satu.web.console.cases_forms import NewCaseForm
from satu.web.console.cases_words import channel_words, kind_words, state_badge
from satu.web.design.cells import Badge, Cell, Link
from satu.web.design.menus import Place
from satu.web.design.sheets import Column, Sheet, Sort, asked_page, asked_sort, csv_answer
from satu.web.doors.rights import Viewer, staff_only, viewer_of
from satu.web.said import say

# A city gives its teams any role of these; a page shows the teams of the roles that one has.
WORKERS = (Role.DESK, Role.BENEFITS, Role.PRIVACY, Role.TECHNICIAN, Role.BANK)
OPENERS = (Role.DESK, Role.BENEFITS, Role.PRIVACY)
PAGE = 50
SOON = timedelta(hours=2)


class Wanted(NamedTuple):
    """What a queue is narrowed to: a kind, a state, one's own, what is overdue."""

    kind: str = ""
    state: str = ""
    mine: bool = False
    overdue: bool = False


@require_GET
@never_cache
@staff_only(*WORKERS)
def cases(request: HttpRequest) -> HttpResponseBase:
    """The open cases of a team (`?tim=desk`), or of all of one's teams."""
    viewer = _viewer(request)
    city, at = queries.city_cases(), timezone.now()
    teams = teams_of(viewer, city)
    named = queries.find(request.GET.get("q", ""))
    if named is not None and sees(viewer, city, [named]):
        return redirect("console:case", named.id)
    chosen = next((one for one in teams if one.code == request.GET.get("tim")), None)
    wanted = _wanted(request)
    queues = [sees(viewer, city, queries.queue(team.code, at=at)) for team in teams]
    open_cases = [
        one
        for team, waiting in zip(teams, queues, strict=True)
        if chosen in (None, team)
        for one in waiting
    ]
    columns = _columns()
    sort = asked_sort(request, columns, Sort("left", is_down=False))
    open_cases.sort(key=lambda one: _order(one, at, sort.column), reverse=sort.is_down)
    found = [one for one in open_cases if _fits(one, wanted, viewer, at)]
    is_file, page = request.GET.get("format") == "csv", asked_page(request)
    first = (page - 1) * PAGE
    shown = found if is_file else found[first : first + PAGE]
    told = {"first": first + 1, "last": first + len(shown), "count": len(found)}
    sheet = Sheet(
        columns=columns,
        rows=[_cells(one, city, at) for one in shown],
        caption=_("Open cases"),
        sort=sort,
        said=_("%(first)s–%(last)s of %(count)s open cases") % told if shown else "",
        empty=_("Nothing waits here. New cases come by themselves."),
        newer=str(page - 1) if page > 1 else "",
        older=str(page + 1) if first + len(shown) < len(found) else "",
        export="csv",
    )
    if is_file:
        return csv_answer(sheet, "laporan")
    context = {
        "sheet": sheet,
        "tabs": _tabs(teams, queues, chosen, at),
        "team": chosen,
        "wanted": wanted,
        "asked_code": request.GET.get("q", ""),
        "kinds": [(one.code, say(one)) for one in city.kinds] if city else [],
        "states": [(str(int(one)), state_badge(one).word) for one in sorted(OPEN)],
        "may_open": not viewer.roles.isdisjoint(OPENERS),
    }
    return render(request, "console/cases.html", context)


def teams_of(viewer: Viewer, city: CityCases | None) -> list[Team]:
    """The teams whose queue somebody sees."""
    return [one for one in city.teams if one.role in viewer.roles] if city else []


def sees(viewer: Viewer, city: CityCases | None, found: Sequence[Case]) -> list[Case]:
    """Those of some cases that somebody sees: their teams', and of a bank's team its own cards'."""
    teams = {one.code: one.role for one in teams_of(viewer, city)}
    theirs = [one for one in found if one.team in teams]
    bound = [one.card for one in theirs if teams[one.team] == Role.BANK and one.card]
    issuers = cards.issuers_of(bound) if bound else {}
    return [
        one
        for one in theirs
        if teams[one.team] != Role.BANK or viewer.sees_issuer(issuers.get(one.card or 0, ""))
    ]


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*OPENERS)
def new(request: HttpRequest) -> HttpResponseBase:
    """Write down what somebody said, wrote or asked at a counter: a case."""
    viewer, city = _viewer(request), queries.city_cases()
    kinds = [(one.code, say(one)) for one in city.kinds] if city else []
    ways = [(one.value, channel_words(one)) for one in Channel if one is not Channel.PAGE]
    first = {"key": uuid4().hex, "serial": request.GET.get("kartu", "")}
    form = NewCaseForm(request.POST or None, initial=first, kinds=kinds, ways=ways)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        card = form.card
        asked = NewCase(
            kind=given["kind"],
            channel=Channel(given["channel"]),
            key=f"{viewer.actor}:{given['key']}",
            resident=card.owner if card else None,
            card=card.id if card else None,
            text=given["text"],
        )
        done = open_case(new=asked, actor=viewer.actor, at=timezone.now())
        if not isinstance(done, Refusal):
            code = queries.code_of(done.case.id)
            messages.success(request, _("Case %(code)s is open.") % {"code": code})
            if sees(viewer, city, [done.case]):
                return redirect("console:case", done.case.id)
            return redirect("console:cases")
        form.add_error(None, say(REFUSALS[done]))
    crumbs = [Place(_("Cases"), reverse("console:cases")), Place(_("New case"))]
    about = cards.find(request.GET.get("kartu", ""))
    context = {"form": form, "crumbs": crumbs, "about": f"•{tail(about.number)}" if about else ""}
    return render(request, "console/case_new.html", context)


def _tabs(
    teams: list[Team], queues: list[list[Case]], chosen: Team | None, at: datetime
) -> list[Place]:
    """All of one's teams, then each, with how many cases are open and how many are overdue."""
    if len(teams) < 2:
        return []
    found = []
    for team, waiting in zip(teams, queues, strict=True):
        late = sum(is_overdue(State(one.state), one.due_at, at) for one in waiting)
        note = f"{len(waiting)} · {late} ✕" if late else str(len(waiting))
        href = f"?tim={team.code}"
        found.append(Place(say(team), href, team is chosen, note=note))
    return [Place(_("All my teams"), reverse("console:cases"), chosen is None), *found]


def _wanted(request: HttpRequest) -> Wanted:
    asked = request.GET
    return Wanted(
        asked.get("jenis", ""),
        asked.get("keadaan", ""),
        asked.get("milik") == "saya",
        asked.get("lewat") == "ya",
    )


def _fits(case: Case, wanted: Wanted, viewer: Viewer, at: datetime) -> bool:
    return (
        (not wanted.kind or case.kind == wanted.kind)
        and (not wanted.state or str(case.state) == wanted.state)
        and (not wanted.mine or case.owner == viewer.staff)
        and (not wanted.overdue or is_overdue(State(case.state), case.due_at, at))
    )


def _order(case: Case, at: datetime, column: str) -> tuple[Any, ...]:
    """What a queue is sorted by: the overdue first, or a column, then as they came."""
    due = case.due_at.timestamp() if case.due_at else float("inf")
    keys: dict[str, tuple[Any, ...]] = {
        "left": (not is_overdue(State(case.state), case.due_at, at), due),
        "case": (),
        "state": (case.state,),
        "owner": (case.owner or "",),
        "due": ((case.due_at or case.answer_by).timestamp(),),
    }
    return *keys[column], case.id


def _columns() -> list[Column]:
    return [
        Column("case", _("Case"), is_sortable=True),
        Column("left", _("Time left"), is_sortable=True),
        Column("state", _("State"), is_sortable=True),
        Column("owner", _("Who has it"), is_sortable=True),
        Column("came", _("Came by")),
        Column("due", _("Answer by"), is_sortable=True),
    ]


def _cells(case: Case, city: CityCases | None, at: datetime) -> list[Cell]:
    name = kind_words(case.kind, city)
    return [
        Link(queries.code_of(case.id), reverse("console:case", args=[case.id]), name),
        clock(case, at),
        state_badge(State(case.state)),
        case.owner or "–",
        channel_words(Channel(case.channel)),
        case.due_at or case.answer_by,
    ]


def clock(case: Case, at: datetime) -> Badge:
    """How much time is left, by colour, shape and words."""
    state = State(case.state)
    if state not in OPEN:
        return Badge("good", _("Answered"))
    if state is State.WAITING:
        return Badge("none", _("Stands still"))
    if is_overdue(state, case.due_at, at):
        late = at - (case.due_at or case.answer_by)
        return Badge("bad", _("Overdue by %(time)s") % {"time": span(late)})
    assert case.due_at is not None
    left = case.due_at - at
    return Badge("wait" if left < SOON else "info", _("%(time)s left") % {"time": span(left)})


def span(length: timedelta) -> str:
    """`3 days`, `5 h`, `12 min`."""
    ms = max(int(length.total_seconds() * 1000), 0)
    if ms >= 2 * DAY_MS:
        return _("%(n)s days") % {"n": ms // DAY_MS}
    if ms >= HOUR_MS:
        return _("%(n)s h") % {"n": ms // HOUR_MS}
    return _("%(n)s min") % {"n": ms // 60_000}


def _viewer(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    assert viewer is not None
    return viewer
