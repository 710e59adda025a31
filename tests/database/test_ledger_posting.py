"""The ledger's one door: results in order of precedence, links, limits, holds, running sums."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from satu.ledger import queries, store
from satu.ledger.entry import Entry
from satu.ledger.kinds import AccountKind, Asset, PostingKind, Result

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = date(2026, 11, 23)
BANK, OTHER_BANK, BUS = 1, 2, 7


class Books:
    """A bank's float, a bus company's payable, and two cards' accounts."""

    def __init__(self, conn: psycopg.Connection) -> None:
        self.conn = conn
        self.float = self.open(AccountKind.FLOAT, BANK)
        self.other_float = self.open(AccountKind.FLOAT, OTHER_BANK)
        self.payable = self.open(AccountKind.PAYABLE, BANK, party=BUS)
        self.claim = self.open(AccountKind.UNFUNDED_CLAIM, 0, party=BUS)
        cards = conn.execute(
            "select * from ledger_open_card_accounts_v1(1, 2, %s, %s::smallint)",
            [BANK, Asset.IDR.value],
        ).fetchall()
        (_, self.purse, self.receivable), (_, self.purse_2, _) = sorted(cards)

    def open(self, kind: AccountKind, book: int, party: int = 0) -> int:
        row = self.conn.execute(
            "select id from ledger_open_accounts_v1(%s, %s, %s, %s, %s)",
            [[kind.value], [book], [Asset.IDR.value], [party], [0]],
        ).fetchone()
        assert row is not None
        return row[0]

    def entry(
        self, debit: int, credit: int, amount: int, key: UUID | None = None, **more: object
    ) -> Entry:
        kind = more.pop("kind", PostingKind.FARE)
        return Entry(key or uuid4(), debit, credit, amount, kind, 1_795_000_000_000, DAY, **more)

    def post(self, *entries: Entry) -> list[Result]:
        return store.post(self.conn, entries, posted_at=NOW, settlement_day=DAY)

    def balance(self, account: int) -> tuple[int, int]:
        return tuple(store.balances(self.conn, [account])[account])

    def sum(self, account: int) -> int:
        row = self.conn.execute(
            "select coalesce(sum(credits - debits), 0)::bigint from ledger_daily_sum"
            " where account = %s",
            [account],
        ).fetchone()
        assert row is not None
        return row[0]

    def postings(self) -> int:
        row = self.conn.execute("select count(*) from ledger_posting").fetchone()
        assert row is not None
        return row[0]


@pytest.fixture
def books(database) -> Books:
    return Books(database.connect())


def test_a_posting_moves_money_and_keeps_both_balances_after(books):
    top_up = books.entry(books.float, books.purse, 10_000)
    ride = books.entry(books.purse, books.payable, 3_500)
    assert books.post(top_up, ride) == [Result.POSTED] * 2
    assert books.balance(books.purse) == (6_500, 0)
    assert (books.sum(books.float), books.sum(books.payable)) == (-10_000, 3_500)
    rows = books.conn.execute(
        "select key, debit_balance_after, credit_balance_after, settlement_day from ledger_posting"
        " order by serial"
    ).fetchall()
    assert rows == [(top_up.key, None, 10_000, DAY), (ride.key, 6_500, None, DAY)]


def test_the_same_key_is_the_same_posting_once(books):
    top_up = books.entry(books.float, books.purse, 10_000)
    assert books.post(top_up, top_up) == [Result.POSTED, Result.EXISTS]
    assert books.post(top_up) == [Result.EXISTS]
    assert books.post(top_up._replace(amount=1)) == [Result.EXISTS_WITH_DIFFERENT_AMOUNT]
    other = top_up._replace(credit=books.purse_2, amount=1)
    assert books.post(other) == [Result.EXISTS_WITH_DIFFERENT_ACCOUNTS]
    later = top_up._replace(service_day=date(2026, 11, 24))
    assert books.post(later) == [Result.EXISTS_WITH_DIFFERENT_CONTENT]
    assert books.balance(books.purse) == (10_000, 0) and books.postings() == 1


def test_refusals_in_order_of_precedence_move_nothing(books):
    wrong = [
        (books.entry(books.float, books.float, 0), Result.AMOUNT_NOT_POSITIVE),
        (books.entry(books.float, books.purse, -5), Result.AMOUNT_NOT_POSITIVE),
        (books.entry(books.float, books.float, 5), Result.ACCOUNTS_ARE_THE_SAME),
        (books.entry(999_999, 888_888, 5), Result.DEBIT_ACCOUNT_UNKNOWN),
        (books.entry(books.float, 888_888, 5), Result.CREDIT_ACCOUNT_UNKNOWN),
        (books.entry(books.other_float, books.purse, 5), Result.BOOKS_DIFFER),
        (books.entry(books.purse, books.payable, 5), Result.BALANCE_INSUFFICIENT),
        (books.entry(books.claim, books.receivable, 5), Result.BALANCE_EXCESSIVE),
    ]
    assert books.post(*(entry for entry, _ in wrong)) == [result for _, result in wrong]
    assert books.postings() == 0 and books.balance(books.purse) == (0, 0)


def test_in_a_set_the_first_that_breaks_the_floor_fails_and_smaller_ones_still_pass(books):
    books.post(books.entry(books.float, books.purse, 10_000))
    amounts = [6_000, 5_000, 3_000, 2_000, 1_000]
    results = books.post(*(books.entry(books.purse, books.payable, each) for each in amounts))
    refused = Result.BALANCE_INSUFFICIENT
    assert results == [Result.POSTED, refused, Result.POSTED, refused, Result.POSTED]
    assert books.balance(books.purse) == (0, 0) and books.sum(books.payable) == 10_000


