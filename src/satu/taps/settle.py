"""From "what a day costs now" to postings: the difference to what is posted already. Pure.

Ups and downs between operators are evened out between their payables first; then the purse pays
or is paid back. What the purse lacks stands as a receivable, and whatever flows back undoes
receivables before it reaches the purse.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from msgspec.structs import replace

from satu.kernel.ids import tap_posting_key
from satu.ledger.entry import Entry, Shortfall
from satu.ledger.kinds import PostingKind
from satu.ledger.rules import collection
from satu.services.base import Use
from satu.taps.day import HoldKept
from satu.taps.directory import Directory


class Purse(msgspec.Struct, frozen=True):
    """The card's money while a batch is planned: `available` is balance less holds."""

    issuer: int
    account: int
    receivable: int
    card_group: int
    balance: int
    available: int
    shortfalls: tuple[Shortfall, ...] = ()


class Cause(msgspec.Struct, frozen=True):
    """What makes money move: the tap, the revision of its day, and the day itself."""

    tap: int
    revision: int
    occurred_ms: int
    day: date


class Settled(msgspec.Struct, frozen=True):
    """Entries to post, the purse after them, the last posting of each operator touched."""

    entries: list[Entry]
    purse: Purse
    last: dict[int, bytes]


def share_changes(
    before: Sequence[Use], after: Sequence[Use]
) -> tuple[dict[int, int], dict[int, int]]:
    """What each operator is owed more (or less) after than before, and for which use.

    Uses that did not change are skipped by identity first, which is the common case.
    """
    change: dict[int, int] = {}
    use_of: dict[int, int] = {}
    old = {use.id: use for use in before}
    for use in after:
        was = old.pop(use.id, None)
        if was is use or (was is not None and was.shares == use.shares):
            continue
        for operator, amount in use.shares:
            change[operator] = change.get(operator, 0) + amount
            use_of[operator] = use.id
        for operator, amount in was.shares if was else ():
            change[operator] = change.get(operator, 0) - amount
            use_of.setdefault(operator, use.id)
    for gone in old.values():
        for operator, amount in gone.shares:
            change[operator] = change.get(operator, 0) - amount
            use_of.setdefault(operator, gone.id)
    return {operator: amount for operator, amount in change.items() if amount}, use_of


def settle(
    change: dict[int, int],
    use_of: dict[int, int],
    *,
    cause: Cause,
    purse: Purse,
    books: Directory,
    last: dict[int, bytes],
    ended: dict[int, HoldKept],
    first_line: int = 0,
) -> Settled:
    """Entries that bring each operator's money from what is posted to what is due.

    `ended` are holds, by use, that no longer stand: the fare of their use captures them, what
    has no fare to pay is released.
    """
    work = _Work(cause, purse, books, use_of, last, first_line)
    ups = {operator: amount for operator, amount in change.items() if amount > 0}
    downs = {operator: -amount for operator, amount in change.items() if amount < 0}
    if downs:
        work.undo_shortfalls(downs)
        work.even_out(ups, downs)
        work.pay_back(downs)
    if ended:
        captured = {use_of[operator] for operator, amount in ups.items() if amount}
        work.free(ended, captured)
    work.charge(ups)
    work.collect()
    after = replace(
        purse,
        balance=work.balance,
        available=work.available,
        shortfalls=tuple(work.shortfalls),
    )
    return Settled(work.entries, after, work.named)


