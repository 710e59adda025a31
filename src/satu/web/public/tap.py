"""A card and a reader side by side, to play with: nothing here touches a card or the books.

The game travels in a signed cookie. Every button is a form's; with a script only the part of the
page that changed comes back.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from satu.insight.places import Places
from satu.kernel.days import from_ms
from satu.kernel.money import exponent
from satu.people.kinds import Role
from satu.services.base import EITHER, ENTRY, EXIT
from satu.services.rules import Rules
from satu.taps import drafts
from satu.web.categories import city_rules
from satu.web.design.formats import line_letters
from satu.web.doors.limits import Buckets, limited
from satu.web.doors.rights import CITY_ROLES, public, viewer_of
from satu.web.pictures import current_picture
from satu.web.public.fares import DATE, TIME, categories_of, media_of
from satu.web.public.gate import screen_of
from satu.web.public.played import (
    MOST_MOVES,
    DayEnd,
    Game,
    Played,
    Result,
    TopUp,
    Touch,
    last_ms,
    play,
    rules_by,
)
from satu.web.public.stops import LONGEST_ASKED, Stop, Stops, stops_of
from satu.web.public.telling import Reason, reasons_of
from satu.web.said import say
from satu.wire.words import MEANINGS, OUTCOMES

COOKIE, SALT = "satu_tap", "satu.web.public.tap"
LASTS_S = 7 * 24 * 3600
TOUCHES = Buckets(burst=60, per_minute=90)
FIRST_BALANCES = {0: 50_000, 2: 2_000}  # by the exponent of the currency
NEXT_MINUTES = 12  # so much later the reader's clock stands after a touch
TRIES_TARIFFS = CITY_ROLES | {Role.OPERATOR}


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """The game with where the reader stands: the place's label, line, direction, its clock."""

    game: Game
    place: str = ""
    route: int = 0
    direction: int = EITHER
    at_ms: int = 0
    riders: int = 1


class Reader(forms.Form):
    """Where the reader stands and what time it is there."""

    tempat = forms.CharField(label=lazy("Where the reader stands"), max_length=LONGEST_ASKED)
    garis = forms.TypedChoiceField(label=lazy("On the line"), coerce=int)
    arah = forms.TypedChoiceField(
        label=lazy("The reader is"),
        coerce=int,
        choices=[
            (EITHER, lazy("for in and out")),
            (ENTRY, lazy("at the way in")),
            (EXIT, lazy("at the way out")),
        ],
    )
    tanggal = forms.DateField(
        label=lazy("Day"), widget=forms.DateInput({"type": "date"}, DATE), input_formats=[DATE]
    )
    jam = forms.TimeField(
        label=lazy("Time"),
        widget=forms.TimeInput({"type": "time"}, TIME),
        input_formats=[TIME],
    )
    orang = forms.IntegerField(label=lazy("People"), min_value=1, max_value=9)

    def __init__(self, *given: Any, stops: Stops, stop: Stop | None, **named: Any) -> None:
        super().__init__(*given, **named)
        self.stops = stops
        self.fields["tempat"].widget.attrs |= {
            "list": "tempat-nama",
            "autocomplete": "off",
            "spellcheck": "false",
        }
        served = stop.lines if stop else ()
        lines = [(line.id, f"{line_letters(line.code)} · {line.name}") for line in served]
        choices = [(0, _("not told, as at a gate")), *lines]
        self.fields["garis"].choices = choices  # type: ignore[attr-defined]

    def clean_tempat(self) -> Stop:
        found = self.stops.named(self.cleaned_data["tempat"])
        if found is None:
            raise forms.ValidationError(
                _("We know no such place. Type a part of its name and choose from the list.")
            )
        return found


