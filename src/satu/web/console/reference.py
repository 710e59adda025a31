"""Reference data: operators, places, banks, products, purposes, organisations. To read; what is
plain enough to be written here goes through its room's own action.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.insight import reference as data
from satu.ledger.actions import raw_connection
from satu.people.kinds import Role
from satu.people.staffing import keep_organisation
from satu.people.words import REFUSALS
from satu.web.console.reference_words import RowWords, parties
from satu.web.design.cells import Cell, Coded, Link, Money
from satu.web.design.formats import day as written_day
from satu.web.design.menus import Place
from satu.web.design.sheets import Column, Sheet, Sort, asked_page, asked_sort, csv_answer
from satu.web.doors.rights import CITY_ROLES, hide_unless, staff_only, viewer_of
from satu.web.said import language, say

EDITORS = (Role.ADMINISTRATOR,)
ORGANISATIONS = "organisations"
MOST_EXPORTED = 20_000
MONEY = frozenset(name for name in data.TABLES["products"].columns if "registered" in name)
CODES = frozenset({"code", "colour", "network", "area", "prefix"})
NUMBERS = frozenset({"number", "keep_days", "staff", "version", "dormant_months", "redeem_days"})


class Told(NamedTuple):
    """A table for people: its name, where its data comes from, who may see it, whose history."""

    words: str | Promise
    source: str | Promise
    roles: frozenset[str] = frozenset(CITY_ROLES)
    subject: str = ""


PACK = gettext_lazy("It comes with the city's pack, which those who run Satu load.")
WATCHERS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.PRIVACY})

TABLES: dict[str, Told] = {
    "operators": Told(gettext_lazy("Operators"), PACK),
    "points": Told(gettext_lazy("Points"), PACK),
    "routes": Told(gettext_lazy("Routes"), PACK),
    "issuers": Told(gettext_lazy("Banks"), PACK, subject="issuer"),
    "products": Told(gettext_lazy("Card products"), PACK),
    "purposes": Told(gettext_lazy("Purposes of people's data"), PACK, subject="purpose"),
    "retention": Told(gettext_lazy("How long things are kept"), PACK),
    "areas": Told(gettext_lazy("Kelurahan and kecamatan"), PACK),
    ORGANISATIONS: Told(
        gettext_lazy("Organisations"),
        gettext_lazy("Whom staff work for. Its name may be changed here; every change is kept."),
        WATCHERS,
        "organisation",
    ),
    "staff": Told(
        gettext_lazy("Staff"),
        gettext_lazy("Engaged by those who run Satu."),
        WATCHERS,
        "staff",
    ),
}


def column_words() -> dict[str, str]:
    """The columns, by their names in addresses."""
    return {
        "name": _("Name"),
        "name_en": _("English name"),
        "code": _("Code"),
        "colour": _("Colour"),
        "number": _("Number"),
        "kind": _("Kind"),
        "operator": _("Operator"),
        "network": _("Network"),
        "area": _("Area"),
        "lat": _("Latitude"),
        "lon": _("Longitude"),
        "prefix": _("Numbers begin with"),
        "simulated": _("Simulated"),
        "note": _("Note"),
        "balance_unregistered": _("Most on it, unregistered"),
        "balance_registered": _("Most on it, registered"),
        "monthly_unregistered": _("Most a month, unregistered"),
        "monthly_registered": _("Most a month, registered"),
        "valid_months": _("Valid, months"),
        "dormant_months": _("Dormant after, months"),
        "redeem_days": _("Paid back within, days"),
        "personal": _("Never handed over"),
        "basis": _("Legal basis"),
        "roles": _("Roles"),
        "text_id": _("Indonesian text"),
        "text_en": _("English text"),
        "version": _("Version"),
        "ended": _("Ended"),
        "what": _("What"),
        "keep_days": _("Kept, days"),
        "acts_for": _("Acts for"),
        "staff": _("Staff"),
        "login": _("Login"),
        "organisation": _("Organisation"),
        "contractor": _("Contractor"),
        "until": _("Last day"),
    }


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def reference(request: HttpRequest) -> HttpResponseBase:
    """The tables with how many rows each has."""
    held = _roles(request)
    counts = data.counts(raw_connection())
    found = [
        (reverse("console:reference_table", args=[name]), told.words, told.source, counts[name])
        for name, told in TABLES.items()
        if held & told.roles
    ]
    return render(request, "console/reference.html", {"tables": found})


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def table(request: HttpRequest, name: str) -> HttpResponseBase:
    """A table's rows, searched (`?q=`), sorted, paged; `?format=csv` gives them as a file."""
    told = _told(request, name)
    words = column_words()
    names = _names(name)
    columns = [
        Column(one, words[one], is_number=one in MONEY | NUMBERS, is_sortable=True) for one in names
    ]
    sort = asked_sort(request, columns, Sort(names[0], False))
    is_file = request.GET.get("format") == "csv"
    page = 1 if is_file else asked_page(request)
    asked = request.GET.get("q", "").strip()[:64]
    found, count = data.rows_of(
        raw_connection(),
        name,
        words=asked,
        sort=sort.column,
        is_down=sort.is_down,
        page=page,
        limit=MOST_EXPORTED if is_file else data.PAGE,
    )
    first = (page - 1) * data.PAGE
    row_words = RowWords()
    said = {"first": first + 1, "last": first + len(found), "count": count}
    sheet = Sheet(
        columns=columns,
        rows=[_row_cells(name, names, one, row_words, is_file) for one in found],
        caption=str(told.words),
        sort=sort,
        said=_("%(first)s–%(last)s of %(count)s rows") % said if found else "",
        empty=_("No row fits."),
        newer=str(page - 1) if page > 1 else "",
        older=str(page + 1) if first + len(found) < count else "",
        export="csv",
    )
    if is_file:
        return csv_answer(sheet, name)
    context = {
        "told": told,
        "sheet": sheet,
        "sought": asked,
        "crumbs": [*_crumbs(), Place(str(told.words))],
        "may_add": name == ORGANISATIONS and _may_edit(request),
    }
    return render(request, "console/reference_table.html", context)


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def row(request: HttpRequest, name: str, key: str) -> HttpResponseBase:
    """One row with all its columns, and what was done to it."""
    told = _told(request, name)
    found = data.row_of(raw_connection(), name, key)
    if found is None:
        raise Http404
    words, row_words = column_words(), RowWords()
    names = _names(name)
    values = _values(name, found)
    title = _title(names[0], values[names[0]], row_words)
    context = {
        "told": told,
        "title": title,
        "facts": [(words[one], _cell(one, values[one], row_words)) for one in names],
        "done": entries_on(Subject(told.subject, key))[::-1] if told.subject else [],
        "has_history": bool(told.subject),
        "crumbs": [
            *_crumbs(),
            Place(str(told.words), reverse("console:reference_table", args=[name])),
            Place(title),
        ],
        "edit": reverse("console:organisation_edit", args=[key])
        if name == ORGANISATIONS and _may_edit(request)
        else "",
    }
    return render(request, "console/reference_row.html", context)


