"""Statements as a bank would write them (camt.053), for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

VERSION_2 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
VERSION_8 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
ACCOUNT = "1230004567890"
DAY = date(2026, 1, 5)


class Booked(NamedTuple):
    """One entry; with several references it is a batch with details."""

    amount: int
    references: Sequence[tuple[str, int]] = ()
    status: str = "BOOK"
    own: str = ""


def money(amount: int, currency: str = "IDR") -> str:
    sign = "CRDT" if amount >= 0 else "DBIT"
    return f'<Amt Ccy="{currency}">{abs(amount)}.00</Amt><CdtDbtInd>{sign}</CdtDbtInd>'


def balance(code: str, amount: int, on: date, currency: str = "IDR") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{money(amount, currency)}"
        f"<Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def entry(booked: Booked, on: date, version: str) -> str:
    status = booked.status if version == VERSION_2 else f"<Cd>{booked.status}</Cd>"
    details = "".join(
        f"<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>{money(amount)}</TxDtls>"
        for reference, amount in booked.references
    )
    own = f"<AcctSvcrRef>{booked.own}</AcctSvcrRef>" if booked.own else ""
    return (
        f"<Ntry>{money(booked.amount)}<Sts>{status}</Sts><BookgDt><Dt>{on}</Dt></BookgDt>{own}"
        + (f"<NtryDtls>{details}</NtryDtls>" if details else "")
        + "</Ntry>"
    )


def statement(
    name: str,
    opening: int,
    lines: Sequence[Booked],
    *,
    closing: int | None = None,
    on: date = DAY,
    account: str = ACCOUNT,
    version: str = VERSION_8,
    opening_code: str = "OPBD",
    opening_on: date | None = None,
    more: str = "",
) -> bytes:
    """A statement of one day whose closing balance is right unless another is given."""
    made = sum(line.amount for line in lines if line.status == "BOOK")
    closes = opening + made if closing is None else closing
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{version}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M-{name}</MsgId></GrpHdr><Stmt><Id>{name}</Id>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>IDR</Ccy></Acct>"
        + balance(opening_code, opening, opening_on or on)
        + balance("CLBD", closes, on)
        + more
        + "".join(entry(line, on, version) for line in lines)
        + "</Stmt></BkToCstmrStmt></Document>"
    ).encode()
