"""What a journey would cost: for everybody, by the engine that prices real rides. Stores nothing.

Works as a plain form: names are typed, an address holds the question, and another way of going
is a link. A browser that can asks for names while one types.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET

from satu.fares.tariff import Tariff
from satu.insight.places import Places
from satu.services.base import Rider
from satu.services.rules import TRANSIT_CARD, Route, Rules
from satu.web.categories import city_rules
from satu.web.doors.limits import Buckets, limited
from satu.web.doors.rights import public
from satu.web.journey_map import Ride, journey_map
from satu.web.pictures import current_picture
from satu.web.public.quotes import Quoted, quote, venue_at
from satu.web.public.stops import LONGEST_ASKED, Stop, Stops, stops_of
from satu.web.public.telling import parts_of, reasons_of
from satu.web.public.ways import Net, Way
from satu.web.said import say
from satu.wire.messages import Words

MOST_WAYS = 4
SUGGESTED = 12
EXAMPLES = 4  # well known places, each on the way to the next
CHANGE_MS = 8 * 60_000  # so much longer people ride to change once less
QUESTIONS = Buckets(burst=40, per_minute=60)
NAMES = Buckets(burst=120, per_minute=240)
ANY, RAIL, BUS = "semua", "rel", "bus"
DATE, TIME = "%Y-%m-%d", "%H:%M"


class Asked(forms.Form):
    """From where to where, when, who rides, and by what."""

    dari = forms.CharField(label=lazy("Set out from"), max_length=LONGEST_ASKED)
    ke = forms.CharField(label=lazy("Going to"), max_length=LONGEST_ASKED)
    tanggal = forms.DateField(
        label=lazy("Day"), widget=forms.DateInput({"type": "date"}, DATE), input_formats=[DATE]
    )
    jam = forms.TimeField(
        label=lazy("Setting out at"),
        widget=forms.TimeInput({"type": "time"}, TIME),
        input_formats=[TIME],
    )
    golongan = forms.ChoiceField(label=lazy("Who rides"))
    bayar = forms.ChoiceField(label=lazy("Paid with"))
    moda = forms.ChoiceField(
        label=lazy("By what"),
        choices=[
            (ANY, lazy("Anything that goes")),
            (RAIL, lazy("Trains alone")),
            (BUS, lazy("Buses alone")),
        ],
    )

    def __init__(self, data: Any, stops: Stops, tariff: Tariff | None, **given: Any) -> None:
        super().__init__(data, use_required_attribute=True, **given)
        self.stops = stops
        for name in ("dari", "ke"):
            self.fields[name].widget.attrs |= {
                "list": f"tempat-{name}",
                "autocomplete": "off",
                "spellcheck": "false",
                "class": "masukan",
            }
        self.fields["golongan"].choices = categories_of(tariff)  # type: ignore[attr-defined]
        media = media_of(tariff)
        self.fields["bayar"].choices = media  # type: ignore[attr-defined]
        if len(media) < 2:
            del self.fields["bayar"]

    def clean_dari(self) -> Stop:
        return self._stop("dari")

    def clean_ke(self) -> Stop:
        return self._stop("ke")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start, end = given.get("dari"), given.get("ke")
        if start is not None and start == end:
            self.add_error("ke", _("This is where you set out. Choose another place."))
        return given

    def _stop(self, name: str) -> Stop:
        words = self.cleaned_data[name]
        found = self.stops.named(words)
        if found is None:
            several = self.stops.find(words, limit=1)
            told = (
                _("Several places have this name. Choose one below.")
                if several
                else _("We know no place of this name. Try a shorter part of it.")
            )
            raise forms.ValidationError(told)
        return found


class Option(NamedTuple):
    """A way to choose: its number in the address, its lines, what it costs, how it stands out."""

    number: int
    lines: tuple[Route, ...]
    fare: int
    minutes: int
    changes: int
    is_cheapest: bool
    is_quickest: bool


def categories_of(tariff: Tariff | None) -> list[tuple[str, str]]:
    """The rider categories of a tariff in the page's language, the usual one first."""
    if tariff is None:
        return []
    ordered = sorted(tariff.categories, key=lambda one: not one.is_default)
    return [(one.name, say(Words(one.label_id, one.label_en)) or one.name) for one in ordered]


def media_of(tariff: Tariff | None) -> list[tuple[str, str]]:
    """What a tariff's fares can be paid with, a transit card first."""
    if tariff is None:
        return []
    ordered = sorted(tariff.media, key=lambda one: one.kind != TRANSIT_CARD)
    return [(one.id, one.name or one.id) for one in ordered]


def _is_asked(request: HttpRequest) -> bool:
    return "dari" in request.GET or "ke" in request.GET


def _given(request: HttpRequest, tariff: Tariff | None, now: datetime) -> QueryDict:
    """What was asked, and where an address does not say: now, and what is usual."""
    given = request.GET.copy()
    given.setdefault("tanggal", f"{now:{DATE}}")
    given.setdefault("jam", f"{now:{TIME}}")
    given.setdefault("moda", ANY)
    for name, choices in (("golongan", categories_of(tariff)), ("bayar", media_of(tariff))):
        given.setdefault(name, next((value for value, _label in choices), ""))
    return given