class OrganisationForm(forms.Form):
    """An organisation that staff work for."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Small letters, digits and dashes. It never changes."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    acts_for = forms.ChoiceField(
        label=gettext_lazy("Acts for"),
        required=False,
        help_text=gettext_lazy("Its staff see that one alone."),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:  # whose rights its staff have is not changed with a name
            del self.fields["code"], self.fields["acts_for"]
            return
        field = self.fields["acts_for"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("The whole city")),
            (_("Operators"), parties("operator")),
            (_("Banks"), parties("issuer")),
        ]


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*EDITORS)
def organisation_new(request: HttpRequest) -> HttpResponseBase:
    """Make an organisation known."""
    form = OrganisationForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if data.row_of(raw_connection(), ORGANISATIONS, code) is not None:
            form.add_error("code", _("There is one of this code already."))
        elif _keep(request, form, code, form.cleaned_data["acts_for"]):
            return redirect("console:reference_row", ORGANISATIONS, code)
    return _edited(request, form, _("New organisation"))


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only(*EDITORS)
def organisation_edit(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give an organisation another name."""
    found = data.row_of(raw_connection(), ORGANISATIONS, key)
    if found is None:
        raise Http404
    now = dict(zip(data.TABLES[ORGANISATIONS].columns, found.values, strict=True))
    form = OrganisationForm(request.POST or None, initial={"name": now["name"]}, is_new=False)
    if request.method == "POST" and form.is_valid() and _keep(request, form, key, now["acts_for"]):
        return redirect("console:reference_row", ORGANISATIONS, key)
    return _edited(request, form, _("Rename %(name)s") % {"name": now["name"]})


