"""A code goes to a card's holder, and who tells it gets the card. Called by the portal.

Whoever asks is answered alike, at once: what is to be found out of the card (is it there, whose is
it, may it pass, can its holder be reached) is found out beside the request, and never told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from satu.approvals import queries as approvals
from satu.approvals.kinds import State as ProposalState
from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.audit.queries import count_since
from satu.cards import handing, moving, rules, store
from satu.cards import queries as cards
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.handing import Wanted
from satu.cards.linking import MOST_WRONG, WRONG
from satu.cards.telling import tail
from satu.cases import queries as cases
from satu.cases.rules import OPEN
from satu.ledger.actions import raw_connection
from satu.messages.addresses import Address, open_address
from satu.messages.queries import wishes_of
from satu.messages.words import hand_over_code
from satu.partners.actions import unlink_card
from satu.payments.orders import end_orders
from satu.taps.history import last_tap
from satu.taps.repair_queries import repairs
from satu.taps.repair_rules import RepairState
from satu.web.doors import codes, sending
from satu.web.doors.codes import Made, Refusal
from satu.web.doors.contacts import Contact, Way, of_card

ACTOR = "job:handing"
MOST_TRIES = rules.MAX_LINK_ATTEMPTS  # wrong codes for a number in an hour, whoever types them
A_MOMENT = timedelta(milliseconds=1)
WAYS = {channel: way for way, channel in sending.CHANNELS.items()}


def ask_holder(
    *, number: str, asker: int, usual: str, machine: str, actor: str, at: datetime
) -> int | Refusal:
    """Have a code sent to the holder of a card, if it can pass to who asks; the code's number.

    `number` is what was typed, `usual` as in satu.cards.handing, `machine` the address that asks.
    Refusal: too_many (asked for by this resident or machine, or for this number).
    """
    printed = rules.read_number(number)
    wanted = printed.number if printed else number.strip()
    if handing.note_wanted(asker=asker, actor=actor, at=at):
        return Refusal.TOO_MANY
    made = codes.make_code(contact=of_card(asker, wanted), to=None, machine=machine, at=at)
    if isinstance(made, Refusal):
        return made
    sending.do_later(lambda: _send(made, wanted, asker, usual, at))
    return made.number


def take_over(
    *, code: int, typed: str, asker: int, usual: str, actor: str, at: datetime
) -> int | Refusal:
    """Give a card to who asked for it, by the code that its holder told them: its serial.

    The standing orders for it and from it end, and banks' tokens of its former holder. A repeat is
    answered as the first. Refusals: too_many (wrong ones of a resident or for a number), code_wrong
    (also: nobody was sent it, it is too old, or the card cannot pass any more).
    """
    with transaction.atomic():
        store.lock_reference(raw_connection(), f"link/{asker}")
        if (done := handing.handed_by(code=code, asker=asker)) is not None:
            return done
        contact = codes.contact_of(code, at)
        if contact is None or not _is_askers(contact, asker):
            return Refusal.CODE_WRONG
        tried = [
            (Subject("person", asker), MOST_WRONG),
            (Subject("card_number", _name(contact)), MOST_TRIES),
        ]
        since = at - rules.LINK_ATTEMPTS_WINDOW
        if any(count_since(subject=one, action=WRONG, since=since) >= most for one, most in tried):
            return Refusal.TOO_MANY
        if codes.use_code(number=code, typed=typed, at=at) is Refusal.CODE_WRONG:
            for subject, _ in tried:
                record(subject=subject, action=WRONG, actor=actor, at=at)
            return Refusal.CODE_WRONG
        return _take_over(code, _number(contact), asker, usual, actor, at)


def _take_over(
    code: int, number: str, asker: int, usual: str, actor: str, at: datetime
) -> int | Refusal:
    line = _line(number)
    # What was ridden is told by readers' clocks: nothing of it is the new holder's to see.
    last = last_tap(line)
    since = at if last is None else max(at, last + A_MOMENT)
    done = handing.hand_over(
        code=code,
        asker=asker,
        usual=usual,
        is_busy=_is_busy(line),
        since=since,
        actor=actor,
        at=at,
    )
    if isinstance(done, CardRefusal):
        return Refusal.CODE_WRONG
    end_orders(cards=done.line, actor=actor, at=at)
    for card in done.line:
        unlink_card(card=card, actor=actor, at=at)
    return done.card


def _send(made: Made, number: str, asker: int, usual: str, at: datetime) -> None:
    """Find out whether a code can go to a card's holder, and send it."""
    wanted = handing.ask_holder(
        code=made.number,
        number=number,
        asker=asker,
        usual=usual,
        is_busy=_is_busy(_line(number)),
        actor=ACTOR,
        at=at,
    )
    if not isinstance(wanted, Wanted):
        return
    wishes = wishes_of(wanted.holder)
    found = open_address(
        resident=wanted.holder,
        wished=wishes.channel,
        open_ways=sending.open_ways(),
        sort="H",
        number=made.number,
        actor=ACTOR,
        at=at,
    )
    if not isinstance(found, Address):
        return
    to = Contact(WAYS[found.way], found.value)
    handing.note_sent(code=made.number, at=at)
    codes.note_sent(made.number, to)
    text = hand_over_code(made.code, tail(wanted.number), language=wishes.language)
    sending.send(to, text, reference=f"code-{made.number}")


def _line(number: str) -> list[int]:
    """The card with a printed number, after those whose place it took; none: no such card."""
    found = cards.find(number) if rules.read_number(number) else None
    return moving.sharing(raw_connection(), found.id) if found else []


def _is_busy(line: list[int]) -> bool:
    """Whether something about a card, or one whose place it took, waits to be decided."""
    return any(
        any(one.state in OPEN for one in cases.of_card(card))
        or bool(repairs(card=card, state=RepairState.ASKED))
        or any(
            one.state == ProposalState.WAITING
            for one in approvals.of_subject(Subject("card", card))
        )
        for card in line
    )


def _is_askers(contact: Contact, asker: int) -> bool:
    return contact.way is Way.CARD and contact.value.startswith(f"{asker}|")


def _number(contact: Contact) -> str:
    return contact.value.partition("|")[2]


def _name(contact: Contact) -> str:
    """What the trail calls the number that was asked for."""
    return rules.number_name(settings.PRINTED_KEY, _number(contact))
