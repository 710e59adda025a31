"""Every read of places and readers that Django's side uses; gateways use satu.taps.places.

Also who looked at a resident and at where their cards went.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.cards.handing import holdings
from satu.cards.queries import issuers
from satu.cards.telling import tail
from satu.kernel import pgarray
from satu.ledger.actions import raw_connection
from satu.people.looks import LookTold, looks_told, purpose_words, purposes_told, who_is
from satu.services import sealed
from satu.services.rules import Bundle
from satu.taps import models
from satu.taps.places import NoCityLoaded
from satu.wire.messages import Words

UNLINKED = "select id from taps_tap where id = any (%s) and card = 0"
CARD_LOOKS = {
    "card.looked_at": Words("Keadaan dan saldo kartu", "State and money of a card"),
    "card.purses_looked_at": Words("Dompet kartu", "Purses of a card"),
    "card.day_looked_at": Words("Perjalanan satu hari", "Trips of a day"),
    "card.history_looked_at": Words("Riwayat kartu", "History of a card"),
    "card.journeys_looked_at": Words("Perjalanan", "Trips"),
    "card.rights_looked_at": Words("Hak dan tiket kartu", "Rights and passes of a card"),
    "partner.balance_seen": Words("Saldo di bank ini", "Balance at this bank"),
    "partner.history_seen": Words("Riwayat saldo di bank ini", "Money history at this bank"),
}


def active_bundle(city: str) -> Bundle:
    """A city's facts in force; NoCityLoaded if it was never loaded."""
    found = models.Bundle.objects.filter(city=city, is_active=True).first()
    if found is None:
        raise NoCityLoaded(f"{city} is not loaded; run: satu city load")
    return sealed.decode(bytes(found.content))


def device_numbers(codes: Iterable[str]) -> dict[str, int]:
    """The numbers of readers by their codes; unknown codes are left out."""
    found = models.Device.objects.filter(code__in=list(codes))
    return dict(found.values_list("code", "id"))


def operator_code(number: int) -> str | None:
    """The code of an operator by its number; None: no such operator."""
    found = models.Operator.objects.filter(id=number)
    return found.values_list("code", flat=True).first()


class ActivationRow(NamedTuple):
    """A change of the facts in force; `digest` names the bundle (64 hexadecimal digits)."""

    at: datetime
    actor: str
    reason: str
    digest: str


def cities() -> list[str]:
    """The codes of the cities that are loaded."""
    return list(
        models.Bundle.objects.filter(is_active=True).order_by("city").values_list("city", flat=True)
    )


def activations(city: str) -> list[ActivationRow]:
    """Every change of a city's facts, the newest first."""
    rows = models.Activation.objects.filter(city=city).order_by("-id")
    told = rows.values_list("at", "actor", "reason", "bundle__digest")  # not its content: megabytes
    return [ActivationRow(at, actor, why, bytes(digest).hex()) for at, actor, why, digest in told]


def unlinked(taps: Iterable[int]) -> set[int]:
    """Of some taps, or uses by their first taps, those whose card is not known any more."""
    asked = pgarray.ints(sorted(taps))
    rows = raw_connection().execute(UNLINKED, [asked]).fetchall()
    return {tap for (tap,) in rows}


def who_looked(resident: int, at: datetime) -> list[LookTold]:
    """Everybody who looked at a resident, or at a card while it was theirs; cards that passed from
    hand to hand are told too. In words, the newest first."""
    told, purposes = looks_told(resident), purposes_told()
    banks = {bank.code: bank.name for bank in issuers()}
    for card in holdings(resident):
        for one in entries_on(Subject("card", card.card)):
            what = CARD_LOOKS.get(one.action)
            if what is not None and card.covers(one.at):
                why = purpose_words(one.detail["purpose"], purposes)
                who = who_is(one.actor, bank=banks.get(one.detail.get("bank", ""), ""))
                case, called = str(one.detail.get("case", "")), f"•{tail(card.number)}"
                told.append(LookTold(one.at, who, what, why, None, case, one.id, called))
    return sorted(told, key=lambda look: look.at, reverse=True)
