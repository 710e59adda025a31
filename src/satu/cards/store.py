"""Cards' rows with psycopg alone: looked up by the tap's road, locked and changed by actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import psycopg

from satu.cards import rights
from satu.cards.kinds import CardState, Medium, OrderState
from satu.cards.rights import Rights
from satu.cards.rules import Limits
from satu.kernel import pgarray
from satu.ledger.kinds import AccountKind


class CardRow(NamedTuple):
    """A card as its locked row stands.

    `issuer` is the bank of `purse`. Of several `purses`, in their order, `purse` is the one in
    use and `home` the bank of the first; satu.cards.purses chooses another where one is meant.
    """

    id: int
    card_group: int
    number: str
    issuer: int
    state: CardState
    purse: int
    receivable: int
    version: int
    owner: int | None
    product: int
    expires_on: date | None
    home: int
    purses: list[int] | None


class Posted(NamedTuple):
    """A posting as it stands, with the balances after it (None: an append-only account's)."""

    debit: int
    credit: int
    amount: int
    debit_after: int | None
    credit_after: int | None


class Denial(NamedTuple):
    """A card's last change on the deny list, and the version that says so."""

    denied: bool
    reason: str
    version: int


class StoredTopUp(NamedTuple):
    """A top-up that was taken under an issuer's reference."""

    card: int
    amount: int
    collected: int
    balance: int


MEDIA = """
select m.kind, m.token_hash, m.card
  from unnest(%s::smallint[], %s::bytea[]) as u (kind, token_hash)
  join cards_medium m using (kind, token_hash)
 where m.state = 0
"""
# Of a card with several purses those that share them are locked too: which one is in use changes
# for all of them, and locks are taken in id order.
LOCK = """
select id, card_group, number, issuer, state, purse, receivable, version, owner,
       product, expires_on, issuer, purses
  from cards_card
 where id in (select unnest(case when c.purses is null then array[c.id]
                                 else cards_line_v1(c.id) end)
                from cards_card c where c.id = any(%s::bigint[]))
 order by id for update
"""

# Whether a card is closed and no card that is not took its place: its purse takes nothing more.
IS_OVER = f"""
with recursive line as (
    select id, state from cards_card where id = %s
    union all
    select c.id, c.state
      from line l
      join cards_replacement r on r.card = l.id
      join cards_card c on c.id = r.successor)
select not exists (select from line where state <> {CardState.CLOSED.value})
"""
UNDER_WAY = """
select 1
  from (select * from cards_order where first <= %s order by first desc limit 1) o
 where o.first + o.count > %s and o.state <> %s
"""
ADD_INCOMING = """
insert into cards_incoming as i (purse, month, amount, monthly_limit, balance, balance_limit)
select purse, %s, %s, %s, %s, %s from unnest(%s::bigint[]) as u (purse)
on conflict (purse, month) do update
   set amount = i.amount + excluded.amount, monthly_limit = excluded.monthly_limit,
       balance = excluded.balance, balance_limit = excluded.balance_limit
"""
DORMANT = """
select c.id
  from cards_card c
  join cards_product p on p.id = c.product
 where c.state = %(state)s and c.expires_on <= %(on)s
   and c.expires_on + make_interval(months => p.dormant_months) <= %(on)s
   and exists (select from ledger_account a
                where a.id = any(coalesce(c.purses, array[c.purse])) and a.balance > a.held)
 order by c.id limit %(limit)s
"""
ADD_MEDIA = """
insert into cards_medium (card, kind, token_hash, added_at)
select card, kind, token_hash, %s
  from unnest(%s::bigint[], %s::smallint[], %s::bytea[]) as u (card, kind, token_hash)
on conflict do nothing
returning card, kind, token_hash
"""


def media(
    conn: psycopg.Connection, tokens: Iterable[tuple[Medium, bytes]]
) -> dict[tuple[Medium, bytes], int]:
    """The cards that active media lead to, by kind and token hash; unknown ones are left out."""
    wanted = list(tokens)
    if not wanted:
        return {}
    kinds = pgarray.ints(kind.value for kind, _ in wanted)
    hashes = pgarray.blobs(hashed for _, hashed in wanted)
    rows = conn.execute(MEDIA, [kinds, hashes])
    return {(Medium(kind), bytes(hashed)): card for kind, hashed, card in rows}


def lock_cards(conn: psycopg.Connection, cards: Iterable[int]) -> dict[int, CardRow]:
    """Lock cards' rows in id order; unknown cards are left out. First lock of every action."""
    wanted = set(cards)
    locked = [CardRow(*row) for row in conn.execute(LOCK, [pgarray.ints(wanted)])]
    found = [row for row in locked if row.id in wanted]
    several = [row.purse for row in found if row.purses is not None]
    banks = _banks_of(conn, several) if several else {}
    return {
        row.id: row._replace(state=CardState(row.state), issuer=banks.get(row.purse, row.issuer))
        for row in found
    }


def _banks_of(conn: psycopg.Connection, purses: Sequence[int]) -> dict[int, int]:
    """Asked for after the lock: whoever held it may have put another purse in use."""
    rows = conn.execute(
        "select id, book from ledger_account where id = any(%s::bigint[])", [pgarray.ints(purses)]
    )
    return dict(rows.fetchall())


def lock_card(conn: psycopg.Connection, card: int) -> CardRow | None:
    """Lock one card's row; None: no such card."""
    return lock_cards(conn, [card]).get(card)


def lock_number(conn: psycopg.Connection, number: str) -> CardRow | None:
    """Lock the card with a printed number; None: no such card."""
    row = conn.execute("select id from cards_card where number = %s", [number]).fetchone()
    return lock_card(conn, row[0]) if row else None


def raise_versions(conn: psycopg.Connection, cards: Iterable[int]) -> None:
    """Tell the tap's road that what it loaded of these locked cards is stale."""
    conn.execute(
        "update cards_card set version = version + 1 where id = any(%s::bigint[])",
        [pgarray.ints(cards)],
    )


def set_state(
    conn: psycopg.Connection, card: int, *, state: CardState, reason: str, at: datetime
) -> int:
    """Change a locked card's state and write the deny list's next version, which is returned."""
    conn.execute(
        "update cards_card set state = %s, version = version + 1 where id = %s",
        [state.value, card],
    )
    denied = state is not CardState.ACTIVE
    row = conn.execute(
        "select cards_deny_v1(%s, %s, %s, %s)", [card, denied, reason, at]
    ).fetchone()
    assert row is not None
    return int(row[0])


def is_under_way(conn: psycopg.Connection, card: int) -> bool:
    """Whether a card was ordered from a maker and has not been delivered."""
    return conn.execute(UNDER_WAY, [card, card, OrderState.DELIVERED.value]).rowcount > 0


def set_owner(conn: psycopg.Connection, card: int, owner: int) -> None:
    """Give a locked card its owner, a resident."""
    conn.execute(
        "update cards_card set owner = %s, version = version + 1 where id = %s", [owner, card]
    )


def hand_over(conn: psycopg.Connection, cards: Iterable[int], owner: int, since: datetime) -> None:
    """Give locked cards another owner, to whom what was before `since` is not told."""
    conn.execute(
        "update cards_card set owner = %s, owned_since = %s, version = version + 1"
        " where id = any(%s::bigint[])",
        [owner, since, pgarray.ints(cards)],
    )


def operators_of(conn: psycopg.Connection, claims: Iterable[int]) -> dict[int, int]:
    """The operator that each unfunded claim belongs to."""
    rows = conn.execute(
        "select id, party from ledger_account where id = any(%s::bigint[]) and kind = %s",
        [pgarray.ints(claims), AccountKind.UNFUNDED_CLAIM.value],
    )
    return dict(rows.fetchall())


def asset_of(conn: psycopg.Connection, account: int) -> int:
    """What an account counts (satu.ledger.kinds.Asset)."""
    row = conn.execute("select asset from ledger_account where id = %s", [account]).fetchone()
    assert row is not None
    return int(row[0])


def rights_of(conn: psycopg.Connection, card: int) -> Rights:
    """What a card gives a right to; none if it is unknown."""
    row = conn.execute("select entitlements from cards_card where id = %s", [card]).fetchone()
    return rights.decode(row[0] if row else None)


def set_rights(conn: psycopg.Connection, card: int, held: Rights) -> None:
    """Write a locked card's rights."""
    conn.execute(
        "update cards_card set entitlements = %s, version = version + 1 where id = %s",
        [rights.encode(held), card],
    )


def next_serial(conn: psycopg.Connection) -> int:
    """The next card's serial, kept for this transaction."""
    row = conn.execute("select cards_serials_v1()").fetchone()
    assert row is not None
    return int(row[0])


def issue(
    conn: psycopg.Connection,
    *,
    first: int,
    numbers: Sequence[str],
    issuer: int,
    asset: int,
    category: str,
    product: int,
    expires_on: date | None,
    at: datetime,
) -> list[tuple[int, int]]:
    """Make cards with serials from `first` on: each one's serial and purse, in order."""
    rows = conn.execute(
        "select * from cards_issue_v1"
        "(%s, %s::text[], %s, %s::smallint, %s, %s, %s::smallint, %s::date)",
        [first, pgarray.optional(numbers), issuer, asset, category, at, product, expires_on],
    ).fetchall()
    assert [card for card, _ in rows] == list(range(first, first + len(numbers)))
    return rows


def replace(
    conn: psycopg.Connection,
    card: int,
    *,
    successor: int,
    number: str,
    expires_on: date | None,
    at: datetime,
) -> None:
    """Make a card with the next serial that has a locked card's purse, owner and rights."""
    conn.execute(
        "select cards_replace_v1(%s, %s, %s, %s, %s)", [card, successor, number, at, expires_on]
    )


def move_media(conn: psycopg.Connection, card: int, successor: int, kinds: Iterable[Medium]) -> int:
    """Let media of some kinds lead to a card's successor; how many did."""
    return conn.execute(
        "update cards_medium set card = %s"
        " where card = %s and state = 0 and kind = any(%s::smallint[])",
        [successor, card, pgarray.ints(kind.value for kind in kinds)],
    ).rowcount


def set_expiry(conn: psycopg.Connection, card: int, expires_on: date | None) -> None:
    """Let a locked card open doors until a day."""
    conn.execute(
        "update cards_card set expires_on = %s, version = version + 1 where id = %s",
        [expires_on, card],
    )


def expired(conn: psycopg.Connection, on: date, limit: int) -> list[int]:
    """Active cards whose last day was before `on`, by serial."""
    rows = conn.execute(
        "select id from cards_card where expires_on <= %s and state = %s order by id limit %s",
        [on, CardState.ACTIVE.value, limit],
    )
    return [card for (card,) in rows]


def dormant(conn: psycopg.Connection, on: date, limit: int) -> list[int]:
    """Cards with money that expired so long before `on` that nobody is thought to come."""
    values = {"on": on, "state": CardState.BLOCKED.value, "limit": limit}
    return [card for (card,) in conn.execute(DORMANT, values)]


def last_denial(conn: psycopg.Connection, card: int) -> Denial:
    """A card's last change on the deny list; version 0: it was never there."""
    row = conn.execute(
        "select denied, reason, version from cards_denial"
        " where card = %s order by version desc limit 1",
        [card],
    ).fetchone()
    return Denial(*row) if row else Denial(False, "", 0)


def deny_new(conn: psycopg.Connection, cards: range, reason: str, at: datetime) -> None:
    """Put cards that this transaction made on the deny list: the last thing that it does."""
    conn.execute("select cards_deny_new_v1(%s, %s, %s, %s)", [cards[0], cards[-1], reason, at])


def incoming(conn: psycopg.Connection, purses: Sequence[int], month: date) -> int:
    """What came into a card's purses together in a month so far."""
    row = conn.execute(
        "select coalesce(sum(amount), 0) from cards_incoming"
        " where purse = any(%s::bigint[]) and month = %s",
        [pgarray.ints(purses), month],
    ).fetchone()
    return int(row[0]) if row else 0


def add_incoming(
    conn: psycopg.Connection,
    purses: Sequence[int],
    month: date,
    *,
    amount: int,
    balance: int,
    limits: Limits,
) -> None:
    """Count money that came into each of some purses in a month and left them with `balance`."""
    values = [month, amount, limits.monthly, balance, limits.balance, pgarray.ints(purses)]
    conn.execute(ADD_INCOMING, values)


def is_over(conn: psycopg.Connection, card: int) -> bool:
    """Whether a known card is closed for good: no other took its place, or that is closed too."""
    row = conn.execute(IS_OVER, [card]).fetchone()
    return row is not None and bool(row[0])


def posting_of(conn: psycopg.Connection, key: UUID) -> Posted | None:
    """The posting under a key; None: there is none."""
    row = conn.execute(
        "select debit, credit, amount, debit_balance_after, credit_balance_after"
        " from ledger_posting where key = %s",
        [key],
    ).fetchone()
    return Posted(*row) if row else None


def add_media(
    conn: psycopg.Connection, rows: Sequence[tuple[int, Medium, bytes]], at: datetime
) -> set[tuple[int, Medium, bytes]]:
    """Give locked cards media (card, kind, token hash): those whose tokens nobody had.

    Of two cards that ask for one token, the first in `rows` has it.
    """
    ordered = sorted(dict.fromkeys(rows), key=lambda row: row[1:])
    added = conn.execute(
        ADD_MEDIA,
        [
            at,
            pgarray.ints(card for card, _, _ in ordered),
            pgarray.ints(kind.value for _, kind, _ in ordered),
            pgarray.blobs(hashed for _, _, hashed in ordered),
        ],
    )
    return {(card, Medium(kind), bytes(hashed)) for card, kind, hashed in added}


def lock_reference(conn: psycopg.Connection, reference: str) -> None:
    """Let a reference be used by one transaction at a time. Taken before any card's lock."""
    conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 1))", [reference])


def top_up_taken(conn: psycopg.Connection, issuer: int, reference: str) -> StoredTopUp | None:
    """What was taken under an issuer's reference; None: nothing yet."""
    row = conn.execute(
        "select card, amount, collected, balance from cards_top_up"
        " where issuer = %s and reference = %s",
        [issuer, reference],
    ).fetchone()
    return StoredTopUp(*row) if row else None


def keep_top_up(
    conn: psycopg.Connection,
    *,
    issuer: int,
    reference: str,
    taken: StoredTopUp,
    posting: UUID,
    at: datetime,
) -> None:
    """Keep what was taken, for repeats and for the issuer's reconciliation."""
    conn.execute(
        "insert into cards_top_up"
        " (issuer, reference, card, amount, collected, balance, posting, at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [issuer, reference, *taken, posting, at],
    )
