"""The demo's resident: once, with a card that has purses at two banks."""

from __future__ import annotations

from satu.city.demo_history import LOW, SECOND_PURSE, settle_resident
from satu.payments.queries import orders_of
from tests.database.cards_support import AT, BCA, MANDIRI, issue, one, open_banks
from tests.support import Database


def test_the_resident_is_settled_once_with_purses_at_two_banks(database: Database) -> None:
    conn = database.connect()
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
    (order,) = orders_of([1])
    assert (order.bank, order.threshold, order.is_active, order.done) == (MANDIRI, LOW, True, 0)
