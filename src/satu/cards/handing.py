"""A card passes to another resident with its holder's leave: by a code that only they were sent.

Whatever is refused, the asker is never told why, and learns nothing of the card. The code itself is
made, sent and taken by satu.web.handing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg
from django.db import transaction
from django.db.models import Max

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.audit.queries import count_since
from satu.cards import external, models, moving, purses, rights, store
from satu.cards.actions import refuse_state
from satu.cards.collecting import settlement_day
from satu.cards.errors import Refusal
from satu.cards.incoming import product_of
from satu.cards.kinds import MediumState
from satu.cards.telling import tell_handed_over
from satu.ledger.actions import raw_connection
from satu.people.family import guardianships_of
from satu.people.looks import CARD_GIVEN, CARD_TAKEN

MOST_ASKED = 10  # by one resident in an hour, whichever cards
MOST_A_CARD = 5  # codes for one card in an hour, whoever asks
MOST_A_HOLDER = 5  # codes to one holder in a day, for whichever of their cards
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED = "card.wanted"


class Wanted(NamedTuple):
    """A card that is asked for, and the resident whom the code goes to."""

    card: int
    number: str
    holder: int


class Handed(NamedTuple):
    """A card that passed, with those whose place it took: all have its purses."""

    card: int
    line: list[int]


class Holding(NamedTuple):
    """A card that is or was a resident's: from `since` to before `until`; None: from the first
    day on, until now."""

    card: int
    number: str
    since: datetime | None
    until: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether it was theirs at a time."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


def note_wanted(*, asker: int, actor: str, at: datetime) -> Refusal | None:
    """Count that a resident asks for somebody's card. Refusals: too_many_attempts."""
    person = Subject("person", asker)
    with transaction.atomic():
        store.lock_reference(raw_connection(), f"link/{asker}")
        if count_since(subject=person, action=ASKED, since=at - HOUR) >= MOST_ASKED:
            return Refusal.TOO_MANY_ATTEMPTS
        record(subject=person, action=ASKED, actor=actor, at=at)
    return None


def ask_holder(
    *, code: int, number: str, asker: int, usual: str, is_busy: bool, actor: str, at: datetime
) -> Wanted | Refusal:
    """Keep that a code is made for a card's holder, if the card can pass to the asker.

    `usual` is the riders' category of who has none of the others; `is_busy`: a case, a repair or a
    proposal about the card is open. Refusals: card_unknown, card_closed, card_blocked,
    card_not_registered, card_owned (by the asker), card_external, card_personal, card_is_busy,
    too_many_attempts (codes for the card, or to its holder).
    """
    found = models.Card.objects.filter(number=number).values_list("id", "owner").first()
    if found is None:
        return Refusal.CARD_UNKNOWN
    card, holder = found
    if holder is None:
        return Refusal.CARD_NOT_REGISTERED
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, f"handing/{holder}")
        row = moving.lock(conn, card)
        assert row is not None
        if refusal := _refuse(conn, row, asker, usual, at):
            return refusal
        if row.owner != holder:
            return Refusal.NOT_THE_HOLDER
        if is_busy:
            return Refusal.CARD_IS_BUSY
        if _is_asked_too_often(card, holder, at):
            return Refusal.TOO_MANY_ATTEMPTS
        models.Handing.objects.create(
            code=code, card_id=card, holder=holder, asker=asker, asked_at=at
        )
        record(subject=Subject("card", card), action="card.wanted_of_holder", actor=actor, at=at)
    return Wanted(card, row.number, holder)


def note_sent(*, code: int, at: datetime) -> None:
    """Keep that a code is on its way to the holder: from now on the card can pass by it."""
    models.Handing.objects.filter(code=code).update(sent_at=at)


def hand_over(
    *, code: int, asker: int, usual: str, is_busy: bool, since: datetime, actor: str, at: datetime
) -> Handed | Refusal:
    """Give a card to the resident who asked for it and has told its holder's code; once.

    Its money stays on it, and so does what its rides owe. What was before `since` is not told to
    the new holder. Refusals: card_unknown (no code for this asker was sent), not_the_holder
    (somebody else has it now), card_blocked (also: it was, after the code was asked for), and as
    `ask_holder`.
    """
    with transaction.atomic():
        found = models.Handing.objects.filter(code=code, asker=asker).first()
        if found is None or found.sent_at is None:
            return Refusal.CARD_UNKNOWN
        conn = raw_connection()
        row = moving.lock(conn, found.card_id)
        assert row is not None
        found.refresh_from_db()
        line = moving.sharing(conn, row.id)
        if found.handed_at is not None:
            return Handed(row.id, line) if row.owner == asker else Refusal.NOT_THE_HOLDER
        if refusal := _refuse(conn, row, asker, usual, at):
            return refusal
        if row.owner != found.holder:
            return Refusal.NOT_THE_HOLDER
        if models.Denial.objects.filter(card=row.id, at__gte=found.asked_at).exists():
            return Refusal.CARD_BLOCKED
        if is_busy:
            return Refusal.CARD_IS_BUSY
        store.hand_over(conn, line, asker, since)
        found.handed_at = at
        found.save(update_fields=["handed_at"])
        _tell(found, row, actor, at)
    return Handed(row.id, line)