class Holder(forms.Form):
    """The card that is played: who rides, what is on it, by which tariff."""

    golongan = forms.ChoiceField(label=lazy("Who rides"))
    bayar = forms.ChoiceField(label=lazy("Held to the reader"))
    saldo = forms.IntegerField(label=lazy("Balance at first"), min_value=0, max_value=10_000_000)
    blokir = forms.BooleanField(label=lazy("The card is blocked"), required=False)
    tarif = forms.ChoiceField(label=lazy("Ride by the tariff"), required=False)

    def __init__(self, *given: Any, rules: Rules, tries: bool, **named: Any) -> None:
        super().__init__(*given, **named)
        newest = rules.bundle.tariffs[-1] if rules.bundle.tariffs else None
        self.fields["golongan"].choices = categories_of(newest)  # type: ignore[attr-defined]
        media = media_of(newest)
        self.fields["bayar"].choices = media  # type: ignore[attr-defined]
        if len(media) < 2:
            del self.fields["bayar"]
        if tries:
            self.fields["tarif"].choices = _tariffs(rules)  # type: ignore[attr-defined]
        else:
            del self.fields["tarif"]


class Line(NamedTuple):
    """A line of the game's history."""

    what: str
    where: str
    at_ms: int
    state: str
    amount: int | None
    balance: int


class DayName(NamedTuple):
    """A day of the game and what it cost."""

    day: date
    fare: int


class _Table(NamedTuple):
    """What a page is played on: the city, its rules, its stops, the game, and by which rules."""

    places: Places
    rules: Rules
    stops: Stops
    standing: Standing
    played_by: Rules
    tries: bool


@require_http_methods(["GET", "POST"])
@never_cache
@public
@limited(TOUCHES)
def tap(request: HttpRequest) -> HttpResponseBase:
    """The page; a POST is a move, and leads back to it."""
    table = _table(request)
    if table is None:
        return render(request, "public/tap.html", {"places": None})
    if request.method == "GET":
        return render(request, "public/tap.html", _context(table, _reader(table), _holder(table)))
    changed = _move(request, table)
    if isinstance(changed, dict):
        return render(request, "public/tap.html", changed, status=422)
    answer = redirect("public:tap")
    return _kept(answer, changed)


def _table(request: HttpRequest) -> _Table | None:
    places, rules = current_picture().places, city_rules()
    if places is None or rules is None or not rules.bundle.tariffs:
        return None
    stops = stops_of(places)
    viewer = viewer_of(request)
    tries = viewer is not None and not TRIES_TARIFFS.isdisjoint(viewer.roles)
    standing = _read(request) or _first(rules, stops)
    chosen = _ready(rules, standing.game.tariff) if tries and standing.game.tariff else None
    return _Table(places, rules, stops, standing, chosen or rules, tries)


def _read(request: HttpRequest) -> Standing | None:
    """The game in the cookie, if it is whole and ours."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS_S)
        return msgspec.convert(kept, Standing)
    except (signing.BadSignature, msgspec.ValidationError, TypeError):
        return None


def _kept(answer: HttpResponse, standing: Standing) -> HttpResponse:
    content = msgspec.to_builtins(standing)
    answer.set_cookie(
        COOKIE,
        signing.dumps(content, salt=SALT, compress=True),
        max_age=LASTS_S,
        path="/tap/",
        httponly=True,
        samesite="Lax",
    )
    return answer


def _first(rules: Rules, stops: Stops) -> Standing:
    """A new card this morning, at a place where many lines meet."""
    examples = stops.examples(1)
    balance = FIRST_BALANCES.get(exponent(rules.bundle.asset), 50_000)
    today = timezone.now().astimezone(rules.calendar.zone)
    at_ms = rules.calendar.at(datetime(today.year, today.month, today.day, 7, 10))
    return Standing(Game(balance=balance), examples[0].label if examples else "", at_ms=at_ms)


@lru_cache(maxsize=2)
def _ready(rules: Rules, name: str) -> Rules | None:
    """The city's rules by a tariff of _tariffs; None: there is no such."""
    kind, _colon, which = name.partition(":")
    if kind == "draft" and which.isdigit():
        found = drafts.draft(int(which))
        if found is None or found.city != rules.bundle.city:
            return None
        return rules_by(rules, drafts.tariff_of(found))
    versions = (one for one in rules.bundle.tariffs if name == f"version:{one.version}")
    return next((rules_by(rules, one) for one in versions), None)


