"""Beranda: a resident's cards with their money, what needs care, what was last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from satu.cards.held import CardHeld, Purse, cards_of
from satu.cards.kinds import CardState, Why
from satu.cards.lifecycle import LOST
from satu.cards.shown import RightHeld, owed_on, product_names, rights_on
from satu.fares.words import Phrases, plain
from satu.kernel.days import to_ms
from satu.kernel.refusal import UseClass
from satu.ledger.actions import raw_connection
from satu.messages.queries import thresholds
from satu.people.errors import Refusal
from satu.people.family import guardianships_of
from satu.taps.looking import rules_in_force
from satu.taps.repair_rules import RepairState
from satu.web.design import formats
from satu.web.design.cells import Badge, Money
from satu.web.doors.rights import resident_only
from satu.web.portal.history import journey_address, rows_of
from satu.web.portal.journey import repair_about, repair_shown
from satu.web.portal.lines import Page, Seen, Span, Told, clock, clock_of, money, page_of
from satu.web.portal.names import Named, name_of
from satu.web.portal.own import Asker, asker, called, grouped, own_profile, purses_in_order
from satu.web.said import language, say
from satu.wire.messages import Words

LAST_LINES = 6
LAST_DAYS = 60
HIDDEN = "•"
FIRST_SHOWN, LAST_SHOWN = 6, 4  # digits of a number: the bank's at its head, its own at its end
LACKING = (UseClass.MISSING_EXIT.code, UseClass.MISSING_ENTRY.code)


class Face(NamedTuple):
    """A card as its face is drawn; `state` and `word` as in the card_face tag."""

    card: CardHeld
    kind: str
    purses: list[Purse]
    balance: int
    asset: str
    caption: str
    number: str
    until: str
    state: str
    word: str

    @property
    def available(self) -> int:
        return sum(purse.available for purse in self.purses)

    @property
    def called(self) -> str:
        return called(self.card)

    @property
    def href(self) -> str:
        """The first page with this card chosen."""
        return f"?kartu={self.card.serial}"

    @property
    def rows(self) -> list[PurseRow]:
        return [purse_row(place, purse) for place, purse in enumerate(self.purses, 1)]


class PurseRow(NamedTuple):
    """A purse in the order of use."""

    title: str
    note: str
    value: Money
    badge: Badge | None


class Notice(NamedTuple):
    """What somebody should know now: what happened, what to do, and where."""

    state: str
    title: str
    text: str
    href: str = ""
    action: str = ""


class Benefit(NamedTuple):
    """A right of a card in words."""

    title: str
    note: str
    aside: str


@require_GET
@never_cache
@resident_only
def home(request: HttpRequest) -> HttpResponseBase:
    """The first page: `?kartu=` chooses which of several cards the actions are for."""
    asks = asker(request)
    names = product_names()
    faces = [face_of(card, names, asks) for card in shown_cards(asks)]
    chosen = next(
        (face for face in faces if str(face.card.serial) == request.GET.get("kartu")),
        faces[0] if faces else None,
    )
    last = last_lines(asks, faces)
    context = {
        "name": name_opened(asks),
        "faces": faces,
        "chosen": chosen,
        "is_several": len(faces) > 1,
        "actions": actions_of(chosen) if chosen else [],
        "has_purses": chosen is not None and chosen.card.is_usable,
        "benefits": benefits_of(chosen.card, asks) if chosen else [],
        "notices": [*notices_of(faces, asks), *ride_notices(last, asks)],
        "rows": rows_of(last.told, asks, names_card=len(faces) > 1, names_day=True),
        "is_guardian": any(
            one.guardian == asks.resident for one in guardianships_of(asks.resident, asks.at)
        ),
    }
    return render(request, "portal/home.html", context)


def name_opened(asks: Asker) -> str:
    """The resident's own name, by the one door; "" if it is not open."""
    opened = own_profile(asks)
    return "" if isinstance(opened, Refusal) else opened.name


def shown_cards(asks: Asker) -> list[CardHeld]:
    """The cards that are not done with: those that open doors first."""
    held = [
        card
        for card in cards_of(asks.resident, asks.at.date())
        if card.successor is None and (card.state is not CardState.CLOSED or card.due_on)
    ]
    return sorted(held, key=lambda card: (not card.is_usable, card.serial))


