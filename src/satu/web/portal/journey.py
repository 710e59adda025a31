"""A journey's page: where it went, when, why it cost that, and how the money moved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from satu.cards.held import held, holder_for
from satu.cards.kinds import CardState
from satu.cases import queries as cases
from satu.cases.kinds import REPAIR, RIDE
from satu.insight.places import Places
from satu.kernel.refusal import UseClass
from satu.payments.orders import living
from satu.people.kinds import Scope
from satu.services.rules import Route
from satu.taps.explain import JourneyTold, LegTold, Looked, Posted, RiderTold
from satu.taps.looking import own_day
from satu.taps.models import Repair
from satu.taps.places import NoCityLoaded
from satu.taps.repair_queries import repairs
from satu.taps.repair_rules import MISSING, Doubt, RepairState
from satu.taps.repair_words import DOUBTS, STATES
from satu.web.design.cells import Badge, Money
from satu.web.design.menus import Place
from satu.web.doors.rights import resident_only
from satu.web.journey_map import Ride, journey_map
from satu.web.pictures import current_picture
from satu.web.portal.cases import badge as case_badge
from satu.web.portal.history import day_name
from satu.web.portal.lines import GOES_ON, OUTGO, UNKNOWN, WHOLE, clock, letters_of, moment, money
from satu.web.portal.names import Named, name_of, named_by
from satu.web.portal.own import Asker, asker
from satu.web.said import say

LACKS = frozenset(one.code for one in MISSING)
SHAPES = {
    RepairState.ASKED: "wait",
    RepairState.APPROVED: "good",
    RepairState.REJECTED: "bad",
    RepairState.WITHDRAWN: "none",
}


class Opened(NamedTuple):
    """A journey that a resident may see. `may_ask`: they may act on the card's money too."""

    name: str
    named: Named
    day: Looked
    told: JourneyTold
    may_ask: bool

    @property
    def asset(self) -> str:
        return self.day.told.asset

    @property
    def uses(self) -> frozenset[int]:
        return frozenset(leg.use for leg in self.told.legs)


class LegShown(NamedTuple):
    """A ride or a visit of the journey in words."""

    title: str
    note: str
    letters: str
    colour: str
    value: Money
    badge: Badge | None


class Reason(NamedTuple):
    """Why one ride cost what it did, for one of those who rode: rules that sum to the fare."""

    title: str
    rules: list[tuple[str, Money]]
    fare: Money
    is_known: bool


class MoneyShown(NamedTuple):
    """A posting in plain words."""

    words: str
    note: str
    value: Money


class RepairShown(NamedTuple):
    """A missing tap that was told: what became of it."""

    badge: Badge
    text: str
    why: list[str]


class CaseShown(NamedTuple):
    """A case about the journey."""

    code: str
    badge: Badge
    href: str


@require_GET
@never_cache
@resident_only
def journey(request: HttpRequest, name: str) -> HttpResponseBase:
    """The page of a journey, by its name; 404 for what is not theirs, or was unlinked."""
    asks = asker(request)
    found = opened(asks, name)
    if found is None:
        raise Http404
    moved = moved_for(found, asks)
    if moved:
        return redirect("portal:journey", moved)
    legs = found.told.legs
    is_own_money, postings = money_of(found)
    repair = repair_of(found)
    context = {
        "crumbs": [Place(_("History"), reverse("portal:history")), Place(title_of(legs))],
        "title": title_of(legs),
        "day": day_name(localdate(legs[0].started_at), localdate(asks.at)),
        "times": times_of(legs),
        "fare": Money(found.told.fare, found.asset),
        "is_known": all(leg.is_known for leg in legs),
        "legs": [leg_shown(leg, found.asset) for leg in legs],
        "picture": drawn(legs),
        "reasons": reasons_of(legs, found.asset),
        "postings": postings,
        "is_own_money": is_own_money,
        "lacking": None if repair or is_over(found, asks) else lacking(found),
        "repair": repair_shown(repair) if repair else None,
        "cases": cases_of(found, repair, asks),
        "repair_href": reverse("portal:repair", args=[name]),
        "refund_href": reverse("portal:refund", args=[name]),
        "may_ask": found.may_ask,
    }
    return render(request, "portal/journey.html", context)


