"""Points and devices: every reader with what it told last; a reader's page; what staff do to it."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.insight import devices as readers
from satu.insight.devices import DeviceRow, Trouble, Wanted
from satu.kernel.days import from_ms
from satu.ledger.actions import raw_connection
from satu.people.kinds import Role
from satu.taps.devices import LONGEST_REASON, Refusal, replace_key, set_state
from satu.taps.places import DeviceState
from satu.web.console.trail import did, who
from satu.web.design.cells import Badge, Cell, Link, Noted
from satu.web.design.formats import MINUS, NO_BREAK
from satu.web.design.menus import Place
from satu.web.design.sheets import Column, Sheet, Sort, asked_page, asked_sort, csv_answer
from satu.web.doors.rights import CITY_ROLES, staff_only, viewer_of
from satu.web.pictures import current_picture
from satu.web.said import language

CHANGES = (Role.TECHNICIAN, Role.ADMINISTRATOR)
MOST_EXPORTED = 20_000


def state_words() -> dict[DeviceState, Badge]:
    """A reader's state by shape and word."""
    return {
        DeviceState.ACTIVE: Badge("good", _("Active")),
        DeviceState.BLOCKED: Badge("bad", _("Blocked")),
        DeviceState.RETIRED: Badge("none", _("Retired")),
    }


def trouble_words() -> dict[str, str]:
    """What the list can be narrowed to."""
    return {
        Trouble.SILENT: _("Not heard of for a day"),
        Trouble.CLOCK: _("Clock off by over 30 s"),
        Trouble.QUEUE: _("Over 500 taps wait"),
        Trouble.LISTS: _("Old tariff or deny list"),
    }


def refusal_words() -> dict[Refusal, str]:
    """Why nothing was changed, and what to do."""
    return {
        Refusal.DEVICE_UNKNOWN: _("There is no such reader any more."),
        Refusal.REASON_MISSING: _("Say why, in one sentence."),
        Refusal.ALREADY_SO: _("It is so already: nothing was changed."),
        Refusal.RETIRED: _("This reader is retired for good. Register the device anew."),
        Refusal.KEY_INVALID: _("A key has 64 hexadecimal digits. Copy it from the reader again."),
    }


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def devices(request: HttpRequest) -> HttpResponseBase:
    """All readers, with filters and sorting; `?format=csv` gives them as a file."""
    wanted = _wanted(request)
    sheet = reader_sheet(request, wanted, is_linked=True)
    if request.GET.get("format") == "csv":
        return csv_answer(sheet, "pembaca")
    places = current_picture().places
    context = {
        "sheet": sheet,
        "wanted": wanted,
        "counts": reader_counts(),
        "operators": places.bundle.operators if places else (),
        "states": [(int(state), badge.word) for state, badge in state_words().items()],
        "troubles": list(trouble_words().items()),
    }
    return render(request, "console/devices.html", context)


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def device(request: HttpRequest, number: int) -> HttpResponse:
    """One reader: where it stands, how it is, what was done to it."""
    row = _found(number)
    viewer = viewer_of(request)
    may_change = viewer is not None and not viewer.roles.isdisjoint(CHANGES)
    context = {
        "device": row,
        "badge": state_words()[row.state],
        "crumbs": [Place(_("Readers"), reverse("console:devices")), Place(row.code)],
        "choices": _choices(row) if may_change else [],
        "done": _done(number),
        "drift": _drift(row.clock_drift_ms),
        "age": _age(row.deny_list_age_s),
        "tariff": _tariff(row),
    }
    return render(request, "console/device.html", context)


def _done(number: int) -> list[tuple[str, datetime, str]]:
    """What was done to a reader, newest first: words, when, and who said why."""
    return [
        (
            did(entry.action),
            entry.at,
            " · ".join(filter(None, (who(entry.actor), str(entry.detail.get("reason", ""))))),
        )
        for entry in reversed(entries_on(Subject("device", number)))
    ]


