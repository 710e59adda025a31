"""The demo's residents: the richest card with purses at two banks, a family, nearly empty cards."""

from __future__ import annotations

from satu.city.demo_history import LOW, SECOND_PURSE, settle_resident
from satu.messages.kinds import Kind, State
from satu.messages.queries import outbox
from satu.payments.queries import orders_of
from tests.database.cards_support import AT, BCA, MANDIRI, issue, one, open_banks
from tests.database.people_support import prepare
from tests.support import Database


def test_the_resident_is_settled_once_with_purses_at_two_banks(database: Database) -> None:
    conn = database.connect()
    prepare()
    open_banks()
    assert settle_resident(conn, at=AT) is None, "nobody has a card yet"
    issue(count=2, balance=70_000)
    assert settle_resident(conn, at=AT) == 1
    assert settle_resident(conn, at=AT) is None
    purses = (
        "select array_agg(a.book order by u.place), array_agg(a.balance order by u.place)"
        "  from cards_card c cross join unnest(c.purses) with ordinality as u (id, place)"
        "  join ledger_account a on a.id = u.id"
    )
    assert one(conn, purses) == ([MANDIRI, BCA], [70_000, SECOND_PURSE])
    (told,) = outbox()
    assert (told.kind, told.state, told.ended_at) == (Kind.TOP_UP_LANDED, State.SENT, AT)
    (order,) = orders_of([1])
    assert (order.bank, order.threshold, order.is_active, order.done) == (MANDIRI, LOW, True, 0)