def opened(asks: Asker, name: str) -> Opened | None:
    """The journey that a name is of, with its day; None: it is none of theirs, or unlinked.

    If what was a use is now under another name, the journey is empty (`moved_for` says which).
    """
    named = named_by(name, asks.resident)
    if named is None:
        return None
    try:
        day = own_day(viewer=asks.resident, card=named.card, day=named.day, at=asks.at)
    except NoCityLoaded:
        return None
    if day is None:
        return None
    told = next(
        (one for one in day.told.journeys if any(leg.use == named.use for leg in one.legs)),
        JourneyTold(0, ()),
    )
    holder = holder_for(viewer=asks.resident, card=named.card, scope=Scope.MONEY, at=asks.at)
    found = Opened(name, named, day, told, holder is not None)
    return found if told.legs or moved_for(found, asks) else None


def moved_for(found: Opened, asks: Asker) -> str:
    """The new name of a ride whose missing entry was told: it begins with that tap now; "": none.

    A use is called after its first tap.
    """
    if found.told.legs:
        return ""
    repair = repair_of(found)
    if repair is None or repair.state != RepairState.APPROVED or repair.tap is None:
        return ""
    known = {leg.use for one in found.day.told.journeys for leg in one.legs}
    named = found.named._replace(use=repair.tap)
    return name_of(named, asks.resident) if repair.tap in known else ""


def title_of(legs: Sequence[LegTold]) -> str:
    """`Blok M → Monas`: from the first place of a journey to its last."""
    first, last = legs[0], legs[-1]
    begins = first.start.name if first.start else UNKNOWN
    if len(legs) == 1 and first.kind != "journey":
        return begins
    if last.end is not None:
        return f"{begins} → {last.end.name}"
    if last.use_class in WHOLE:  # nobody taps out there
        last_begin = last.start.name if last.start else UNKNOWN
        return begins if len(legs) == 1 else f"{begins} → {last_begin}"
    return f"{begins} → {GOES_ON if last.use_class == UseClass.OPEN.code else UNKNOWN}"


def times_of(legs: Sequence[LegTold]) -> str:
    """`05.02–05.41`."""
    ended = legs[-1].ended_at
    begun = clock(legs[0].started_at)
    return begun if ended is None or ended == legs[0].started_at else f"{begun}–{clock(ended)}"


def leg_shown(leg: LegTold, asset: str) -> LegShown:
    """One ride of the journey."""
    places = current_picture().places
    route = _route(places, leg.route)
    riders = _("%(n)s people") % {"n": leg.riders} if leg.riders > 1 else ""
    state = None
    if leg.use_class not in WHOLE:
        state = Badge("wait", say(leg.class_words))
    note = " · ".join(part for part in (leg.operator, times_of([leg]), riders) if part)
    return LegShown(
        title_of([leg]),
        note,
        letters_of(leg.route, leg.operator),
        route.colour if route else OUTGO,
        Money(leg.fare, asset),
        state,
    )


def drawn(legs: Sequence[LegTold]) -> SafeString | None:
    """The journey on the map; None: none of its places is on it."""
    places = current_picture().places
    if places is None:
        return None
    rides = [
        Ride(
            places.point_of_code.get(leg.start.code) if leg.start else None,
            places.point_of_code.get(leg.end.code) if leg.end else None,
            route.id if (route := _route(places, leg.route)) else None,
        )
        for leg in legs
    ]
    return journey_map(rides, _("Map: %(way)s") % {"way": title_of(legs)})


def _route(places: Places | None, code: str) -> Route | None:
    routes = places.bundle.routes if places and code else ()
    return next((route for route in routes if route.code == code), None)


def reasons_of(legs: Sequence[LegTold], asset: str) -> list[Reason]:
    """Why each ride cost what it did, rule by rule; of several riders, of each."""
    return [
        _reason(leg, rider, asset, is_several=len(legs) > 1)
        for leg in legs
        for rider in leg.paid_by
    ]


