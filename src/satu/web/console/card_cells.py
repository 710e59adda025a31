"""A card's parts as they stand in tables and tiles, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from satu.audit.entry import Subject
from satu.audit.models import AuditEntry
from satu.audit.queries import entries_on
from satu.cards.bearers import Cause
from satu.cards.desk import AtDesk, Limit
from satu.cards.held import CardHeld, Purse
from satu.cards.kinds import CardState, Medium, Why
from satu.cards.rights import Rights
from satu.cards.words import CAUSES
from satu.kernel.refusal import UseClass
from satu.people.kinds import Assurance, Role
from satu.people.looks import purpose_words, purposes_told
from satu.people.queries import Standing
from satu.taps.desk import BookLine, RideCounts
from satu.taps.history import History, Line
from satu.taps.queries import CARD_LOOKS
from satu.web.categories import category_words, product_words
from satu.web.console.card_day import posted_word
from satu.web.console.card_steps import reason_word
from satu.web.console.trail import Look, Names, did, looks_sheet
from satu.web.design import formats
from satu.web.design.cells import Badge, Cell, Link, Money, Noted
from satu.web.design.formats import NO_BREAK
from satu.web.design.sheets import Column, Sheet
from satu.web.doors.rights import Viewer
from satu.web.said import language, say
from satu.wire.messages import Words

Tile = dict[str, Any]


def state_badge(held: CardHeld) -> Badge:
    """A card's state by shape and word."""
    if held.is_usable:
        return Badge("good", _("Active"))
    words = {
        Why.NOT_ACTIVATED: Badge("wait", _("Not activated yet")),
        Why.FROZEN: Badge("wait", _("Frozen")),
        Why.LOST: Badge("bad", _("Lost")),
        Why.STOLEN: Badge("bad", _("Stolen")),
        Why.DAMAGED: Badge("bad", _("Damaged")),
        Why.EXPIRED: Badge("wait", _("Expired")),
        Why.REPLACED: Badge("none", _("Replaced")),
        Why.CLOSED: Badge("none", _("Closed")),
    }
    otherwise = (
        Badge("none", _("Closed")) if held.state is CardState.CLOSED else Badge("bad", _("Blocked"))
    )
    return words.get(Why(held.why), otherwise) if held.why in set(Why) else otherwise


def level_word(level: Assurance) -> str:
    """How sure we are of who somebody is."""
    return {
        Assurance.ANONYMOUS: _("nothing proved (level 0)"),
        Assurance.PHONE: _("phone proved (level 1)"),
        Assurance.REGISTER: _("NIK verified (level 2)"),
        Assurance.IN_PERSON: _("seen with the identity card (level 3)"),
    }[level]


def life(card: AtDesk, holder: Standing | None, viewer: Viewer) -> str:
    """`Registered holder · NIK verified (level 2) · Bank Jakarta · since 7 Jul 2026`."""
    who = [_("Nobody registered it")]
    if holder is not None:
        who = [_("Registered holder"), level_word(holder.level)]
    product = card.product
    kind = say(Words(product.name_id, product.name_en)) if product else ""
    until = ""
    if card.held.expires_on:
        until = _("valid until before %(day)s") % {"day": day_word(card.held.expires_on)}
    since = _("since %(day)s") % {"day": day_word(localtime(card.held.issued_at).date())}
    return " · ".join(filter(None, (*who, kind, card.held.bank, since, until)))


def tiles(card: AtDesk, counts: RideCounts, viewer: Viewer) -> list[Tile]:
    """The figures on top of every part: purses, what came in, what is owed, rides counted."""
    found: list[Tile] = [
        {
            "name": _("Purse in use") if purse.is_in_use else _("Purse"),
            "figure": Money(purse.balance, purse.asset),
            "note": _("at %(bank)s") % {"bank": purse.bank},
        }
        for purse in card.purses
        if not purse.is_former and (purse.balance or purse.is_in_use)
    ]
    if viewer.roles <= {Role.BANK}:
        own = _("at %(bank)s") % {"bank": card.purses[0].bank}
        return [tile for tile in found if tile["note"] == own]
    most, note = card.month.most, _("no limit")
    if most is not None:
        note = _("of %(most)s") % {"most": formats.money(most, card.asset, language())}
    month = Money(card.month.used, card.asset)
    found.append({"name": _("In this month"), "figure": month, "note": note})
    if card.owed:
        found.append(
            {
                "name": _("Rides not paid yet"),
                "figure": Money(card.owed, card.asset),
                "note": _("the next top-up pays them"),
                "state": "wait",
            }
        )
    lacking = counts.without_exit + counts.without_entry
    note = _("%(n)s without a tap") % {"n": lacking} if lacking else _("none lacks a tap")
    state = {"state": "wait"} if lacking else {}
    found.append({"name": _("Journeys in 30 days"), "figure": counts.rides, "note": note} | state)
    return found


