"""What the page of all components shows in them: figures and people in it are examples."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy_

from satu.web.design import charts, maps, plots
from satu.web.design.cells import Badge, Cell, Link, Money, Noted
from satu.web.design.formats import MINUS
from satu.web.design.menus import Place
from satu.web.design.sheets import Column, Sheet, Sort

MORNING = datetime(2026, 11, 22, 22, 41, tzinfo=UTC)  # Monday 23 November, 05:41 in Jakarta
YESTERDAY = datetime(2026, 11, 22, 11, 20, tzinfo=UTC)
COLOURS = {
    "tinta": "kertas",
    "abu": "kertas",
    "nila": "di-nila",
    "laut": "kertas",
    "kunyit": "di-kunyit",
    "pandan": "kertas",
    "cabai": "di-cabai",
}


STOPS = (
    maps.Stop("Blok M", (-6.2436, 106.8005)),
    maps.Stop("Bundaran HI ASTRA", (-6.1930, 106.8230)),
    maps.Stop("Monumen Nasional", (-6.1765, 106.8229)),
)
RIDERS = (1_200, 8_400, 21_300, 18_900, 9_700, 6_100, 5_400, 5_900, 7_700, 8_100, 9_900, 15_200)
USUAL = (1_400, 8_000, 19_600, 19_700, 9_900, 6_800, 5_600, 5_700, 6_900, 8_600, 9_500, 14_100)
WAY = [(-6.2436, 106.8005), (-6.227, 106.7995), (-6.2155, 106.8175), (-6.2, 106.8226)]
GROUND = [
    ((-6.27 + 0.012 * row, 106.74 + 0.05 * cell), (-6.264 + 0.0121 * row, 106.79 + 0.05 * cell))
    for row in range(10)
    for cell in range(3)
] + [((-6.27, 106.75 + 0.016 * cell), (-6.15, 106.755 + 0.0155 * cell)) for cell in range(9)]


class ExampleForm(forms.Form):
    """One field of every kind."""

    phone = forms.CharField(
        label=lazy_("Phone number"),
        help_text=lazy_("For example 0812 3456 7890. We send a code to it."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    amount = forms.IntegerField(
        label=lazy_("Amount"),
        min_value=10_000,
        error_messages={"min_value": lazy_("At least Rp 10,000. Enter a larger amount.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.ChoiceField(
        label=lazy_("Reason"),
        choices=[("lost", lazy_("The card is gone")), ("broken", lazy_("The card is broken"))],
    )
    way = forms.ChoiceField(
        label=lazy_("How shall we answer?"),
        choices=[("phone", lazy_("By message to my phone")), ("post", lazy_("At a counter"))],
        widget=forms.RadioSelect,
        initial="phone",
    )
    story = forms.CharField(label=lazy_("What happened"), required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label=lazy_("Write to me when my balance is under Rp 20,000"))


class FilterForm(forms.Form):
    """What a table is narrowed by."""

    state = forms.ChoiceField(
        label=lazy_("State"), choices=[("", lazy_("All")), ("active", lazy_("Active"))]
    )
    day = forms.DateField(label=lazy_("Day"), widget=forms.DateInput(attrs={"type": "date"}))


class CodeForm(forms.Form):
    """The step with a one-time code."""

    code = forms.CharField(label=lazy_("The code we sent you"), max_length=6)


def table(sort: Sort) -> Sheet:
    """A short table with every kind of cell."""
    columns = (
        Column("card", _("Card"), is_sortable=True),
        Column("holder", _("Holder")),
        Column("state", _("State")),
        Column("at", _("Last ride"), is_sortable=True),
        Column("rides", _("Rides"), is_number=True, is_sortable=True),
        Column("balance", _("Balance"), is_number=True, is_sortable=True),
    )
    holder = "Raden Ajeng Siti Nurhaliza Kusumawardhani Prawirodirjo"
    rows: list[tuple[Cell, ...]] = [
        (
            Link("••••\u00a04821", "?#tabel", "JakCard"),
            Noted(holder, _("verified")),
            Badge("good", _("Active")),
            MORNING,
            46,
            Money(41_500),
        ),
        (
            Link("••••\u00a07710", "?#tabel", "e-money"),
            _("no name"),
            Badge("wait", _("Frozen")),
            YESTERDAY,
            1_203,
            Money(0),
        ),
        (
            Link("••••\u00a00093", "?#tabel", "Flazz"),
            "Budi",
            Badge("bad", _("Lost")),
            None,
            0,
            Money(-1_500),
        ),
    ]
    keys = {"card": 0, "at": 3, "rides": 4, "balance": 5}
    place = keys[sort.column]
    rows.sort(key=lambda row: str(row[place] or "").rjust(60), reverse=sort.is_down)
    return Sheet(
        columns,
        rows,
        _("Cards, as an example"),
        sort=sort,
        said=_("3 of 3 cards"),
        older="2",
        export="csv",
    )


def pictures() -> dict[str, Any]:
    """A map and charts."""
    return {
        "journey": maps.journey(
            [
                maps.Leg("#0B6E99", [*WAY, STOPS[1].at], STOPS[:2]),
                maps.Leg("#D62126", [STOPS[1].at, STOPS[2].at], STOPS[1:]),
            ],
            GROUND,
            _("Map: from Blok M by way of Bundaran HI to Monas"),
        ),
        "operators": [
            plots.Bar("Transjakarta", 18_342, "#D62126"),
            plots.Bar("KRL Commuter", 9_871, "#F2A900"),
            plots.Bar("MRT Jakarta", 4_120, "#0B6E99"),
            plots.Bar("Ragunan", 94, "#17724A"),
        ],
        "hours": [
            plots.Column(f"{hour:02}", riders, usual)
            for hour, (riders, usual) in enumerate(zip(RIDERS, USUAL, strict=True), start=4)
        ],
        "years": ("2025", "2026"),
        "pairs": [
            charts.Pair("Transjakarta", "TJ", 17_310, 18_342, "+6,0 %"),
            charts.Pair("Ragunan", "TMR", 102, 94, f"{MINUS}7,8 %"),
        ],
        "parts": [
            charts.Part(812, "81,2 %", "", "", _("Active")),
            charts.Part(160, "16,0 %", "", "", _("Frozen")),
            charts.Part(28, "2,8 %", "", "", _("Lost")),
        ],
    }


def menus() -> dict[str, Any]:
    """What the frames' menus, tabs and steps hold."""
    return {
        "places": [
            Place(_("Home"), "?", True, icon="home"),
            Place(_("History"), "?2", icon="clock"),
            Place(_("Top up"), "?3", icon="purse"),
            Place(_("My data"), "?4", icon="shield"),
        ],
        "desk_places": [
            Place(_("Cards"), "?", True),
            Place(_("Residents"), "?2"),
            Place(_("Cases"), "?3", note="12"),
            Place(_("Refunds"), "?4"),
            Place(_("Fares"), "?5", group=_("City")),
            Place(_("Places and readers"), "?6", group=_("City")),
            Place(_("Audit"), "?7", group=_("City")),
        ],
        "steps": [_("Choose"), _("Pay"), _("Done")],
        "tabs": [
            Place(_("History"), "?", True),
            Place(_("Why this fare"), "?tab=why"),
            Place(_("Books"), "?tab=books"),
            Place(_("Who looked"), "?tab=looks", note="3"),
        ],
        "crumbs": [Place(_("Cards"), "?"), Place("•••• 4821", "?"), Place(_("History"))],
    }


def context(sort: Sort) -> dict[str, Any]:
    """Everything that the page of all components fills in."""
    sent = {"phone": "", "amount": "500", "reason": "lost", "way": "phone"}
    wrong = ExampleForm(sent, auto_id="salah_%s")
    return {
        "form": ExampleForm(initial={"amount": 50_000}),
        "wrong": wrong,
        "code": CodeForm(),
        "filters": FilterForm(auto_id="saring_%s"),
        "sheet": table(sort),
        "empty_sheet": Sheet((), (), "", empty=_("No card is found by that")),
        **pictures(),
        **menus(),
        "colours": COLOURS,
        "in_and_out": {"out": Money(-2_000, signed=True), "came": Money(50_000, signed=True)},
        "benefit": Money(212_000),
        "figure": Money(41_500),
        "float": Money(2_140_400_000_000),
        "month": Money(250_000),
        "journeys": 46,
        "waiting": Badge("wait", _("Waiting for a tap out")),
        "morning": MORNING,
        "yesterday": YESTERDAY,
    }
