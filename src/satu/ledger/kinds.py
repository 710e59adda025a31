"""The ledger's vocabulary: assets, kinds of account, of posting and of hold, results. Pure.

Numbers are stored: one once used keeps its meaning.
"""

from __future__ import annotations

from enum import IntEnum

SCHEME = 0  # the book of the scheme itself; an issuer's book has the issuer's number


class Asset(IntEnum):
    """What an account counts, in its smallest unit (satu.kernel.money says which that is)."""

    IDR = 1
    USD = 2
    BEEF_GRAM = 3
    RIDE = 4
    CAD = 5
    ARS = 6
    EUR = 7


class AccountKind(IntEnum):
    """Kinds of account (DESIGN §4). Sides: an issuer's book, or the scheme's."""

    FLOAT = 1
    PURSE = 2
    PROGRAMME_PURSE = 3
    ALLOWANCE = 4
    PAYABLE = 5
    RECEIVABLE = 6
    UNFUNDED_CLAIM = 7
    INTERBANK = 8
    PROGRAMME_FUND = 9
    FEE = 10
    LOAN = 11
    UNCLAIMED = 12
    LOSS = 13
    SUSPENSE = 14
    AGENT = 15  # what a shop that takes cash has paid in beforehand

    @property
    def is_balanced(self) -> bool:
        """Whether the account keeps a balance row that is locked (a card's own, an agent's)."""
        return self in BALANCED

    @property
    def may_be_in(self) -> frozenset[str]:
        """The books it may be in: `issuer`, `scheme`."""
        if self in (AccountKind.RECEIVABLE, AccountKind.UNFUNDED_CLAIM):
            return frozenset({"scheme"})
        if self is AccountKind.LOSS:
            return frozenset({"issuer", "scheme"})
        return frozenset({"issuer"})


BALANCED = frozenset(
    {
        AccountKind.PURSE,
        AccountKind.PROGRAMME_PURSE,
        AccountKind.ALLOWANCE,
        AccountKind.RECEIVABLE,
        AccountKind.LOAN,
        AccountKind.AGENT,
    }
)


class PostingKind(IntEnum):
    """Why money moved."""

    TOP_UP = 1
    FARE = 2
    SHORTFALL = 3  # debit receivable, credit unfunded claim: a ride the purse could not pay
    CORRECTION = 4
    SHORTFALL_UNDONE = 5  # debit unfunded claim, credit receivable
    COLLECTION = 6  # purse → payable of a shortfall
    REFUND = 7
    ALLOWANCE = 8
    TRANSFER_OF_VALUE = 9
    REDEMPTION = 10
    SETTLEMENT = 11
    FEE = 12
    COMPENSATION = 13
    LOAN = 14
    WRITE_OFF = 15
    PASS = 16  # purse → payable: a period product was sold
    DORMANT = 17  # purse → unclaimed: nobody came for it; back again when somebody does
    SWITCH = 18  # a purse's money goes to the holder's new bank
    GUARANTEE = 19  # suspense → purse: what a bank stands for, whose own chip or token rides
    CASH_OUT = 20  # purse → float: the bank paid its holder
    PURCHASE = 21  # purse → payable: something was bought that is no ride
    PURSE_CLOSED = 22  # a purse's money goes to another one of the same card
    GOODWILL = 23  # loss or payable → purse: made good with money that the holder never had


class HoldKind(IntEnum):
    """What a hold waits for."""

    ENTRY = 1
    PARKING = 2
    ORDER = 3


class HoldState(IntEnum):
    OPEN = 0
    CAPTURED = 1
    RELEASED = 2
    EXPIRED = 3


class Result(IntEnum):
    """What became of an entry, in order of precedence: the lowest that applies is told."""

    POSTED = 0
    EXISTS = 1
    EXISTS_WITH_DIFFERENT_ACCOUNTS = 2
    EXISTS_WITH_DIFFERENT_AMOUNT = 3
    EXISTS_WITH_DIFFERENT_CONTENT = 4
    LINKED_ENTRY_FAILED = 5
    AMOUNT_NOT_POSITIVE = 6
    ACCOUNTS_ARE_THE_SAME = 7
    DEBIT_ACCOUNT_UNKNOWN = 8
    CREDIT_ACCOUNT_UNKNOWN = 9
    BOOKS_DIFFER = 10
    ASSETS_DIFFER = 11
    ACCOUNT_CLOSED = 12
    HOLD_UNKNOWN = 13
    HOLD_NOT_OPEN = 14
    HOLD_EXCEEDED = 15
    BALANCE_INSUFFICIENT = 16
    BALANCE_EXCESSIVE = 17

    @property
    def code(self) -> str:
        return self.name.lower()

    @property
    def is_in_books(self) -> bool:
        """Whether the entry stands in the books, now or from before."""
        return self in (Result.POSTED, Result.EXISTS)
