"""A bank's statement, ISO 20022 camt.053 (versions 2 to 13): what it says, if its sums agree. Pure.

Only what money depends on is read. Amounts are signed from the account holder's side, in the
smallest unit of the currency: what the bank credited is positive.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple
from xml.etree.ElementTree import Element

from satu.formats.iso20022.xml import MessageFault, read_message
from satu.kernel import money

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(0[2-9]|1[0-3])")
SIGNS = {"CRDT": 1, "DBIT": -1}
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
NO_REFERENCE = ("", "NOTPROVIDED")
DETAIL_REFERENCES = ("Refs/EndToEndId", "Refs/InstrId", "Refs/TxId", "Refs/AcctSvcrRef")
ENTRY_REFERENCES = ("AcctSvcrRef", "NtryRef")


class Line(NamedTuple):
    """Money on the account, as the bank booked it. `reference` is "" if the bank names none."""

    reference: str
    amount: int
    booked_on: date


class Statement(NamedTuple):
    """One statement of one account, whose opening balance and lines make its closing balance."""

    id: str
    account: str
    currency: str
    opening: int
    opened_on: date
    closing: int
    closed_on: date
    lines: tuple[Line, ...]


def read_statements(data: bytes) -> list[Statement]:
    """The statements of a file, in its order; MessageFault says what does not agree.

    Refused: sums that differ (balances, counts, details), two currencies, a missing balance.
    """
    message = read_message(data)
    if not NAMESPACE.fullmatch(message.namespace) or message.root.tag != "Document":
        raise MessageFault(
            f"no camt.053 of versions 2 to 13: {message.namespace or 'no namespace'}"
        )
    found = [_statement(one) for one in message.root.findall("BkToCstmrStmt/Stmt")]
    if not found:
        raise MessageFault("the message has no statement")
    return found


def _statement(node: Element) -> Statement:
    name = _text(node, "Id")
    where = f"statement {name}"
    account = _first(node, ("Acct/Id/IBAN", "Acct/Id/Othr/Id"))
    if not account:
        raise MessageFault(f"{where}: no account")
    opening, opened_on, currency = _balance(node, OPENING, where)
    closing, closed_on, closing_currency = _balance(node, CLOSING, where)
    if {closing_currency, node.findtext("Acct/Ccy", currency).strip()} != {currency}:
        raise MessageFault(f"{where}: more than one currency")
    if opened_on > closed_on:
        raise MessageFault(f"{where}: it closes before it opens")
    lines: list[Line] = []
    totals: list[int] = []
    for entry in node.findall("Ntry"):
        if _status(entry) == "BOOK":
            booked = _lines(entry, currency, where)
            totals.append(sum(line.amount for line in booked))
            lines += booked
    _check_summary(node, totals, currency, where)
    if opening + sum(totals) != closing:
        raise MessageFault(
            f"{where}: opening {money.plain(opening, currency)} and its lines"
            f" {money.plain(sum(totals), currency)} do not make closing"
            f" {money.plain(closing, currency)}"
        )
    return Statement(name, account, currency, opening, opened_on, closing, closed_on, tuple(lines))


def _balance(node: Element, codes: tuple[str, ...], where: str) -> tuple[int, date, str]:
    """The booked balance with one of the codes: amount, day and currency."""
    for code in codes:
        found = [
            one
            for one in node.findall("Bal")
            if one.findtext("Tp/CdOrPrtry/Cd", "").strip() == code
        ]
        if len(found) > 1:
            raise MessageFault(f"{where}: more than one balance {code}")
        if found:
            amount, currency = _amount(found[0], where)
            day = _day(found[0], ("Dt/Dt", "Dt/DtTm"), where)
            # What the day before closed with is what the next day opens with.
            return amount, day + timedelta(days=code == "PRCD"), currency
    raise MessageFault(f"{where}: no balance {' or '.join(codes)}")


def _lines(entry: Element, currency: str, where: str) -> list[Line]:
    """An entry's transactions, or the entry itself where the bank gives no details."""
    total, told = _amount(entry, where)
    if told != currency:
        raise MessageFault(f"{where}: an entry in {told}")
    booked_on = _day(entry, ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"), where)
    own = _first(entry, ENTRY_REFERENCES)
    details = entry.findall("NtryDtls/TxDtls")
    if len(details) <= 1:
        reference = _first(details[0], DETAIL_REFERENCES) if details else ""
        return [Line(reference or own, total, booked_on)]
    lines = []
    for detail in details:
        amount, told = _amount(detail, where, SIGNS[_text(entry, "CdtDbtInd")])
        if told != currency:
            raise MessageFault(f"{where}: a transaction in {told}")
        lines.append(Line(_first(detail, DETAIL_REFERENCES), amount, booked_on))
    if sum(line.amount for line in lines) != total:
        raise MessageFault(f"{where}: the transactions of entry {own} do not make its amount")
    return lines


def _check_summary(node: Element, totals: list[int], currency: str, where: str) -> None:
    """Counts and sums that the bank tells itself, where they are of booked entries alone."""
    if any(_status(entry) != "BOOK" for entry in node.findall("Ntry")):
        return
    signed = {
        "TtlNtries": [abs(total) for total in totals],
        "TtlCdtNtries": [total for total in totals if total > 0],
        "TtlDbtNtries": [-total for total in totals if total < 0],
    }
    for name, amounts in signed.items():
        count = node.findtext(f"TxsSummry/{name}/NbOfNtries")
        total = node.findtext(f"TxsSummry/{name}/Sum")
        if count is not None and count.strip() != str(len(amounts)):
            raise MessageFault(f"{where}: {name} says {count} entries, there are {len(amounts)}")
        if total is not None and _money(total, currency, where) != sum(amounts):
            raise MessageFault(f"{where}: {name} says {total}, its entries make another sum")


def _amount(node: Element, where: str, sign: int | None = None) -> tuple[int, str]:
    """An amount with its sign and currency; without a mark of its own it takes the given sign."""
    amount = node.find("Amt")
    if amount is None:
        amount = node.find("AmtDtls/TxAmt/Amt")
    mark = node.findtext("CdtDbtInd")
    if mark is not None:
        sign = SIGNS.get(mark.strip())
    if amount is None or sign is None or "Ccy" not in amount.attrib:
        raise MessageFault(f"{where}: an amount without currency, or neither CRDT nor DBIT")
    currency = amount.attrib["Ccy"]
    return sign * _money(amount.text or "", currency, where), currency


def _money(text: str, currency: str, where: str) -> int:
    try:
        found = money.parse(text, currency)
    except ValueError as error:
        raise MessageFault(f"{where}: {error}") from None
    if found < 0:
        raise MessageFault(f"{where}: {text} is below zero")
    return found


def _day(node: Element, paths: tuple[str, ...], where: str) -> date:
    text = _first(node, paths)
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise MessageFault(f"{where}: no date {text!r}") from None


def _status(entry: Element) -> str:
    return _first(entry, ("Sts/Cd", "Sts"))


def _first(node: Element, paths: tuple[str, ...]) -> str:
    """The first text that says something."""
    told = (node.findtext(path, "").strip() for path in paths)
    return next((text for text in told if text not in NO_REFERENCE), "")


def _text(node: Element, path: str) -> str:
    found = node.findtext(path, "").strip()
    if not found:
        raise MessageFault(f"a statement without {path}")
    return found
