"""Lines of a history as rows of a page or a file: what happened, when, and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from satu.cards.held import CardHeld, cards_of
from satu.kernel.days import to_ms
from satu.kernel.refusal import UseClass
from satu.people.family import guardianships_of
from satu.taps.history import History, Line, Mark, Only, Ride, own_history
from satu.web.design import formats
from satu.web.design.cells import Badge, Money
from satu.web.portal.names import Named, name_of
from satu.web.portal.own import Asker, called
from satu.web.said import language, say

INCOME, OUTGO = "#17724A", "#5B6770"
UNKNOWN, GOES_ON = "?", "…"
ONE_DAY = timedelta(days=1)
WORD_JOINER = "\N{WORD JOINER}"
WHOLE = (UseClass.COMPLETE.code, UseClass.INTERCHANGE.code)


class Span(NamedTuple):
    """From `since` to before `until`, and what of it: rides, other money, or both."""

    since: datetime
    until: datetime
    only: Only = ""


class Seen(NamedTuple):
    """A card whose history a resident may see: their own, or that of a ward."""

    card: CardHeld
    is_own: bool

    @property
    def called(self) -> str:
        return called(self.card)


class Told(NamedTuple):
    """A line with the card that it is of."""

    line: Line
    seen: Seen


class Page(NamedTuple):
    """Lines of several cards, the newest first; the next page begins after `after`, "": none."""

    told: list[Told]
    after: str


class Row(NamedTuple):
    """A line as it stands in a list."""

    title: str
    note: str
    letters: str
    colour: str
    value: Money
    aside: str
    href: str
    badge: Badge | None


def cards_seen(asks: Asker) -> list[Seen]:
    """The cards of a resident, then those of wards whose trips they may see. A card that another
    took the place of is told of with that other."""
    on = asks.at.date()
    own = [Seen(card, True) for card in cards_of(asks.resident, on)]
    wards = [
        one.ward
        for one in guardianships_of(asks.resident, asks.at)
        if one.guardian == asks.resident and one.sees_trips
    ]
    others = [Seen(card, False) for ward in wards for card in cards_of(ward, on)]
    return [one for one in (*own, *others) if one.card.successor is None]


def page_of(asks: Asker, cards: Sequence[Seen], span: Span, *, after: str = "", limit: int) -> Page:
    """A page of the lines of several cards; NoMark: `after` is none.

    A transfer between two cards of theirs is a line of each, and the two are not parted.
    """
    found: list[Told] = []
    ends = False
    for seen in cards:
        page = own_history(
            viewer=asks.resident,
            card=seen.card.serial,
            since=span.since,
            until=span.until,
            after=after,
            limit=limit,
            only=span.only,
            at=asks.at,
        )
        page = page or History((), "")
        found += [Told(line, seen) for line in page.lines]
        ends = ends or bool(page.after)
    found.sort(key=lambda one: (one.line.at, one.line.name), reverse=True)
    shown = found[:limit]
    while shown and len(shown) < len(found) and _same(found[len(shown)], shown[-1]):
        shown.append(found[len(shown)])
    more = ends or len(shown) < len(found)
    return Page(shown, _mark(shown[-1].line) if shown and more else "")


def _same(one: Told, other: Told) -> bool:
    return (one.line.at, one.line.name) == (other.line.at, other.line.name)


def _mark(line: Line) -> str:
    return Mark(line.at, line.name).text


def row_of(
    told: Told,
    asks: Asker,
    href: Callable[[str], str],
    *,
    names_card: bool,
    names_day: bool = False,
) -> Row:
    """A line as a row. `href` makes a journey's address of its name; `names_card`: of several;
    `names_day`: no heading above tells the day."""
    line, seen = told
    card = seen.called if names_card else ""
    day = short_day(localdate(line.at), localdate(asks.at)) if names_day else ""
    if line.ride is None:
        return _money_row(line, day, card)
    ride = line.ride
    named = Named(ride.card, ride.use, ride.service_day)
    return Row(
        title=way_of(line),
        note=_joined(line.other, _after(day, times_of(line)), _riders(ride), _saved(ride), card),
        letters=letters_of(ride.line, line.other),
        colour=ride.colour or OUTGO,
        value=Money(amount_of(line), signed=True),
        aside="",
        href=href(name_of(named, asks.resident)),
        badge=badge_of(ride),
    )


def _money_row(line: Line, day: str, card: str) -> Row:
    comes = line.amount > 0
    left = ""
    if line.balance is not None:
        left = _("left: %(money)s") % {"money": money(line.balance)}
    return Row(
        title=say(line.words),
        note=_joined(line.other, _after(day, clock(line.at)), card),
        letters="+" if comes else formats.MINUS,
        colour=INCOME if comes else OUTGO,
        value=Money(line.amount, signed=True),
        aside=left,
        href="",
        badge=None,
    )


def way_of(line: Line) -> str:
    """`Blok M → Monas`, `Blok M → ?`; a visit's place."""
    ride = line.ride
    if ride is None:
        return say(line.words)
    if line.kind != "journey":
        return ride.point_in or ride.point_out or say(line.words)
    lacks = GOES_ON if ride.use_class == UseClass.OPEN.code else UNKNOWN
    is_one_way = ride.use_class in WHOLE and not ride.point_out  # nobody taps out there
    if is_one_way:
        return ride.point_in or UNKNOWN
    return f"{ride.point_in or UNKNOWN} → {ride.point_out or lacks}"