@require_GET
@never_cache
@public
@limited(QUESTIONS, _is_asked)
def calculator(request: HttpRequest) -> HttpResponse:
    """The form; with a question in the address, its answer too."""
    places = current_picture().places
    rules = city_rules()
    if places is None or rules is None:
        return render(request, "public/fares.html", {"places": None})
    now = timezone.now().astimezone(rules.calendar.zone)
    stops = stops_of(places)
    first = {"tanggal": now.date(), "jam": now.time().replace(second=0, microsecond=0)}
    tariff = _tariff(rules, now)
    given = _given(request, tariff, now) if _is_asked(request) else None
    form = Asked(given, stops, tariff, initial=first)
    context: dict[str, Any] = {"places": places, "form": form}
    context["examples"] = list(pairwise(stops.examples(EXAMPLES)))
    if given is not None:
        if form.is_valid():
            context |= _answer(rules, places, form.cleaned_data, request.GET.get("cara", ""))
        else:
            context["choices"] = [
                (name, form[name].label, stops.find(given.get(name, "")))
                for name in ("dari", "ke")
                if name in form.errors and stops.find(given.get(name, ""), limit=1)
            ]
    return render(request, "public/fares.html", context)


@require_GET
@cache_control(public=True, max_age=3600)
@public
@limited(NAMES)
def names(request: HttpRequest) -> HttpResponseBase:
    """Labels of places that fit what was typed into a field, for its list."""
    places = current_picture().places
    words = request.GET.get("dari") or request.GET.get("ke") or request.GET.get("tempat") or ""
    found = stops_of(places).find(words, SUGGESTED) if places else []
    return render(request, "public/names.html", {"stops": found})


def _answer(rules: Rules, places: Places, asked: dict[str, Any], number: str) -> dict[str, Any]:
    """What the page tells of a question: the chosen way, and the others beside it."""
    start: Stop = asked["dari"]
    end: Stop = asked["ke"]
    start_ms = rules.calendar.at(datetime.combine(asked["tanggal"], asked["jam"]))
    try:
        tariff = rules.tariff_on(rules.calendar.day_of(start_ms))
    except LookupError:
        return {"is_untariffed": True}
    usual = next((one.name for one in tariff.categories if one.is_default), "adult")
    known = {one.name for one in tariff.categories}
    category = asked["golongan"] if asked["golongan"] in known else usual
    rider = Rider(category, asked.get("bayar") or rules.card_medium)
    found = _ways(places, start.points, end.points, asked["moda"])
    venue = venue_at(places, end.points)
    quoted = [quote(rules, places, way, start_ms, rider, venue) for way in found]
    if not quoted:
        return {"start": start, "end": end, "is_unreachable": True}
    quoted.sort(key=lambda one: one.ended_ms + CHANGE_MS * one.changes)
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0
    chosen = quoted[at if at < len(quoted) else 0]
    return {
        "start": start,
        "end": end,
        "quoted": chosen,
        "zone": rules.bundle.zone,
        "minutes": (chosen.ended_ms - start_ms) // 60_000,
        "parts": parts_of(rules, places, chosen),
        "reasons": reasons_of(chosen.told),
        "options": _options(quoted, start_ms),
        "at": at if at < len(quoted) else 0,
        "map": _map(chosen, start, end),
    }


def _options(quoted: Sequence[Quoted], start_ms: int) -> list[Option]:
    least = min(one.told.fare for one in quoted)
    quickest = min(one.ended_ms for one in quoted)
    return [
        Option(
            number,
            tuple(line for hop in one.hops for line in hop.lines),
            one.told.fare,
            (one.ended_ms - start_ms) // 60_000,
            one.changes,
            one.told.fare == least,
            one.ended_ms == quickest,
        )
        for number, one in enumerate(quoted)
    ]


def _map(chosen: Quoted, start: Stop, end: Stop) -> Any:
    rides = [Ride(one.start, one.end, one.route) for hop in chosen.hops for one in hop.rides]
    return journey_map(rides, f"{start.name} – {end.name}")


@lru_cache(maxsize=512)
def _ways(places: Places, starts: tuple[int, ...], ends: tuple[int, ...], means: str) -> list[Way]:
    """The ways to show: the quickest by each number of rides, and those of one sort of vehicle."""
    net = _net(places)
    kinds = (ANY, RAIL, BUS) if means == ANY else (means,)
    found: dict[tuple[int, ...], Way] = {}
    for kind in kinds:
        for way in net.ways(starts, ends, _allows(places, kind)):
            found.setdefault(tuple(ride.route for ride in way.rides), way)
    return sorted(found.values(), key=lambda way: way.seconds)[:MOST_WAYS]


def _allows(places: Places, kind: str) -> Callable[[Route], bool]:
    if kind == ANY:
        return lambda route: True
    return lambda route: _is_rail(places, route) == (kind == RAIL)


def _is_rail(places: Places, route: Route) -> bool:
    return bool(route.patterns) and places.points[route.patterns[0][0][0]].kind == "station"


@lru_cache(maxsize=2)
def _net(places: Places) -> Net:
    return Net(places)


def _tariff(rules: Rules, now: datetime) -> Tariff | None:
    """The tariff of today; a city whose first is still to come has that one."""
    try:
        return rules.tariff_on(rules.calendar.day_of(round(now.timestamp() * 1000)))
    except LookupError:
        return rules.bundle.tariffs[0] if rules.bundle.tariffs else None