def test_linked_entries_stand_or_fall_together(books):
    books.post(books.entry(books.float, books.purse, 1_000))
    results = books.post(
        books.entry(books.purse, books.payable, 400, link=1),
        books.entry(books.purse, books.payable, 700, link=1),
        books.entry(books.purse, books.payable, 900, link=2),
    )
    assert results == [
        Result.LINKED_ENTRY_FAILED,
        Result.BALANCE_INSUFFICIENT,
        Result.POSTED,
    ]
    assert books.balance(books.purse) == (100, 0) and books.postings() == 2


def test_money_between_purses_goes_one_entry_after_the_other(books):
    books.post(books.entry(books.float, books.purse, 1_000))
    results = books.post(
        books.entry(books.purse, books.purse_2, 1_500),
        books.entry(books.purse_2, books.payable, 800),
        books.entry(books.purse, books.purse_2, 900),
        books.entry(books.purse_2, books.payable, 800),
    )
    refused = Result.BALANCE_INSUFFICIENT
    assert results == [refused, refused, Result.POSTED, Result.POSTED]
    assert (books.balance(books.purse), books.balance(books.purse_2)) == ((100, 0), (100, 0))


def hold(books: Books, amount: int) -> Entry:
    key = uuid4()
    return books.entry(books.purse, books.purse, 0, key, hold=key, hold_change=amount)


def test_a_hold_reserves_and_is_captured_in_part_then_released(books):
    books.post(books.entry(books.float, books.purse, 10_000))
    kept = hold(books, 8_000)
    assert books.post(kept, kept) == [Result.POSTED, Result.EXISTS]
    assert books.balance(books.purse) == (10_000, 8_000)
    too_much = books.entry(books.purse, books.payable, 3_000)
    assert books.post(too_much) == [Result.BALANCE_INSUFFICIENT]
    part = books.entry(books.purse, books.payable, 5_000, hold=kept.key, hold_change=-5_000)
    assert books.post(part) == [Result.POSTED]
    assert books.balance(books.purse) == (5_000, 3_000)
    over = books.entry(books.purse, books.payable, 1, hold=kept.key, hold_change=-3_001)
    assert books.post(over) == [Result.HOLD_EXCEEDED]
    rest = books.entry(books.purse, books.purse, 0, hold=kept.key, hold_change=-3_000)
    assert books.post(rest) == [Result.POSTED]
    assert books.balance(books.purse) == (5_000, 0)
    again = books.entry(books.purse, books.payable, 1, hold=kept.key, hold_change=-1)
    unknown = books.entry(books.purse, books.payable, 1, hold=uuid4(), hold_change=-1)
    assert books.post(again, unknown) == [Result.HOLD_NOT_OPEN, Result.HOLD_UNKNOWN]


def test_a_hold_may_open_and_end_in_one_set(books):
    books.post(books.entry(books.float, books.purse, 5_000))
    kept = hold(books, 5_000)
    fare = books.entry(books.purse, books.payable, 4_000, hold=kept.key, hold_change=-5_000)
    assert books.post(kept, fare) == [Result.POSTED] * 2
    assert books.balance(books.purse) == (1_000, 0)
    state = books.conn.execute("select state, remaining from ledger_hold").fetchall()
    assert state == [(1, 0)]


def test_holds_run_out(books):
    books.post(books.entry(books.float, books.purse, 5_000))
    soon = hold(books, 2_000)._replace(hold_expires_ms=int(NOW.timestamp() * 1000))
    never = hold(books, 1_000)
    assert books.post(soon, never) == [Result.POSTED] * 2
    expired = books.conn.execute("select ledger_expire_holds_v1(%s)", [NOW]).fetchone()
    assert expired == (1,) and books.balance(books.purse) == (5_000, 1_000)
    assert books.conn.execute("select ledger_expire_holds_v1(%s)", [NOW]).fetchone() == (0,)


def test_running_sums_are_the_same_before_and_after_rolling_up(books):
    books.post(*(books.entry(books.float, books.purse, 10) for _ in range(5)))
    before = books.conn.execute("select * from ledger_daily_sum order by 1").fetchall()
    assert before == [(books.float, DAY, 50, 0, 5)]
    assert books.conn.execute("select ledger_roll_up_v1()").fetchone() == (1,)
    assert books.conn.execute("select count(*) from ledger_delta").fetchone() == (0,)
    books.post(books.entry(books.float, books.purse, 10))
    books.conn.execute("select ledger_roll_up_v1()")
    after = books.conn.execute("select * from ledger_daily_sum").fetchall()
    assert after == [(books.float, DAY, 60, 0, 6)]
    year = queries.daily_sums(books.conn, books.float, date(2026, 1, 1), date(2027, 1, 1))
    assert year == [queries.DailySum(DAY, 60, 0, 6)]
    assert queries.daily_sums(books.conn, books.float, date(2026, 1, 1), DAY) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_posting set amount = 1",
        "delete from ledger_posting",
        "update ledger_account set balance = 1",
        "insert into ledger_delta values (1, '2026-11-23', 1, 1, 1)",
        "select ledger_apply_v1('{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}',"
        "'{}','{}','{}',now(),'2026-11-23')",
    ],
)
def test_programs_cannot_write_the_books_past_the_door(books, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        books.conn.execute(statement)