def face_of(card: CardHeld, names: dict[str, Words], asks: Asker) -> Face:
    """A card with its purses; its balance is that of the purse which the next ride is paid from."""
    purses = purses_in_order(card.serial)
    used = next((purse for purse in purses if purse.is_in_use), purses[0])
    where = _("Main purse") if len(purses) == 1 else _("Purse at %(bank)s") % {"bank": used.bank}
    now = f"{clock(asks.at)} {formats.zone_name(to_ms(asks.at), settings.TIME_ZONE)}"
    ends = f"{card.expires_on:%m/%y}" if card.expires_on else ""
    state, word = state_of(card)
    return Face(
        card=card,
        kind=say(names[card.product]) if card.product in names else "",
        purses=purses,
        balance=used.balance,
        asset=used.asset,
        caption=f"{where} · {now}",
        number=hidden(card.number),
        until=_("valid until %(month)s") % {"month": ends} if ends else "",
        state=state,
        word=word,
    )


def purse_row(place: int, purse: Purse) -> PurseRow:
    """A purse with its place in the order, from 1, and what of it is set aside."""
    held = purse.balance - purse.available
    note = _("%(money)s is held for a ride that goes on") % {"money": money(held, purse.asset)}
    return PurseRow(
        f"{place}. {purse.bank}",
        note if held else "",
        Money(purse.balance, purse.asset),
        Badge("good", _("In use")) if purse.is_in_use else None,
    )


def hidden(number: str) -> str:
    """`9360 11•• •••• 4821`."""
    between = HIDDEN * (len(number) - FIRST_SHOWN - LAST_SHOWN)
    return grouped(number[:FIRST_SHOWN] + between + number[-LAST_SHOWN:])


def state_of(card: CardHeld) -> tuple[str, str]:
    """A face's state with its word."""
    if card.is_usable:
        return "active", ""
    words = {
        Why.FROZEN.value: _("Frozen"),
        Why.LOST.value: _("Reported lost"),
        Why.STOLEN.value: _("Reported stolen"),
        Why.EXPIRED.value: _("Expired"),
        Why.NOT_ACTIVATED.value: _("Not active yet"),
    }
    closed = _("Closed") if card.state is CardState.CLOSED else _("Blocked")
    return ("frozen" if card.why == Why.FROZEN else "blocked"), words.get(card.why, closed)


def actions_of(face: Face) -> list[tuple[str, str, str, bool]]:
    """(words, address, pictogram, over this page) of what works for a card as it stands."""
    card = face.card
    of_card = [card.serial]
    lost = (_("Lost"), reverse("portal:lost", args=of_card), "cross", True)
    damaged = (_("Damaged"), reverse("portal:replace", args=of_card), "card", False)
    if card.is_usable:
        freeze = (_("Freeze"), reverse("portal:freeze", args=of_card), "pause", True)
        return [(_("Top up"), top_up_address(face), "plus", False), freeze, lost, damaged]
    if card.why == Why.FROZEN:
        thaw = (_("Unfreeze"), reverse("portal:unfreeze", args=of_card), "play", True)
        return [thaw, lost, damaged]
    if card.state is CardState.CLOSED:
        return []
    new = (_("New card"), damaged[1], "card", False)
    return [new] if card.why in LOST else [lost, new]


def top_up_address(face: Face) -> str:
    """How money comes to this card."""
    return f"{reverse('portal:top_up')}?kartu={face.card.serial}"


def benefits_of(card: CardHeld, asks: Asker) -> list[Benefit]:
    """What a card gives a right to, in the words of the tariff."""
    held = rights_on(card.serial, asks.at.date())
    if not held:
        return []
    tariff = rules_in_force(raw_connection()).tariff_on(asks.at.date())
    phrases, names = Phrases(tariff), {one.product: one.name for one in tariff.passes}
    return [_benefit(one, phrases, names) for one in held]


