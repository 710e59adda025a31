"""What the portal's pages share: who asks, on whose card they may act, words, keys of forms."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from satu.cards.held import CardHeld, Purse, cards_of, holder_for, purses_of
from satu.cards.kinds import CardState
from satu.cards.telling import tail
from satu.kernel import money
from satu.ledger.kinds import Result
from satu.people.access import open_profile
from satu.people.errors import Refusal
from satu.people.kinds import OWN_DATA, Role, Scope
from satu.people.profile import Profile
from satu.web.design import formats
from satu.web.doors.rights import viewer_of
from satu.web.said import language

GROUP = 4


class Asker(NamedTuple):
    """The resident who asks for a page, as the audit trail names them, and the city's time."""

    resident: int
    actor: str
    at: datetime


class Acted(NamedTuple):
    """A card that a resident may act on: its own holder's, or a ward's."""

    card: CardHeld
    holder: int
    is_own: bool

    @property
    def called(self) -> str:
        """How people know it: `Bank Mandiri •4821`."""
        return called(self.card)


def asker(request: HttpRequest) -> Asker:
    """Who asks; the page's guard has let no other in than a resident."""
    viewer = viewer_of(request)
    assert viewer is not None and viewer.resident is not None
    return Asker(viewer.resident, viewer.actor, timezone.localtime())


def own_profile(asks: Asker) -> Profile | Refusal:
    """The resident's own profile, by the one door: this look is written down too."""
    return open_profile(
        actor=asks.actor,
        role=Role.RESIDENT,
        resident_id=asks.resident,
        purpose=OWN_DATA,
        case="",
        at=asks.at,
    )


def acted_on(asks: Asker, serial: int, scope: Scope) -> Acted:
    """A card by its serial. Http404: there is none, or it is not theirs to act on in this scope."""
    holder = holder_for(viewer=asks.resident, card=serial, scope=scope, at=asks.at)
    found = () if holder is None else cards_of(holder, asks.at.date())
    for card in found:
        if card.serial == serial and holder is not None:
            return Acted(card, holder, holder == asks.resident)
    raise Http404


def open_cards(resident: int, at: datetime) -> list[CardHeld]:
    """The cards of a resident that are not closed, by serial."""
    return [
        card
        for card in cards_of(resident, timezone.localdate(at))
        if card.state is not CardState.CLOSED
    ]


def purses_in_order(card: int) -> list[Purse]:
    """The purses that a card pays from, in their order; not those it had at banks before."""
    return [purse for purse in purses_of(card) if not purse.is_former]


def called(card: CardHeld) -> str:
    """How people know a card: `Bank Mandiri •4821`."""
    return f"{card.bank} •{tail(card.number)}"


def grouped(number: str) -> str:
    """Figures as people read and copy them, by fours from the end."""
    first = len(number) % GROUP
    parts = [number[:first]] + [number[at : at + GROUP] for at in range(first, len(number), GROUP)]
    return " ".join(part for part in parts if part)


def repeated(result: Result) -> str:
    """What to say of a call that was made before; empty: it was done now, or just so before."""
    if result in (Result.POSTED, Result.EXISTS):
        return ""
    return _("This page was sent before with something else. Look at your history, then try again.")


def written_money(amount: int, asset: str) -> str:
    """An amount as it stands in a field: without its currency."""
    return formats.money(amount, asset, language()).split(formats.NO_BREAK)[-1]


def unit(asset: str) -> str:
    """What stands inside a field of an amount: `Rp`."""
    return money.MARKS.get(asset, asset)