def _tariffs(rules: Rules) -> list[tuple[str, str]]:
    """What staff can ride by: what is in force, drafts, any version."""
    return [
        ("", _("in force on the day")),
        *(
            (f"draft:{one.id}", _("Draft %(version)s") % {"version": one.version})
            for one in drafts.drafts(rules.bundle.city)
        ),
        *((f"version:{one.version}", one.version) for one in reversed(rules.bundle.tariffs)),
    ]


def _reader(table: _Table, data: Any = None, stop: Stop | None = None) -> Reader:
    standing = table.standing
    local = from_ms(standing.at_ms).astimezone(table.rules.calendar.zone)
    shown = {
        "tempat": standing.place,
        "garis": standing.route,
        "arah": standing.direction,
        "tanggal": local.date(),
        "jam": local.time(),
        "orang": standing.riders,
    }
    stop = stop or table.stops.named(standing.place)
    return Reader(data, stops=table.stops, stop=stop, initial=shown)


def _holder(table: _Table, data: Any = None) -> Holder:
    game = table.standing.game
    shown = {
        "golongan": game.category,
        "bayar": game.medium,
        "saldo": game.balance // 10 ** exponent(table.rules.bundle.asset),
        "blokir": game.is_blocked,
        "tarif": game.tariff,
    }
    return Holder(data, rules=table.rules, tries=table.tries, initial=shown)


def _move(request: HttpRequest, table: _Table) -> Standing | dict[str, Any]:
    """The game after what was asked; or the page with what is wrong with it."""
    asked = request.POST.get("aksi", "")
    standing, game = table.standing, table.standing.game
    replace = msgspec.structs.replace
    match asked:
        case "baru":
            return replace(_first(table.rules, table.stops), place=standing.place)
        case "kartu":
            return _dealt(table, _holder(table, request.POST))
        case "isi":
            return _with(standing, TopUp(_usual_top_up(table.rules)))
        case "akhir":
            return _with(_next_day(table), DayEnd())
        case "tempat":
            return _placed(table, request)
    moved = _placed(table, request)
    if isinstance(moved, dict) or game.moves[MOST_MOVES - 1 :]:
        return moved
    stop = table.stops.named(moved.place)
    assert stop is not None
    point = _point_of(table, stop, moved.route)
    touch = Touch(point, moved.route, moved.direction, moved.at_ms, moved.riders)
    later_ms = moved.at_ms + NEXT_MINUTES * 60_000
    return replace(_with(moved, touch), at_ms=later_ms)


def _with(standing: Standing, move: Touch | TopUp | DayEnd) -> Standing:
    """One move more, if there is room for it."""
    game = standing.game
    moves = (*game.moves, move)[:MOST_MOVES]
    return msgspec.structs.replace(standing, game=msgspec.structs.replace(game, moves=moves))


def _placed(table: _Table, request: HttpRequest) -> Standing | dict[str, Any]:
    """The reader set up where the form says."""
    stop = table.stops.named(request.POST.get("tempat", ""))
    data = request.POST.copy()
    for name, usual in (("garis", 0), ("arah", EITHER), ("orang", 1)):
        data.setdefault(name, str(usual))
    form = _reader(table, data, stop)
    if "garis" in form.errors and stop is not None:  # a line of the place it stood at before
        data["garis"] = "0"
        form = _reader(table, data, stop)
    if not form.is_valid():
        return _context(table, form, _holder(table))
    given = form.cleaned_data
    place: Stop = given["tempat"]
    return msgspec.structs.replace(
        table.standing,
        place=place.label,
        route=given["garis"],
        direction=given["arah"],
        at_ms=table.rules.calendar.at(datetime.combine(given["tanggal"], given["jam"])),
        riders=given["orang"],
    )