def _reason(leg: LegTold, rider: RiderTold, asset: str, *, is_several: bool) -> Reason:
    who = _("rider %(n)s") % {"n": rider.rider} if leg.riders > 1 else ""
    title = " · ".join(part for part in (title_of([leg]) if is_several else "", who) if part)
    rules = [
        (say(rule.words), Money(rule.amount, asset, place > 0))
        for place, rule in enumerate(rider.rules)
    ]
    return Reason(title, rules, Money(rider.fare, asset), leg.is_known)


def money_of(found: Opened) -> tuple[bool, list[MoneyShown]]:
    """The postings of the journey, if they are its own; else those of the whole day.

    One posting can pay several rides of a day to one operator: then the day is told as a whole.
    """
    own = [one for one in found.day.posted if one.use in found.uses]
    is_own = sum(one.amount for one in own) == found.told.fare
    chosen = own if is_own else list(found.day.posted)
    return is_own, [_posted(one, found.asset) for one in chosen]


def _posted(one: Posted, asset: str) -> MoneyShown:
    other = {"operator": one.operator}
    words = {
        "fare": _("Paid to %(operator)s") % other,
        "shortfall": _("Not paid yet to %(operator)s: the balance was too low") % other,
        "shortfall_undone": _("No longer owed to %(operator)s") % other,
        "refund": _("Given back by %(operator)s") % other,
    }
    back = _("Given back by %(operator)s: the fare was corrected") % other
    more = _("Paid to %(operator)s: the fare was corrected") % other
    told = words.get(one.kind, back if one.amount < 0 else more)
    return MoneyShown(told, moment(one.posted_at), Money(-one.amount, asset, True))


def lacking(found: Opened) -> LegTold | None:
    """The ride of the journey that lacks a tap, the one asked for first; None: none does."""
    legs = [leg for leg in found.told.legs if leg.use_class in LACKS]
    legs.sort(key=lambda leg: leg.use != found.named.use)
    return legs[0] if legs else None


def is_over(found: Opened, asks: Asker) -> bool:
    """Whether the journey's card is closed, and no other took its place: no tap can be told."""
    card = held(living(found.named.card), asks.at.date())
    return card is not None and card.state is CardState.CLOSED


def repair_of(found: Opened) -> Repair | None:
    """What was asked about a missing tap of the journey."""
    return repair_about(found.named.card, found.uses | {found.named.use})


def repair_about(card: int, uses: Collection[int]) -> Repair | None:
    """What was asked about a missing tap of some of a card's uses; None: nothing."""
    for one in repairs(card=card):
        if one.use in uses or (one.state == RepairState.APPROVED and one.tap in uses):
            return one
    return None


def repair_shown(repair: Repair) -> RepairShown:
    """What became of a missing tap that was told."""
    state = RepairState(repair.state)
    badge = Badge(SHAPES[state], say(STATES[state]).capitalize())
    told = {"place": repair.point.name, "time": clock(repair.said_at)}
    text = _("You told of a tap at %(place)s at %(time)s.") % told
    if repair.refunded:
        back = {"money": money(repair.refunded)}
        text += " " + _("%(money)s came back.") % back
    why = [say(DOUBTS[Doubt(one)]) for one in repair.waits_for.split()]
    return RepairShown(badge, text, why if state is RepairState.ASKED else [])


def cases_of(found: Opened, repair: Repair | None, asks: Asker) -> list[CaseShown]:
    """The resident's cases about the journey: a refund that they asked for, a tap in doubt."""
    names = [f"{RIDE}{use}" for use in sorted(found.uses)]
    names += [f"{REPAIR}{repair.pk}"] if repair else []
    shown = []
    for name in names:
        case = cases.about(name)
        if case is not None and case.resident == asks.resident:
            href = reverse("portal:case", args=[case.pk])
            shown.append(CaseShown(cases.code_of(case.pk), case_badge(case), href))
    return shown