def letters_of(route: str, operator: str) -> str:
    """What stands in a ride's mark: its line's letters, else its operator's first."""
    return formats.line_letters(route) or operator[:1] or UNKNOWN


def amount_of(line: Line) -> int:
    """What a line comes to: a ride's fare, less what is owed of it.

    The purse's own postings come to the same, but not ride by ride: if a later ride makes an
    earlier one cheaper, operators even that out between them.
    """
    ride = line.ride
    return line.amount if ride is None else ride.owed - ride.fare


def times_of(line: Line) -> str:
    """`05.02–05.41`; the beginning alone, if nobody knows the end."""
    ends = line.ride.ended_at if line.ride else None
    if ends is None or ends == line.at:
        return clock(line.at)
    return f"{clock(line.at)}–{clock(ends)}"


def badge_of(ride: Ride) -> Badge | None:
    """What is not as it should be with a ride; None: nothing."""
    if ride.use_class == UseClass.OPEN.code:
        return Badge("wait", say(ride.class_words))
    if ride.owed:
        return Badge("bad", _("%(money)s owed") % {"money": money(ride.owed)})
    return None if ride.use_class in WHOLE else Badge("wait", say(ride.class_words))


def clock(at: datetime) -> str:
    """`05.12` by the city's clock."""
    return formats.clock_time(to_ms(at), settings.TIME_ZONE, language())


def clock_of(at: datetime, now: datetime) -> str:
    """`05.12`; of another day `kemarin 05.12`, `3 Nov 05.12`."""
    return _after(short_day(localdate(at), localdate(now)), clock(at))


def short_day(day: date, today: date) -> str:
    """Nothing for today, `kemarin`, `3 Nov`; the year too, if it is another."""
    if day == today:
        return ""
    if day == today - ONE_DAY:
        return _("yesterday")
    told = formats.day(day, language())
    return told if day.year != today.year else told.removesuffix(f" {day.year}")


def moment(at: datetime) -> str:
    """`23 Nov 2026, 05.12` by the city's clock."""
    return f"{formats.day(localdate(at), language())}, {clock(at)}"


def money(amount: int, asset: str = "IDR") -> str:
    """`Rp 3.500` in the page's language."""
    return formats.money(amount, asset, language())


def _riders(ride: Ride) -> str:
    return _("%(n)s people") % {"n": ride.riders} if ride.riders > 1 else ""


def _saved(ride: Ride) -> str:
    less = ride.full_fare - ride.fare
    return _("%(money)s less") % {"money": money(less)} if less > 0 else ""


def _after(day: str, times: str) -> str:
    """`kemarin 18.11–18.15`, never broken over two lines."""
    if not day:
        return times
    return f"{day} {times}".replace(" ", formats.NO_BREAK).replace("–", f"–{WORD_JOINER}")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