def _benefit(one: RightHeld, phrases: Phrases, names: dict[str, str]) -> Benefit:
    begins = formats.day(one.rides_from, language())
    if one.is_pass:
        title = names.get(one.code) or plain(one.code)
        return Benefit(title, _("Pass, bought on %(day)s") % {"day": begins}, "")
    ends = formats.day(one.last, language()) if one.last else ""
    note = _("Fare for this group, from %(day)s") % {"day": begins}
    return Benefit(say(phrases.category(one.code)), note, _("until %(day)s") % {"day": ends})


def last_lines(asks: Asker, faces: Sequence[Face]) -> Page:
    """The newest lines of the cards that are shown."""
    span = Span(asks.at - timedelta(days=LAST_DAYS), asks.at + timedelta(days=LAST_DAYS))
    return page_of(asks, [Seen(face.card, True) for face in faces], span, limit=LAST_LINES)


def notices_of(faces: Sequence[Face], asks: Asker) -> Iterator[Notice]:
    """What a resident's cards need: what is owed, little money, a card that opens no door."""
    threshold = thresholds([asks.resident])[asks.resident]
    for face in faces:
        name = {"card": called(face.card)}
        top_up = (top_up_address(face), _("Top up")) if face.card.is_usable else ()
        owed = owed_on(face.card.serial)
        if owed and face.card.state is not CardState.CLOSED:
            told = {**name, "money": money(owed, face.asset)}
            yield Notice(
                "bad",
                _("%(money)s of rides with %(card)s is not paid yet") % told,
                _("The next top-up pays it first."),
                *top_up,
            )
        elif face.card.is_usable and threshold is not None and face.available < threshold:
            told = {**name, "money": money(face.available, face.asset)}
            yield Notice(
                "wait",
                _("%(money)s is left on %(card)s") % told,
                _("Top up soon: a gate refuses a card with too little on it."),
                *top_up,
            )
        if not face.card.is_usable:
            yield _unusable(face, name)


def _unusable(face: Face, name: dict[str, str]) -> Notice:
    serial, why = face.card.serial, face.card.why
    if why == Why.FROZEN:
        return Notice(
            "wait",
            _("%(card)s is frozen") % name,
            _("It opens no gate until you unfreeze it."),
            reverse("portal:unfreeze", args=[serial]),
            _("Unfreeze"),
        )
    if face.card.due_on is not None:
        told = {"day": formats.day(face.card.due_on, language())}
        return Notice(
            "info",
            _("%(card)s is closed") % name,
            _("What is left on it is paid to you by %(day)s at the latest.") % told,
        )
    return Notice(
        "bad",
        _("%(card)s opens no gate") % name,
        _("Its money is safe and moves to the card that takes its place."),
        reverse("portal:replace", args=[serial]),
        _("Get a new card"),
    )


def ride_notices(page: Page, asks: Asker) -> Iterator[Notice]:
    """A ride that goes on, and one whose tap is missing, if they are among the last.

    A card that is closed takes no tap any more, and none that is told.
    """
    for told in page.told:
        ride = told.line.ride
        if ride is None:
            continue
        if ride.use_class == UseClass.OPEN.code and ride.point_in:
            place = {"place": ride.point_in, "time": clock_of(told.line.at, asks.at)}
            yield Notice(
                "info",
                _("You went in: %(place)s, %(time)s") % place,
                _("Tap out when you leave, so that you pay for this way alone."),
            )
        is_over = told.seen.card.state is CardState.CLOSED
        if ride.use_class in LACKING and ride.fare and not is_over:
            yield from _lacking(told, asks)


def _lacking(told: Told, asks: Asker) -> Iterator[Notice]:
    """What to do about a missing tap; of one that was told, that it waits for staff."""
    ride = told.line.ride
    assert ride is not None
    place = {"place": ride.point_in or ride.point_out, "time": clock_of(told.line.at, asks.at)}
    href = journey_address(name_of(Named(ride.card, ride.use, ride.service_day), asks.resident))
    repair = repair_about(ride.card, {ride.use})
    if repair is None:
        title = _("A tap is missing: %(place)s, %(time)s") % place
        what = _("Tell where it was: if that way costs less, the difference comes back.")
        yield Notice("wait", title, what, href, _("Complete it"))
    elif repair.state == RepairState.ASKED:
        title = _("The tap that you told waits for staff: %(place)s, %(time)s") % place
        yield Notice("info", title, repair_shown(repair).text, href, _("See how it stands"))