def _keep(request: HttpRequest, form: forms.Form, code: str, acts_for: str) -> bool:
    viewer = viewer_of(request)
    assert viewer is not None
    refusal = keep_organisation(
        code=code,
        name=form.cleaned_data["name"],
        acts_for=acts_for,
        actor=viewer.actor,
        at=timezone.now(),
    )
    if refusal is not None:
        form.add_error("acts_for", say(REFUSALS[refusal]))
        return False
    messages.success(request, _("Kept."))
    return True


def _edited(request: HttpRequest, form: forms.Form, title: str) -> HttpResponseBase:
    back = reverse("console:reference_table", args=[ORGANISATIONS])
    crumbs = [*_crumbs(), Place(str(TABLES[ORGANISATIONS].words), back), Place(title)]
    context = {"form": form, "title": title, "back": back, "crumbs": crumbs}
    return render(request, "console/reference_edit.html", context)


def _names(name: str) -> list[str]:
    """A table's columns; what rows are called in the page's language stands first."""
    names = list(data.TABLES[name].columns)
    english = {"name": "name_en", "text_id": "text_en"}.get(names[0])
    if english in names and language() == "en":
        names.remove(english)
        names.insert(0, english)
    return names


def _values(name: str, found: data.Found) -> dict[str, Any]:
    return dict(zip(data.TABLES[name].columns, found.values, strict=True))


def _title(column: str, value: Any, words: RowWords) -> str:
    return words.word_of(column, str(value)) or str(value)


def _row_cells(
    name: str, names: list[str], found: data.Found, words: RowWords, is_file: bool
) -> list[Cell]:
    values = _values(name, found)
    if is_file:  # its codes are what other programs know
        return [_as_it_is(one, values[one], words) for one in names]
    href = reverse("console:reference_row", args=[name, found.key])
    first = Link(_title(names[0], values[names[0]], words), href)
    return [first, *(_cell(one, values[one], words) for one in names[1:])]


def _cell(column: str, value: Any, words: RowWords) -> Cell:
    """A value in words; codes that have none are shown as codes."""
    if column in CODES and value:
        return Coded("", value)
    told = words.word_of(column, value) if isinstance(value, str) else ""
    return told or _as_it_is(column, value, words)


def _as_it_is(column: str, value: Any, words: RowWords) -> Cell:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if column in MONEY:
        return Money(value, words.asset)
    if isinstance(value, datetime | int):
        return value
    return written_day(value, language()) if isinstance(value, date) else str(value)


def _crumbs() -> list[Place]:
    return [Place(_("Reference data"), reverse("console:reference"))]


def _told(request: HttpRequest, name: str) -> Told:
    told = TABLES.get(name)
    hide_unless(told is not None and bool(_roles(request) & told.roles))
    assert told is not None
    return told


def _roles(request: HttpRequest) -> frozenset[str]:
    viewer = viewer_of(request)
    return viewer.roles if viewer else frozenset()


def _may_edit(request: HttpRequest) -> bool:
    return not _roles(request).isdisjoint(EDITORS)
