"""A resident's cards and their purses, as pages, histories and exports show them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from satu.cards import models, moving
from satu.cards.kinds import CardState, Medium, MediumState, Why
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import Asset
from satu.people.kinds import Scope
from satu.people.queries import may_act_for

HELD = """
select c.id, c.number, i.name, coalesce(p.code, ''), c.category, c.state,
       coalesce((select d.reason from cards_denial d where d.card = c.id
                  order by d.version desc limit 1), ''),
       c.issued_at, c.expires_on, r.successor, case when l.paid_at is null then l.due_on end
  from cards_card c
  join cards_issuer i on i.number_prefix = left(c.number, 6)
  left join cards_product p on p.id = c.product
  left join cards_replacement r on r.card = c.id
  left join cards_closing l on l.card = c.id
 where {chosen} order by c.id
"""
OF_OWNER, OF_SERIAL = HELD.format(chosen="c.owner = %s"), HELD.format(chosen="c.id = %s")
PURSES = """
select a.id, i.name, a.asset, a.balance, a.balance - a.held
  from unnest(%s::bigint[]) with ordinality as u (id, place)
  join ledger_account a on a.id = u.id
  join cards_issuer i on i.id = a.book
 order by u.place
"""
# Closed cards whose money waits to be paid back are not done with either.
UNFINISHED = """
select count(*) from cards_card c
 where c.owner = %s
   and (c.state <> %s or exists (select from cards_closing l
                                  where l.card = c.id and l.paid_at is null))
"""


class CardHeld(NamedTuple):
    """A resident's card. `is_usable`: it opens doors now; `why` is why not, as the deny list says.

    `bank` is the bank whose number is printed on it, wherever its purses are, `product` a code
    ("": none); `due_on` the last day on which a closed card's money is paid back, None once it was,
    or if it is not closed.
    """

    serial: int
    number: str
    bank: str
    product: str
    category: str
    state: CardState
    is_usable: bool
    why: str
    issued_at: datetime
    expires_on: date | None
    successor: int | None
    due_on: date | None


class Purse(NamedTuple):
    """An account that a card pays from, at a bank; amounts in the asset's smallest unit.

    `is_in_use`: the next ride is paid from it; the others in their order, those that the card had
    at banks before last. `available` is the balance less what is held.
    """

    account: int
    bank: str
    asset: str
    balance: int
    available: int
    is_in_use: bool
    is_former: bool


def cards_of(resident: int, on: date) -> list[CardHeld]:
    """A resident's cards as they stand on a day, by serial; those that are over too."""
    return [_held(row, on) for row in raw_connection().execute(OF_OWNER, [resident])]


def held(serial: int, on: date) -> CardHeld | None:
    """A card as it stands on a day, whoever has it; None: no such card."""
    row = raw_connection().execute(OF_SERIAL, [serial]).fetchone()
    return _held(row, on) if row else None


def _held(row: tuple[Any, ...], on: date) -> CardHeld:
    serial, number, bank, product, category, state, denied_for, issued_at, expires_on, *rest = row
    is_active = state == CardState.ACTIVE
    is_usable = is_active and not (expires_on is not None and expires_on <= on)
    successor, due_on = rest
    return CardHeld(
        serial=serial,
        number=number,
        bank=bank,
        product=product,
        category=category,
        state=CardState(state),
        is_usable=is_usable,
        why="" if is_usable else Why.EXPIRED if is_active else denied_for,
        issued_at=issued_at,
        expires_on=expires_on,
        successor=successor,
        due_on=due_on,
    )


def holder_for(*, viewer: int, card: int, scope: Scope, at: datetime) -> int | None:
    """The holder of a card, if a resident is that or may act for them in a scope; None: neither.

    The actions on cards take the answer as `owner`, and the viewer as `actor`.
    """
    holder = models.Card.objects.filter(id=card).values_list("owner", flat=True).first()
    if holder is None or holder == viewer:
        return holder
    return holder if may_act_for(guardian=viewer, ward=holder, scope=scope, at=at) else None


def purses_of(card: int) -> list[Purse]:
    """The purses of a card: in their order of use, then those it had before; none: no such card."""
    conn = raw_connection()
    row = conn.execute("select purse, purses from cards_card where id = %s", [card]).fetchone()
    if row is None:
        return []
    in_use, order = row[0], row[1] or [row[0]]
    accounts = list(dict.fromkeys([*order, *moving.line(conn, in_use)]))
    return [
        Purse(
            account=account,
            bank=bank,
            asset=Asset(asset).name,
            balance=balance,
            available=available,
            is_in_use=account == in_use,
            is_former=account not in order,
        )
        for account, bank, asset, balance, available in conn.execute(PURSES, [accounts])
    ]


def media_of(card: int) -> list[Medium]:
    """What can be held to a reader for a card, beside its own chip: tokens are not kept."""
    found = models.Medium.objects.filter(card=card, state=MediumState.ACTIVE).order_by("kind", "id")
    return [Medium(kind) for kind in found.values_list("kind", flat=True)]


def open_cards(resident: int) -> list[int]:
    """The cards of a resident that are not closed, by serial."""
    found = models.Card.objects.filter(owner=resident).exclude(state=CardState.CLOSED)
    return list(found.order_by("id").values_list("id", flat=True))


def unfinished(resident: int) -> int:
    """How many of a resident's cards are open, or closed with money that is not paid back yet."""
    row = raw_connection().execute(UNFINISHED, [resident, CardState.CLOSED.value]).fetchone()
    assert row is not None
    return int(row[0])
