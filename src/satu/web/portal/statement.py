"""A month's statement of a card as PDF: every posting of its purses between two balances."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from satu.taps.statements import Moved, PurseStatement, own_statement
from satu.web.design import formats
from satu.web.doors.rights import resident_only
from satu.web.portal.history import month_name, start_of
from satu.web.portal.home import hidden, name_opened
from satu.web.portal.lines import Seen, cards_seen, moment
from satu.web.portal.own import Asker, asker
from satu.web.portal.paper import Line, Paper, Part, printed
from satu.web.said import language, say

MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@require_GET
@never_cache
@resident_only
def statement(request: HttpRequest) -> HttpResponseBase:
    """The statement of `?kartu=` in the month `?bulan=2026-11`. 404: not theirs, or no month."""
    asks = asker(request)
    month = month_of(request.GET.get("bulan", ""))
    wanted = request.GET.get("kartu", "")
    seen = next((one for one in cards_seen(asks) if str(one.card.serial) == wanted), None)
    if month is None or seen is None or month > localdate(asks.at):
        raise Http404
    paper = paper_of(asks, seen, month)
    answer = HttpResponse(printed(paper), content_type="application/pdf")
    name = f"satu-{month:%Y-%m}-{seen.card.number[-4:]}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def month_of(text: str) -> date | None:
    """The first day of a month like `2026-11`; None: it is none."""
    found = MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else None


def paper_of(asks: Asker, seen: Seen, month: date) -> Paper:
    """The statement in the page's language; the holder's name is opened for themselves alone."""
    following = (month + timedelta(days=31)).replace(day=1)
    told = own_statement(
        viewer=asks.resident,
        card=seen.card.serial,
        since=start_of(month),
        until=start_of(following),
        at=asks.at,
    )
    if told is None:
        raise Http404
    heads = [(_("Card"), hidden(told.number)), (_("Bank"), seen.card.bank)]
    name = name_opened(asks) if seen.is_own else ""
    if name:
        heads.insert(0, (_("Holder"), name))
    last = min(following - timedelta(days=1), localdate(asks.at))
    span = f"{formats.day(month, language())} – {formats.day(last, language())}"
    heads += [(_("Period"), span), (_("Made"), moment(asks.at))]
    return Paper(
        title=_("Statement"),
        subtitle=month_name(month),
        heads=heads,
        parts=[part_of(one) for one in told.purses],
        columns=(_("Posted"), _("What"), _("Amount"), _("Balance")),
        empty=_("Nothing was posted in this month."),
        foot=_("Amounts are those of the bank's books at the time of posting."),
        page=_("page %(n)s of %(all)s"),
    )


def part_of(purse: PurseStatement) -> Part:
    """A purse's part of the paper."""

    def money(amount: int) -> str:
        return formats.money(amount, purse.asset, language())

    def signed(amount: int) -> str:
        return ("+" if amount > 0 else "") + money(amount)

    return Part(
        title=_("Purse at %(bank)s") % {"bank": purse.bank},
        opening=(_("Opening balance"), money(purse.opening)),
        lines=[
            Line(moment(one.at), *words_of(one), signed(one.amount), money(one.balance))
            for one in purse.moved
        ],
        sums=[
            (_("Came in"), signed(purse.came)),
            (_("Went out"), signed(purse.went)),
            (_("Closing balance"), money(purse.closing)),
        ],
    )


def words_of(one: Moved) -> tuple[str, str]:
    """What a posting was, and below it with whom and for which ride."""
    way = " – ".join(place for place in (one.point_in, one.point_out) if place)
    title = f"{say(one.words)}: {way}" if way else say(one.words)
    rode = one.started_at
    if rode is not None and localdate(rode) != localdate(one.at):
        return title, _("%(other)s, ridden on %(time)s") % {
            "other": one.other,
            "time": moment(rode),
        }
    return title, one.other
