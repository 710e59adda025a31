"""A card's transactions as the standard writes them: list 12, detail 13, statement 14. Pure."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from satu.formats.snap.messages import Answer, CustomerNumber, Money, Reference, Request, Time

Count = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,3}\Z")]

SUCCESS = "SUCCESS"
DEBIT, CREDIT = "DEBIT", "CREDIT"
SOURCE = "BALANCE"


class HistoryRequest(Request, frozen=True, kw_only=True):
    """Service 12: pages are counted from 1."""

    partner_reference_no: Reference = ""
    from_date_time: Time = ""
    to_date_time: Time = ""
    page_size: Count = "10"
    page_number: Count = "1"


class DetailRequest(Request, frozen=True, kw_only=True):
    """Service 13: by a bank's own reference, or by the `referenceNo` that a list told."""

    original_partner_reference_no: Reference


class StatementRequest(Request, frozen=True, kw_only=True):
    """Service 14."""

    partner_reference_no: Reference = ""
    account_no: CustomerNumber = ""
    from_date_time: Time = ""
    to_date_time: Time = ""


class SourceOfFunds(Struct, frozen=True, rename="camel"):
    """Where money came from."""

    source: str
    amount: Money


class LineInfo(Struct, frozen=True, rename="camel"):
    """What the standard has no field for: our name of a line, and which way it went."""

    reference_no: str
    entry: str


class HistoryLine(Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """One transaction of a list."""

    date_time: str
    amount: Money
    remark: str
    source_of_funds: list[SourceOfFunds] = []
    status: str
    type: str
    additional_info: LineInfo


class HistoryAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """Service 12, the newest first. A page with fewer lines than asked for is the last."""

    reference_no: str
    partner_reference_no: str = ""
    detail_data: list[HistoryLine]


class DetailAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """Service 13."""

    reference_no: str
    partner_reference_no: str
    amount: Money
    date_time: str
    remark: str
    source_of_funds: list[SourceOfFunds] = []
    status: str
    type: str
    additional_info: LineInfo


class MoneyAt(Struct, frozen=True, rename="camel"):
    """An amount at a time."""

    value: str
    currency: str
    date_time: str


class Balances(Struct, frozen=True, rename="camel", kw_only=True):
    """What a purse held before the first line, and after the last."""

    amount: MoneyAt
    starting_balance: MoneyAt
    ending_balance: MoneyAt


class Total(Struct, frozen=True, rename="camel", kw_only=True):
    """How many lines of a side, and their sum."""

    number_of_entries: str
    amount: Money


class AmountOf(Struct, frozen=True):
    """An amount, one level down."""

    amount: Money


class DetailBalance(Struct, frozen=True, rename="camel", kw_only=True):
    """A purse before and after a line."""

    start_amount: list[AmountOf]
    end_amount: list[AmountOf]


class StatementLine(Struct, frozen=True, rename="camel", kw_only=True):
    """One line of a statement."""

    detail_balance: DetailBalance
    amount: Money
    transaction_date: str
    remark: str
    transaction_id: str
    type: str
    transaction_detail_status: str


class StatementAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """Service 14, the oldest first: the lines lead from one balance to the other."""

    reference_no: str
    partner_reference_no: str = ""
    balance: list[Balances] | Balances
    total_credit_entries: Total
    total_debit_entries: Total
    has_more: str
    last_record_date_time: str = ""
    detail_data: list[StatementLine]