def history_sheet(page: History, asset: str, card: int | None) -> Sheet:
    """The lines of a card; with `card` its places are told and each day leads to its fares."""
    columns = [
        Column("at", _("Time")),
        Column("what", _("What")),
        Column("remark", _("Remark")),
        Column("amount", _("Amount"), is_number=True),
        Column("balance", _("Balance after"), is_number=True),
    ]
    return Sheet(
        columns=columns,
        rows=[_line(line, asset, card) for line in page.lines],
        caption=_("History of the card"),
        said=_("The newest first"),
        empty=_("Nothing happened in these days."),
        older=page.after,
        export="csv",
    )


def line_choices() -> list[tuple[str, str]]:
    """What a history can be narrowed to."""
    return [("", _("All")), ("rides", _("Rides")), ("money", _("Other money"))]


def _line(line: Line, asset: str, card: int | None) -> list[Cell]:
    note, remark = line.other, ""
    if line.ride is not None:
        ride = line.ride
        where = " → ".join(filter(None, (ride.point_in, ride.point_out)))
        hidden = _("places closed") if card is None else _("no place told")
        note = " · ".join(filter(None, (line.other, ride.route, where or hidden)))
        told = [] if ride.use_class == UseClass.COMPLETE.code else [say(ride.class_words)]
        if ride.riders > 1:
            told.append(_("%(n)s riders") % {"n": ride.riders})
        if ride.full_fare > ride.fare:
            full = formats.money(ride.full_fare, asset, language())
            told.append(_("usually %(amount)s") % {"amount": full})
        if ride.owed:
            owed = formats.money(ride.owed, asset, language())
            told.append(_("%(amount)s not paid yet") % {"amount": owed})
        remark = " · ".join(told)
    words = say(line.words)
    what: Cell = Noted(words, note)
    if line.ride is not None and card is not None:
        day = line.ride.service_day.isoformat()
        what = Link(words, reverse("console:card_fares", args=[card]) + f"?hari={day}", note)
    balance = Money(line.balance, asset) if line.balance is not None else None
    return [line.at, what, remark, Money(line.amount, asset, signed=True), balance]


def purses_sheet(purses: Sequence[Purse]) -> Sheet:
    """A card's purses in their order of use."""
    columns = [
        Column("bank", _("Bank")),
        Column("state", _("Use")),
        Column("balance", _("Balance"), is_number=True),
        Column("available", _("Available"), is_number=True),
        Column("account", _("Account"), is_number=True),
    ]
    rows: list[list[Cell]] = [
        [
            purse.bank,
            _use_of(purse),
            Money(purse.balance, purse.asset),
            Money(purse.available, purse.asset),
            str(purse.account),
        ]
        for purse in purses
    ]
    return Sheet(columns, rows, _("Purses"), empty=_("No purse of this card is at your bank."))


def _use_of(purse: Purse) -> Badge:
    if purse.is_in_use:
        return Badge("good", _("In use"))
    return Badge("none", _("Left behind")) if purse.is_former else Badge("info", _("In reserve"))


def medium_word(medium: Medium) -> str:
    """What is held to a reader beside the card's own chip."""
    return {
        Medium.CHIP: _("Satu's own chip"),
        Medium.BANK_CHIP: _("A bank's e-money chip"),
        Medium.EMV: _("Bank card (EMV)"),
        Medium.QR: _("QR code"),
        Medium.PLATE: _("Number plate"),
    }[medium]


