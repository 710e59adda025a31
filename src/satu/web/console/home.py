"""The staff's first page: what waits for each of their roles, and where it leads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from satu.approvals.queries import waiting
from satu.cards import orders as card_orders
from satu.cards.collecting import settlement_day
from satu.cards.kinds import OrderState
from satu.cases.queries import city_cases, loads
from satu.insight import devices, queries
from satu.kernel.days import from_ms
from satu.ledger.actions import raw_connection
from satu.partners.unpaid import unpaid
from satu.people.kinds import Role
from satu.taps.repair_queries import waiting_for_staff
from satu.web.console.approvals import waiting_for
from satu.web.console.opened import staff_viewer
from satu.web.design.words import role_names
from satu.web.doors.rights import CITY_ROLES, Viewer, staff_only
from satu.web.pictures import current_picture
from satu.web.said import say
from satu.wire.messages import Words

# So long before its day a closed card's money is on the page: a bank needs a working day for it.
NEAR = timedelta(days=4)


class Task(NamedTuple):
    """Something that waits: how many, where it leads ("": nowhere), and how it stands."""

    name: str
    waits: int
    note: str
    href: str
    state: str


@require_GET
@never_cache
@staff_only()
def home(request: HttpRequest) -> HttpResponse:
    """What waits for who is signed in; the tasks of all their roles, those that wait first."""
    viewer, now = staff_viewer(request), timezone.now()
    found = [*_money(viewer), *_desk(viewer), *_cases(viewer, now), *_city(viewer)]
    tasks = sorted(found, key=lambda one: (not one.waits, one.state != "bad"))
    context = {
        "who": viewer.staff,
        "roles": role_names(viewer.roles),
        "tasks": tasks,
        "is_quiet": not any(one.waits for one in tasks),
        "may_find": not viewer.roles.isdisjoint((Role.DESK, Role.BENEFITS, Role.PRIVACY)),
        "may_register": Role.DESK in viewer.roles,
    }
    return render(request, "console/home.html", context)


def _task(
    name: str, count: int, note: str, url_name: str, asked: str = "", state: str = "wait"
) -> Task:
    try:
        href = reverse(url_name) + asked
    except NoReverseMatch:
        href = ""  # a page that is not part of this installation
    return Task(name, count, note, href, state if count else "")


def _money(viewer: Viewer) -> list[Task]:
    """Proposals to decide, and those of one's own that wait for another."""
    here = "console:approvals"
    found = []
    if not viewer.roles.isdisjoint((Role.BANK, Role.OPERATOR, Role.TREASURER)):
        count = len(waiting_for(viewer))
        found.append(_task(_("Proposals for you to decide"), count, _("money moves"), here))
    if not viewer.roles.isdisjoint((Role.DESK, Role.BANK, Role.OPERATOR, Role.TREASURER)):
        own = [
            one
            for one in waiting(acts_for=viewer.organisation or "")
            if one.proposed_by == viewer.staff
        ]
        note = _("somebody else decides")
        found.append(_task(_("Proposals of yours"), len(own), note, here, state=""))
    return found


def _desk(viewer: Viewer) -> list[Task]:
    """Refunds that no rule decided, closed cards to be paid back by now, cards to come."""
    found = []
    if Role.DESK in viewer.roles:
        refunds = len(waiting_for_staff())
        note = _("no rule could decide")
        found.append(_task(_("Refunds"), refunds, note, "console:refunds"))
        found.append(_closed())
    if not viewer.roles.isdisjoint((Role.DESK, Role.BANK)):
        coming = [
            one
            for one in card_orders.orders()
            if viewer.sees_issuer(one.bank) and one.state is OrderState.PRODUCED
        ]
        note = _("written down when they arrive")
        found.append(_task(_("Card orders on their way"), len(coming), note, "console:orders"))
    return found


def _closed() -> Task:
    """Closed cards whose money is not with its holders though its day is near, or past."""
    today = settlement_day(timezone.now())
    waiting = unpaid(on=today, due_by=today + NEAR)
    near = {one.card for one in waiting}
    late = {one.card for one in waiting if one.due_on < today}
    note = _("their day is near") if near else ""
    if late:
        note = _("%(n)s past their day") % {"n": len(late)}
    words, state = _("Closed cards not paid back"), "bad" if late else "wait"
    return _task(words, len(near), note, "console:refunds", "?bagian=tutup", state)


def _cases(viewer: Viewer, now: datetime) -> list[Task]:
    """The queues of the teams that one's roles see."""
    city = city_cases()
    if city is None:
        return []
    found = {one.team: one for one in loads(at=now)}
    tasks = []
    for team in city.teams:
        if team.role not in viewer.roles or team.code not in found:
            continue
        load = found[team.code]
        words = say(Words(team.id, team.en))
        name = _("Cases of %(team)s") % {"team": words}
        told = {"new": load.new, "overdue": load.overdue}
        note = _("%(new)s new, %(overdue)s overdue") % told
        state = "bad" if load.overdue else "wait"
        tasks.append(_task(name, load.open, note, "console:cases", state=state))
    return tasks


def _city(viewer: Viewer) -> list[Task]:
    """Alarms and readers, for the city's own staff."""
    if viewer.roles.isdisjoint(CITY_ROLES):
        return []
    connection, picture = raw_connection(), current_picture()
    alarms = len(queries.open_alarms(connection))
    found = [_task(_("Alarms"), alarms, _("open now"), "console:alarms_all", state="bad")]
    if Role.TECHNICIAN in viewer.roles:
        tariff = picture.places.digest if picture.places else ""
        now = from_ms(picture.city_ms) if picture.city_ms else timezone.now()
        counted = devices.counts(connection, tariff=tariff, now=now)
        silent = _("Readers not heard of for a day")
        found.append(_task(silent, counted.silent, "", "console:devices", "?soal=silent"))
        clock = _("Readers with a wrong clock")
        found.append(_task(clock, counted.clock, "", "console:devices", "?soal=clock"))
    return found