class ChangeForm(forms.Form):
    """Why a reader is changed."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"class": "masukan", "autocomplete": "off"}),
    )


class KeyForm(ChangeForm):
    """A reader's new key, as its screen shows it."""

    key = forms.RegexField(
        r"^[0-9a-fA-F]{64}$",
        label=gettext_lazy("The reader's new public key"),
        help_text=gettext_lazy("64 hexadecimal digits, from the reader's own screen."),
        widget=forms.TextInput(
            attrs={"class": "masukan", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    field_order = ("key", "reason")


WHAT = {
    "block": DeviceState.BLOCKED,
    "release": DeviceState.ACTIVE,
    "retire": DeviceState.RETIRED,
}


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*CHANGES)
def change(request: HttpRequest, number: int, what: str) -> HttpResponseBase:
    """Ask for a reason, then block, release or retire a reader, or take its new key."""
    row = _found(number)
    if what not in {*WHAT, "key"}:
        raise Http404
    kind = KeyForm if what == "key" else ChangeForm
    form = kind(request.POST or None)
    if request.method == "POST" and form.is_valid():
        refusal = _change(request, row, what, form.cleaned_data)
        if refusal is None:
            messages.success(request, _("Done. Gateways know within seconds."))
            return redirect("console:device", number)
        form.add_error(None, refusal_words()[refusal])
    context = _questions(row)[what] | {
        "form": form,
        "back": reverse("console:device", args=[number]),
        "action": request.path,
    }
    return render(request, "console/device_change.html", context)


def _change(
    request: HttpRequest, row: DeviceRow, what: str, given: dict[str, str]
) -> Refusal | None:
    viewer = viewer_of(request)
    assert viewer is not None
    actor, at, reason = viewer.actor, timezone.now(), given["reason"]
    if what == "key":
        key = bytes.fromhex(given["key"])
        return replace_key(device=row.id, public_key=key, reason=reason, actor=actor, at=at)
    return set_state(device=row.id, state=WHAT[what], reason=reason, actor=actor, at=at)


def _questions(row: DeviceRow) -> dict[str, dict[str, str]]:
    named = {"code": row.code}
    return {
        "block": {
            "title": _("Block %(code)s?") % named,
            "text": _("Its taps are not taken until it is let back. What it keeps stays in it."),
            "yes": _("Block it"),
            "kind": "danger",
        },
        "release": {
            "title": _("Let %(code)s back?") % named,
            "text": _("Its taps are taken again, those it kept too."),
            "yes": _("Let it back"),
            "kind": "primary",
        },
        "retire": {
            "title": _("Retire %(code)s for good?") % named,
            "text": _("It never comes back. Upload what it keeps first: later it is not taken."),
            "yes": _("Retire it"),
            "kind": "danger",
        },
        "key": {
            "title": _("New keys for %(code)s?") % named,
            "text": _("The old keys end at once. The reader must have the new ones by then."),
            "yes": _("Take the new key"),
            "kind": "primary",
        },
    }


def _choices(row: DeviceRow) -> list[tuple[str, str, str]]:
    """What can be done to a reader now: (name in the address, words, kind of the button)."""
    told = {
        "key": (_("Replace its keys"), "quiet"),
        "block": (_("Block"), "quiet"),
        "release": (_("Let back"), "quiet"),
        "retire": (_("Retire"), "danger"),
    }
    names = {
        DeviceState.ACTIVE: ("key", "block", "retire"),
        DeviceState.BLOCKED: ("key", "release", "retire"),
        DeviceState.RETIRED: (),
    }[row.state]
    return [(name, *told[name]) for name in names]


def reader_sheet(request: HttpRequest, wanted: Wanted, *, is_linked: bool) -> Sheet:
    """The readers that are wanted: a page of them, sorted as asked, or all for a file."""
    columns = _columns()
    sort = asked_sort(request, columns, Sort("code", False))
    is_file = request.GET.get("format") == "csv"
    page = 1 if is_file else asked_page(request)
    found, count = readers.devices(
        raw_connection(),
        wanted,
        tariff=_tariff_now(),
        now=_reader_time(),
        sort=sort.column,
        is_down=sort.is_down,
        page=page,
        limit=MOST_EXPORTED if is_file else readers.PAGE,
    )
    first = (page - 1) * readers.PAGE
    told = {"first": min(first + 1, count), "last": first + len(found), "count": count}
    return Sheet(
        columns=columns,
        rows=[_cells(row, is_linked=is_linked) for row in found],
        caption=_("Readers"),
        sort=sort,
        said=_("%(first)s–%(last)s of %(count)s readers") % told if found else "",
        empty=_("No reader fits. Take a filter away."),
        newer=str(page - 1) if page > 1 else "",
        older=str(page + 1) if first + len(found) < count else "",
        export="csv",
    )


def _columns() -> list[Column]:
    """The columns of a list of readers, here and on operators' own pages."""
    return [
        Column("code", _("Reader"), is_sortable=True),
        Column("place", _("Place"), is_sortable=True),
        Column("state", _("State")),
        Column("seen", _("Last heard of"), is_sortable=True),
        Column("drift", _("Clock"), is_number=True, is_sortable=True),
        Column("queue", _("Taps that wait"), is_number=True, is_sortable=True),
        Column("tariff", _("Tariff")),
        Column("lists", _("Deny list"), is_number=True, is_sortable=True),
    ]


def _cells(row: DeviceRow, *, is_linked: bool) -> list[Cell]:
    """A row under `_columns`; `is_linked`: to the reader's own page."""
    href = reverse("console:device", args=[row.id]) if is_linked else ""
    return [
        Link(row.code, href) if is_linked else row.code,
        Noted(row.point_name or _("In a vehicle"), row.operator_name),
        state_words()[row.state],
        row.seen_at or Badge("wait", _("Never")),
        _marked("bad", _drift(row.clock_drift_ms), row.has_wrong_clock),
        Badge("wait", str(row.queued)) if row.has_queue else _told(row.queued),
        _tariff(row),
        _marked("bad", _age(row.deny_list_age_s), row.has_old_deny_list),
    ]


def _marked(state: str, words: str, is_marked: bool) -> Cell:
    return Badge(state, words) if is_marked else words


def _told(number: int | None) -> Cell:
    return "–" if number is None else number


def _tariff(row: DeviceRow) -> Cell:
    if not row.tariff:
        return "–"
    return Badge("bad", _("Old")) if row.is_tariff_old else Badge("good", _("In force"))


def _drift(drift_ms: int | None) -> str:
    """`+0,3 s`: how far a reader's clock is ahead; less than that has no sign."""
    if drift_ms is None:
        return "–"
    seconds = f"{abs(drift_ms) / 1000:.1f}"
    sign = "" if seconds == "0.0" else MINUS if drift_ms < 0 else "+"
    return f"{sign}{seconds.replace('.', ',') if language() == 'id' else seconds}{NO_BREAK}s"


def _age(seconds: int | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 3600:
        return _("%(n)s min") % {"n": seconds // 60}
    if seconds < 48 * 3600:
        return _("%(n)s h") % {"n": seconds // 3600}
    return _("%(n)s days") % {"n": seconds // 86_400}


def _wanted(request: HttpRequest) -> Wanted:
    asked = request.GET

    def number(name: str) -> int | None:
        given = asked.get(name, "")
        return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None

    return Wanted(
        asked.get("q", "")[:64], number("operator"), number("keadaan"), asked.get("soal", "")
    )


def _found(number: int) -> DeviceRow:
    row = readers.device(raw_connection(), number, tariff=_tariff_now(), now=_reader_time())
    if row is None:
        raise Http404
    return row


def reader_counts(operator: int | None = None) -> readers.Counts:
    """How many readers, of an operator or of all, have which trouble now."""
    return readers.counts(
        raw_connection(), tariff=_tariff_now(), now=_reader_time(), operator=operator
    )


def _tariff_now() -> str:
    """The digest of the tariff in force, which readers tell; "" if there is none."""
    places = current_picture().places
    return places.digest if places else ""


def _reader_time() -> datetime:
    """The city's time; before its first tap the machine's."""
    city_ms = current_picture().city_ms
    return from_ms(city_ms) if city_ms else timezone.now()