def rights_sheet(rights: Rights) -> Sheet:
    """What a card gives a right to, and from when until when."""
    columns = [
        Column("what", _("Right")),
        Column("first", _("First day")),
        Column("last", _("Last day")),
    ]
    words, passes = category_words(), product_words()
    rows: list[list[Cell]] = [
        [words.get(one.category, one.category), day_word(one.first), day_word(one.last)]
        for one in rights.entitlements
    ]
    rows += [
        [
            _("Pass %(name)s") % {"name": passes.get(one.product, one.product)},
            day_word(one.bought_on),
            "",
        ]
        for one in rights.passes
    ]
    return Sheet(columns, rows, _("Rights"), empty=_("This card gives no right of its own."))


def books_sheet(lines: Sequence[BookLine], asset: str) -> Sheet:
    """Postings of a card's purses: what stands in the books, with its key and both accounts."""
    columns = [
        Column("at", _("Posted at")),
        Column("kind", _("Kind")),
        Column("accounts", _("Debit → credit")),
        Column("day", _("Settled on")),
        Column("amount", _("Amount"), is_number=True),
        Column("balance", _("Balance after"), is_number=True),
    ]
    rows: list[list[Cell]] = [
        [
            line.posted_at,
            Noted(posted_word(line.kind.name.lower()), line.other),
            Noted(f"{line.debit} → {line.credit}", str(line.key)),
            day_word(line.settlement_day),
            Money(line.amount, asset, signed=True),
            Money(line.balance, asset) if line.balance is not None else None,
        ]
        for line in lines
    ]
    said = _("In all: %(n)s") % {"n": len(rows)} if rows else ""
    empty = _("Nothing was posted in these days.")
    return Sheet(columns, rows, _("Postings"), said=said, empty=empty, export="csv")


def trail_sheets(card: int, asset: str) -> tuple[Sheet, Sheet]:
    """Who looked at a card, and what was done to it, the newest first."""
    entries = list(reversed(entries_on(Subject("card", card))))
    purposes, names = purposes_told(), Names()
    looks = [
        Look(
            entry.at,
            names.who(entry.actor),
            say(CARD_LOOKS[entry.action]),
            say(purpose_words(str(entry.detail.get("purpose", "")), purposes)),
            str(entry.detail.get("case", "")),
        )
        for entry in entries
        if entry.action in CARD_LOOKS
    ]
    done = [entry for entry in entries if entry.action not in CARD_LOOKS]
    empty = _("Nobody looked at this card.")
    return looks_sheet(looks, empty=empty, export="csv"), _done_sheet(done, asset, names)


def _done_sheet(entries: Sequence[AuditEntry], asset: str, names: Names) -> Sheet:
    columns = [
        Column("at", _("Time")),
        Column("who", _("Who")),
        Column("what", _("What")),
        Column("detail", _("Why and how much")),
    ]
    products = product_words()
    rows: list[list[Cell]] = [
        [entry.at, names.who(entry.actor), did(entry.action), _detail(entry, asset, products)]
        for entry in entries
    ]
    return Sheet(columns, rows, _("What was done"), empty=_("Nothing was done to it yet."))


def _detail(entry: AuditEntry, asset: str, products: Mapping[str, str]) -> str:
    """Why, in which case, how much, by which reference: what the trail tells of it."""
    told = entry.detail
    amount, product = told.get("amount"), str(told.get("product") or "")
    cause = str(told.get("cause", ""))
    parts = [
        reason_word(str(told.get("reason", ""))),
        say(CAUSES[Cause(cause)]) if cause in set(Cause) else "",
        str(told.get("case", "")),
        formats.money(amount, asset, language()) if isinstance(amount, int) else "",
        str(told.get("reference") or ""),
        products.get(product, product),
    ]
    return " · ".join(filter(None, parts))


def limits(card: AtDesk) -> list[tuple[str, Limit]]:
    """The limits that a card's product and its family set."""
    return [(_("Balance of all purses"), card.balance), (_("In this month"), card.month)]


def day_word(day: date) -> str:
    return formats.day(day, language()).replace(" ", NO_BREAK)


def moment_word(at: datetime) -> str:
    return formats.moment(localtime(at), language())
