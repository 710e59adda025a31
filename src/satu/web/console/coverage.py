"""Who has a card and who is still without, by kelurahan: exact, for staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from satu.cards.coverage import Covered
from satu.cards.coverage import coverage as counted
from satu.web.design.cells import Cell
from satu.web.design.formats import percent
from satu.web.design.plots import Bar
from satu.web.design.sheets import Column, Sheet, Sort, asked_page, asked_sort, csv_answer
from satu.web.doors.rights import CITY_ROLES, staff_only
from satu.web.said import language

KEPT_S = 900  # all residents and cards are counted: a quarter of an hour is new enough
PAGE = 50
MOST_BARS = 12


class Counted(NamedTuple):
    """A count of the whole city, and when it was made."""

    at: datetime
    found: list[Covered]


@require_GET
@never_cache
@staff_only(*CITY_ROLES)
def coverage(request: HttpRequest) -> HttpResponseBase:
    """A row a kelurahan, with filters and sorting; `?format=csv` gives them as a file."""
    made = _counted(timezone.now())
    within = request.GET.get("kecamatan", "")
    around = sorted({one.within for one in made.found if one.within})
    chosen = [one for one in made.found if not within or one.within == within]
    columns = _columns()
    sort = asked_sort(request, columns, Sort("without", True))
    ordered = sorted(chosen, key=KEYS[sort.column], reverse=sort.is_down)
    is_file, page = request.GET.get("format") == "csv", asked_page(request)
    first = (page - 1) * PAGE
    shown = ordered if is_file else ordered[first : first + PAGE]
    told = {"first": first + 1, "last": first + len(shown), "count": len(ordered)}
    sheet = Sheet(
        columns=columns,
        rows=[_cells(one) for one in shown],
        caption=_("Residents with and without a card"),
        sort=sort,
        said=_("%(first)s–%(last)s of %(count)s kelurahan") % told if shown else "",
        empty=_("No kelurahan is known yet: load the city's areas."),
        newer=str(page - 1) if page > 1 else "",
        older=str(page + 1) if first + len(shown) < len(ordered) else "",
        export="csv",
    )
    if is_file:
        return csv_answer(sheet, "cakupan")
    residents, held = _sum(chosen)
    context = {
        "sheet": sheet,
        "at": made.at,
        "within": within,
        "around": around,
        "residents": residents,
        "held": held,
        "without": residents - held,
        "share": _share(held, residents),
        "bars": _bars(chosen, bool(within)),
    }
    return render(request, "console/coverage.html", context)


def _counted(at: datetime) -> Counted:
    on = timezone.localdate(at)
    made: Counted | None = cache.get(f"coverage:{on}")
    if made is None:
        made = Counted(at, counted(on))
        cache.set(f"coverage:{on}", made, KEPT_S)
    return made


KEYS = {
    "name": lambda one: (one.name, one.area),
    "within": lambda one: (one.within, one.name),
    "residents": lambda one: (one.residents, one.area),
    "held": lambda one: (one.with_card, one.area),
    "without": lambda one: (one.without, one.area),
    "share": lambda one: (one.with_card / one.residents if one.residents else -1.0, one.area),
}


def _columns() -> list[Column]:
    return [
        Column("name", _("Kelurahan"), is_sortable=True),
        Column("within", _("Kecamatan"), is_sortable=True),
        Column("residents", _("Registered residents"), is_number=True, is_sortable=True),
        Column("held", _("With a card"), is_number=True, is_sortable=True),
        Column("without", _("Without"), is_number=True, is_sortable=True),
        Column("share", _("Share with a card"), is_number=True, is_sortable=True),
    ]


def _cells(one: Covered) -> list[Cell]:
    name = one.name or one.area or _("Not told where")
    share = _share(one.with_card, one.residents)
    return [name, one.within or "–", one.residents, one.with_card, one.without, share]


def _sum(found: Sequence[Covered]) -> tuple[int, int]:
    return sum(one.residents for one in found), sum(one.with_card for one in found)


def _share(part: int, whole: int) -> str:
    return percent(100 * part / whole, language()) if whole else "–"


def _bars(found: Sequence[Covered], is_inside: bool) -> list[Bar]:
    """How many are without a card: by kecamatan, inside one by kelurahan; the most first."""
    lacking: dict[str, int] = {}
    for one in found:
        name = (one.name if is_inside else one.within) or one.area or _("Not told where")
        lacking[name] = lacking.get(name, 0) + one.without
    most = sorted(lacking.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Bar(name, count) for name, count in most[:MOST_BARS] if count]
