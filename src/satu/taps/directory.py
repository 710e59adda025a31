"""Where an operator's money stands: its payable at each issuer, its claim in the scheme's book.

Filled once from the ledger's accounts (they are few), asked on every charge.
"""

from __future__ import annotations

import psycopg

from satu.ledger.kinds import AccountKind

ACCOUNTS = "select kind, book, party, id from ledger_account where kind = any(%s)"
KINDS = [int(AccountKind.PAYABLE), int(AccountKind.UNFUNDED_CLAIM)]


class Directory:
    """Account numbers by what they are. A missing one is a KeyError: the city was not loaded."""

    def __init__(self, payables: dict[tuple[int, int], int], claims: dict[int, int]) -> None:
        self._payables = payables
        self._claims = claims
        self._operators = {claim: operator for operator, claim in claims.items()}

    def payable(self, issuer: int, operator: int) -> int:
        return self._payables[issuer, operator]

    def claim(self, operator: int) -> int:
        return self._claims[operator]

    def operator_of_claim(self, claim: int) -> int:
        return self._operators[claim]

    @staticmethod
    async def load(conn: psycopg.AsyncConnection) -> Directory:
        """Read the accounts of operators."""
        payables, claims = {}, {}
        cursor = await conn.execute(ACCOUNTS, [KINDS])
        for kind, book, party, account in await cursor.fetchall():
            if kind == AccountKind.PAYABLE:
                payables[book, party] = account
            else:
                claims[party] = account
        return Directory(payables, claims)
