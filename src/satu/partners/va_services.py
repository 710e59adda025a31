"""Services 24, 25 and 34: a bank asks what a virtual account is, and tells that it was paid.

Answers and refusals say what was asked about below `virtualAccountData`, in both languages.
"""

from __future__ import annotations

from typing import Any

from satu.formats.snap.codes import Case, Service, SnapRefusal
from satu.formats.snap.virtual_accounts import (
    BAD,
    CLOSED_AMOUNT,
    GOOD,
    NO_SUB_COMPANY,
    OPEN_AMOUNT,
    AccountAnswer,
    AccountData,
    OfAccount,
    Reason,
    VaInquiry,
    VaNotice,
    VaPayment,
    short,
)
from satu.partners import rules, virtual
from satu.partners.errors import Refusal
from satu.partners.services import (
    Known,
    currency_of,
    fee_for,
    money_of,
    name_of,
    read_money,
    room_for,
    successful,
)
from satu.partners.virtual import Leads, Paid, Took

DONE = Reason("Success", "Sukses")
AGAIN = Reason("Success, paid before", "Sukses, sudah dibayar")


def inquire(known: Known, asked: VaInquiry) -> AccountAnswer:
    """Service 24: whose number it is, and what may be paid to it."""
    try:
        return _inquire(known, asked)
    except SnapRefusal as refusal:
        refusal.account = _about(
            asked,
            inquiry_status=BAD,
            inquiry_reason=_reason(refusal),
            inquiry_request_id=asked.inquiry_request_id,
        )
        raise


def _inquire(known: Known, asked: VaInquiry) -> AccountAnswer:
    leads = _leads(known, asked)
    card, currency = leads.card, currency_of(leads.card)
    amount = read_money(asked.amount, currency, "amount") if asked.amount else 0
    if leads.request is not None:
        amount = amount or leads.request.amount
        if refusal := virtual.refuse(leads.request, amount, known.at):
            raise SnapRefusal(rules.case_of(refusal), refusal.value)
    room_for(known, card, amount)
    told = _about(
        asked,
        inquiry_status=GOOD,
        inquiry_reason=DONE,
        virtual_account_name=name_of(card),
        inquiry_request_id=asked.inquiry_request_id,
        total_amount=money_of(amount, currency),
        fee_amount=money_of(fee_for(known, card, amount), currency),
        sub_company=NO_SUB_COMPANY,
        virtual_account_trx_type=CLOSED_AMOUNT if leads.request else OPEN_AMOUNT,
    )
    return AccountAnswer(**successful(Service.VA_INQUIRY), virtual_account_data=told)


def take_payment(known: Known, asked: VaPayment) -> AccountAnswer:
    """Service 25: money for a number, once for each `paymentRequestId`."""
    try:
        return _take(known, asked)
    except SnapRefusal as refusal:
        if refusal.account is None:
            refusal.account = _about(
                asked,
                payment_flag_status=BAD,
                payment_flag_reason=_reason(refusal),
                payment_request_id=asked.payment_request_id,
                paid_amount=asked.paid_amount,
                trx_date_time=asked.trx_date_time,
            )
        raise


def _take(known: Known, asked: VaPayment) -> AccountAnswer:
    leads = _leads(known, asked)
    currency = currency_of(leads.card)
    amount = read_money(asked.paid_amount, currency, "paidAmount")
    fee = read_money(asked.fee_amount, currency, "feeAmount") if asked.fee_amount else 0
    took = _book(known, asked, Paid(asked.payment_request_id, amount, fee))
    told = _about(
        asked,
        payment_flag_status=GOOD,
        payment_flag_reason=DONE if took.is_new else AGAIN,
        virtual_account_name=name_of(leads.card),
        payment_request_id=asked.payment_request_id,
        paid_amount=asked.paid_amount,
        total_amount=asked.total_amount or asked.paid_amount,
        trx_date_time=asked.trx_date_time,
        reference_no=took.posting.hex,
    )
    if not took.is_new and known.profile.repeated_payment == "404xx18":
        raise SnapRefusal(Case.INCONSISTENT, account=told)
    return AccountAnswer(**successful(Service.VA_PAYMENT), virtual_account_data=told)


def take_notice(known: Known, asked: VaNotice) -> AccountAnswer:
    """Service 34: a number was paid, the bank has the money. A repeat is answered alike."""
    leads = _leads(known, asked)
    if asked.paid is None:
        raise SnapRefusal(Case.MANDATORY_FIELD, "paidAmount")
    amount = read_money(asked.paid, currency_of(leads.card), "paidAmount")
    took = _book(known, asked, Paid(asked.payment_request_id, amount, is_final=True))
    told = _about(
        asked,
        payment_flag_status=GOOD,
        payment_flag_reason=DONE,
        payment_request_id=asked.payment_request_id,
        trx_date_time=asked.trx_date_time,
        reference_no=took.posting.hex,
    )
    return AccountAnswer(**successful(Service.VA_NOTICE), virtual_account_data=told)


def _leads(known: Known, asked: OfAccount) -> Leads:
    if asked.partner_service_id.strip() != known.profile.service_id:
        raise SnapRefusal(Case.PARTNER_UNKNOWN)
    if not asked.is_consistent:
        raise SnapRefusal(Case.FIELD_FORMAT, "virtualAccountNo")
    leads = virtual.find(known.partner, asked.customer_no)
    if leads is None:
        raise SnapRefusal(Case.BILL_INVALID, Refusal.VA_UNKNOWN)
    return leads


def _book(known: Known, asked: OfAccount, paid: Paid) -> Took:
    """What was booked, now or before; a request id that named other data is refused."""
    took = virtual.take(
        partner=known.partner,
        customer_no=asked.customer_no,
        paid=paid,
        actor=known.actor,
        at=known.at,
    )
    if not isinstance(took, Took):
        raise SnapRefusal(rules.case_of(took), took.value)
    if (took.customer_no, took.amount) != (asked.customer_no, paid.amount):
        raise SnapRefusal(Case.REFERENCE_TAKEN)
    return took


def _about(asked: OfAccount, **more: Any) -> AccountData:
    """What an answer says of a number: as it was sent, blanks and all."""
    return AccountData(
        partner_service_id=asked.partner_service_id,
        customer_no=asked.customer_no,
        virtual_account_no=asked.virtual_account_no,
        **more,
    )


def _reason(refusal: SnapRefusal) -> Reason:
    """Why, for the bank's customer; what Satu has no words for is said in the standard's."""
    words = rules.words_of(refusal.about)
    if words is None:
        return Reason(short(refusal.case.message(refusal.about)), "Ditolak")
    return Reason(short(words.en), short(words.id))