def handed_by(*, code: int, asker: int) -> int | None:
    """The card that passed to a resident by a code of theirs and still is theirs; None: none."""
    done = models.Handing.objects.filter(code=code, asker=asker, handed_at__isnull=False)
    found = done.values_list("card_id", "card__owner").first()
    return found[0] if found and found[1] == asker else None


def holdings(resident: int) -> list[Holding]:
    """The cards that are a resident's, by serial, then those that they handed over."""
    now = models.Card.objects.filter(owner=resident).order_by("id")
    held = [Holding(*row, None) for row in now.values_list("id", "number", "owned_since")]
    return [*held, *_given(resident)]


def forget_unused(*, before: datetime) -> int:
    """Forget codes asked for before a time by which no card passed; how many. A job runs this."""
    gone, _ = models.Handing.objects.filter(handed_at=None, asked_at__lt=before).delete()
    return gone


def _given(resident: int) -> Iterator[Holding]:
    conn = raw_connection()
    given = models.Handing.objects.filter(holder=resident, handed_at__isnull=False)
    for one in given.order_by("handed_at"):
        line = moving.sharing(conn, one.card_id)
        taken = models.Handing.objects.filter(
            asker=resident, card__in=line, handed_at__lt=one.handed_at
        ).aggregate(at=Max("handed_at"))
        numbers = models.Card.objects.filter(id__in=line).values_list("id", "number")
        for card, number in numbers.order_by("id"):
            yield Holding(card, number, taken["at"], one.handed_at)


def _is_asked_too_often(card: int, holder: int, at: datetime) -> bool:
    asked = models.Handing.objects
    return (
        asked.filter(card=card, asked_at__gt=at - HOUR).count() >= MOST_A_CARD
        or asked.filter(holder=holder, asked_at__gt=at - DAY).count() >= MOST_A_HOLDER
    )


def _refuse(
    conn: psycopg.Connection, row: store.CardRow, asker: int, usual: str, at: datetime
) -> Refusal | None:
    """Why a locked card cannot pass to somebody; None: its holder may let them have it."""
    if refusal := refuse_state(row):
        return refusal
    if row.owner is None:
        return Refusal.CARD_NOT_REGISTERED
    if row.owner == asker:
        return Refusal.CARD_OWNED
    if row.expires_on is not None and row.expires_on <= settlement_day(at):
        return Refusal.CARD_BLOCKED
    if external.is_external(conn, row.purse):
        return Refusal.CARD_EXTERNAL
    if _is_personal(conn, row, usual, at):
        return Refusal.CARD_PERSONAL
    held = any(one.held for one in purses.standing(conn, row))
    return Refusal.CARD_IS_BUSY if held else None


def _is_personal(conn: psycopg.Connection, row: store.CardRow, usual: str, at: datetime) -> bool:
    """Whether a card is bound to its holder: by its kind or category, by rights and passes that it
    has or had, by what else leads to it (a plate, a phone), or because others look after them."""
    kind = product_of(row)
    return (
        (kind is not None and kind.is_personal)
        or models.Card.objects.get(id=row.id).category != usual
        or store.rights_of(conn, row.id) != rights.NO_RIGHTS
        or models.Medium.objects.filter(card=row.id, state=MediumState.ACTIVE).exists()
        or any(one.ward == row.owner for one in guardianships_of(row.owner or 0, at))
    )


def _tell(found: models.Handing, row: store.CardRow, actor: str, at: datetime) -> None:
    """Both are told, and all three trails have it: the card's and the two people's."""
    detail = {"from": found.holder, "to": found.asker}
    subject = Subject("card", row.id)
    record(subject=subject, action="card.handed_over", actor=actor, at=at, detail=detail)
    for resident, action in ((found.holder, CARD_GIVEN), (found.asker, CARD_TAKEN)):
        person = Subject("person", resident)
        record(subject=person, action=action, actor=actor, at=at, detail={"card": row.id})
    tell_handed_over(holder=found.holder, to=found.asker, number=row.number, code=found.code, at=at)