def _dealt(table: _Table, form: Holder) -> Standing | dict[str, Any]:
    """Another card, with nothing played yet."""
    if not form.is_valid():
        return _context(table, _reader(table), form)
    given = form.cleaned_data
    game = Game(
        given["golongan"],
        given.get("bayar", ""),
        given["saldo"] * 10 ** exponent(table.rules.bundle.asset),
        given["blokir"],
        given.get("tarif", ""),
    )
    return msgspec.structs.replace(table.standing, game=game)


def _next_day(table: _Table) -> Standing:
    """The reader's clock at the same time of the next day."""
    at_ms = max(table.standing.at_ms, last_ms(table.standing.game.moves))
    local = from_ms(at_ms).astimezone(table.rules.calendar.zone).replace(tzinfo=None)
    morning = (local + timedelta(days=1)).replace(hour=7, minute=10, second=0, microsecond=0)
    return msgspec.structs.replace(table.standing, at_ms=table.rules.calendar.at(morning))


def _usual_top_up(rules: Rules) -> int:
    return FIRST_BALANCES.get(exponent(rules.bundle.asset), 50_000)


def _point_of(table: _Table, stop: Stop, route: int) -> int:
    """The pole of a stop at which a line calls; of no line, the first."""
    found = next((line for line in stop.lines if line.id == route), None)
    if found is None:
        return stop.points[0]
    calls = {point for pattern in found.patterns for point, _metres in pattern}
    return next((point for point in stop.points if point in calls), stop.points[0])


def _context(table: _Table, reader: Reader, holder: Holder) -> dict[str, Any]:
    standing, rules = table.standing, table.rules
    context: dict[str, Any] = {
        "places": table.places,
        "standing": standing,
        "reader": reader,
        "holder": holder,
        "asset": rules.bundle.asset,
        "zone": rules.bundle.zone,
        "balance": standing.game.balance,
        "stop": table.stops.named(standing.place),
        "category": _category(table),
        "examples": table.stops.examples(5),
        "is_full": len(standing.game.moves) >= MOST_MOVES,
        "top_up": _usual_top_up(rules),
    }
    try:
        played = play(table.played_by, standing.game)
    except LookupError:
        return context | {"is_untariffed": True}
    return context | _told(table, played)


def _told(table: _Table, played: Played) -> dict[str, Any]:
    """What became of the moves."""
    asset = table.rules.bundle.asset
    last = played.results[-1] if played.results else None
    return {
        "played": played,
        "balance": played.balance,
        "screen": screen_of(last, asset) if last is not None and last.answer else None,
        "number": len(played.results),
        "history": [_line(table, one) for one in reversed(played.results)],
        "reasons": _reasons(played),
        "version": played.days[-1].tariff if played.days else "",
    }


def _reasons(played: Played) -> list[tuple[DayName, list[Reason]]]:
    """The days of the game with their legs' reasons, the newest day first."""
    return [(DayName(told.day, told.fare), reasons_of(told)) for told in reversed(played.days)]


def _category(table: _Table) -> str:
    names = dict(categories_of(table.rules.bundle.tariffs[-1]))
    return names.get(table.standing.game.category) or next(iter(names.values()), "")


def _line(table: _Table, result: Result) -> Line:
    """A move as the history tells it."""
    move, answer = result.move, result.answer
    if isinstance(move, Touch):
        assert answer is not None
        accepted = answer.outcome.accepted
        what = say(MEANINGS[answer.meaning] if accepted else OUTCOMES[answer.outcome])
        where = table.places.point_name(move.point)
        state = "good" if accepted else "bad"
        return Line(what, where, move.at_ms, state, -answer.charge, result.balance)
    if isinstance(move, TopUp):
        return Line(_("Topped up"), "", 0, "info", move.amount, result.balance)
    return Line(_("The day is over"), "", 0, "none", None, result.balance)
