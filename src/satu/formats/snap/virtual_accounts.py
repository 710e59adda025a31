"""Virtual accounts as the standard writes them: inquiry 24, payment 25, notification 34. Pure.

A number is `partnerServiceId` (8 characters, blanks first) and `customerNo`. Blanks are kept and
told again as they came; numbers are compared without them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from msgspec import Meta, Struct

from satu.formats.snap.messages import Answer, Money, Request, Time

ServiceId = Annotated[str, Meta(pattern=r"^ *[0-9]{1,8}\Z", max_length=8)]
CustomerNo = Annotated[str, Meta(pattern=r"^[0-9]{1,20}\Z")]
AccountNo = Annotated[str, Meta(pattern=r"^ *[0-9]+\Z", max_length=28)]

RequestId = Annotated[str, Meta(pattern=r"^[ -~]{1,128}\Z")]

SERVICE_ID_LENGTH = 8
MAX_REASON_LENGTH = 64
OPEN_AMOUNT, CLOSED_AMOUNT = "O", "C"
END_OF_PART = re.compile(r"[.;:]")
GOOD, BAD = "00", "01"
NO_SUB_COMPANY = "00000"


class OfAccount(Request, frozen=True, kw_only=True):
    """What all calls about a virtual account say of it."""

    partner_service_id: ServiceId
    customer_no: CustomerNo
    virtual_account_no: AccountNo

    @property
    def is_consistent(self) -> bool:
        """Whether the whole number is made of its two parts."""
        made_of = self.partner_service_id.strip() + self.customer_no
        return self.virtual_account_no.strip() == made_of


class VaInquiry(OfAccount, frozen=True, kw_only=True):
    """Service 24: what may be paid to a number."""

    inquiry_request_id: RequestId
    amount: Money | None = None
    trx_date_init: Time = ""


class VaPayment(OfAccount, frozen=True, kw_only=True):
    """Service 25: money for a number, once for each `paymentRequestId`."""

    payment_request_id: RequestId
    paid_amount: Money
    total_amount: Money | None = None
    fee_amount: Money | None = None
    trx_date_time: Time = ""


class VaNotice(OfAccount, frozen=True, kw_only=True):
    """Service 34: a number was paid. Some banks tell the amount in `additionalInfo` alone."""

    payment_request_id: RequestId
    paid_amount: Money | None = None
    trx_date_time: Time = ""

    @property
    def paid(self) -> Money | None:
        """What was paid, wherever it is told."""
        told: Any = self.additional_info
        value = told.get("paymentAmount") if isinstance(told, dict) else None
        return self.paid_amount or (Money(value, "IDR") if isinstance(value, str) else None)


class Reason(Struct, frozen=True):
    """Why, in both languages: at most 64 characters each."""

    english: str
    indonesia: str


def short(words: str) -> str:
    """The first part of a sentence, as much of it as a reason may have."""
    first = END_OF_PART.split(words, maxsplit=1)[0]
    return first[:MAX_REASON_LENGTH].strip()


class AccountData(Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """What answers about a virtual account say, below `virtualAccountData`."""

    inquiry_status: str = ""
    inquiry_reason: Reason | None = None
    payment_flag_status: str = ""
    payment_flag_reason: Reason | None = None
    partner_service_id: str
    customer_no: str
    virtual_account_no: str
    virtual_account_name: str = ""
    inquiry_request_id: str = ""
    payment_request_id: str = ""
    paid_amount: Money | None = None
    total_amount: Money | None = None
    fee_amount: Money | None = None
    trx_date_time: str = ""
    reference_no: str = ""
    sub_company: str = ""
    virtual_account_trx_type: str = ""


class AccountAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """Services 24, 25 and 34, also when they refuse."""

    virtual_account_data: AccountData


def padded(service_id: str) -> str:
    """A `partnerServiceId` as it is sent: eight characters, blanks first."""
    return service_id.rjust(SERVICE_ID_LENGTH)