class _Work:
    """The entries of one cause while they are planned; each gets the next line of its key."""

    def __init__(
        self,
        cause: Cause,
        purse: Purse,
        books: Directory,
        use_of: dict[int, int],
        last: dict[int, bytes],
        line: int,
    ) -> None:
        self.cause = cause
        self.purse = purse
        self.books = books
        self.use_of = use_of
        self.last = last
        self.line = line
        self.balance = purse.balance
        self.available = purse.available
        self.shortfalls = list(purse.shortfalls)
        self.captures: dict[int, HoldKept] = {}
        self.named: dict[int, bytes] = {}
        self.entries: list[Entry] = []

    def move(
        self,
        debit: int,
        credit: int,
        amount: int,
        kind: PostingKind,
        use: int | None,
        corrects: UUID | None = None,
        hold: HoldKept | None = None,
    ) -> UUID:
        cause = self.cause
        key = tap_posting_key(cause.tap, cause.revision, self.line)
        self.line += 1
        if debit == self.purse.account:
            self.balance -= amount
        if credit == self.purse.account:
            self.balance += amount
        self.entries.append(
            Entry(
                key,
                debit,
                credit,
                amount,
                kind,
                cause.occurred_ms,
                cause.day,
                self.purse.card_group,
                cause.tap,
                use,
                corrects,
                UUID(bytes=hold.key) if hold else None,
                -hold.amount if hold else 0,
            )
        )
        return key

    def payable(self, operator: int) -> int:
        return self.books.payable(self.purse.issuer, operator)

    def corrected(self, operator: int) -> UUID | None:
        key = self.last.get(operator)
        return UUID(bytes=key) if key else None

    def undo_shortfalls(self, downs: dict[int, int]) -> None:
        """Take what is no longer due off what is still owed to the same operator, newest first."""
        for operator in downs:
            claim = self.books.claim(operator)
            for index in reversed(range(len(self.shortfalls))):
                owed = self.shortfalls[index]
                amount = min(owed.left, downs[operator])
                if owed.claim == claim and amount:
                    kind = PostingKind.SHORTFALL_UNDONE
                    self.move(claim, owed.receivable, amount, kind, owed.use, owed.key)
                    self.shortfalls[index] = owed._replace(left=owed.left - amount)
                    downs[operator] -= amount
        self.shortfalls = [owed for owed in self.shortfalls if owed.left]

    def even_out(self, ups: dict[int, int], downs: dict[int, int]) -> None:
        """What one operator gives back and another is due moves between their payables."""
        for down in downs:
            for up in ups:
                amount = min(ups[up], downs[down])
                if amount:
                    key = self.move(
                        self.payable(down),
                        self.payable(up),
                        amount,
                        PostingKind.CORRECTION,
                        self.use_of[up],
                        self.corrected(down),
                    )
                    self.named[up] = key.bytes
                    ups[up] -= amount
                    downs[down] -= amount

    def pay_back(self, downs: dict[int, int]) -> None:
        for operator, amount in downs.items():
            if amount:
                self.move(
                    self.payable(operator),
                    self.purse.account,
                    amount,
                    PostingKind.CORRECTION,
                    self.use_of[operator],
                    self.corrected(operator),
                )
                self.available += amount

    def free(self, ended: dict[int, HoldKept], captured: set[int]) -> None:
        """Give holds that ended back to the purse; those of a use that pays now are captured."""
        for use, hold in ended.items():
            self.available += hold.amount
            if use in captured:
                self.captures[use] = hold
            else:
                account = self.purse.account
                self.move(account, account, 0, PostingKind.FARE, use, hold=hold)

    def charge(self, ups: dict[int, int]) -> None:
        """The purse pays what it can, first what captures a hold; the rest is owed."""
        for operator, amount in sorted(
            ups.items(), key=lambda up: self.use_of[up[0]] not in self.captures
        ):
            use = self.use_of[operator]
            paid = min(amount, max(self.available, 0))
            if paid:
                hold = self.captures.pop(use, None)
                key = self.move(
                    self.purse.account,
                    self.payable(operator),
                    paid,
                    PostingKind.FARE,
                    use,
                    hold=hold,
                )
                self.named[operator] = key.bytes
                self.available -= paid
            if amount > paid:
                self.owe(operator, amount - paid, use)

    def owe(self, operator: int, amount: int, use: int) -> None:
        claim = self.books.claim(operator)
        receivable = self.purse.receivable
        key = self.move(receivable, claim, amount, PostingKind.SHORTFALL, use)
        cause = self.cause
        self.shortfalls.append(
            Shortfall(
                key, receivable, claim, amount, amount, cause.day, cause.occurred_ms, cause.tap, use
            )
        )

    def collect(self) -> None:
        """Whatever the purse can spare pays what is owed, oldest ride first."""
        if not self.shortfalls or self.available <= 0:
            return
        for owed, amount in collection(self.available, self.shortfalls):
            payable = self.payable(self.books.operator_of_claim(owed.claim))
            self.move(
                self.purse.account, payable, amount, PostingKind.COLLECTION, owed.use, owed.key
            )
            self.move(
                owed.claim,
                owed.receivable,
                amount,
                PostingKind.SHORTFALL_UNDONE,
                owed.use,
                owed.key,
            )
            self.available -= amount
            index = self.shortfalls.index(owed)
            self.shortfalls[index] = owed._replace(left=owed.left - amount)
        self.shortfalls = [owed for owed in self.shortfalls if owed.left]
