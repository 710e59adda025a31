"""What goes in and out of the services, as the standard writes it. Pure.

`read` turns a body into a request, or raises a SnapRefusal that names the field as it was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args

import msgspec
from msgspec import Meta, Struct

from satu.formats.snap.codes import Case, SnapRefusal

Reference = Annotated[str, Meta(pattern=r"^[ -~]{1,64}\Z")]
CustomerNumber = Annotated[str, Meta(pattern=r"^[0-9]{1,32}\Z")]
Time = Annotated[str, Meta(max_length=35)]

PLACE = re.compile(r"at `\$\.([^`]*)`")

Asked = TypeVar("Asked", bound=Struct)


class Money(Struct, frozen=True):
    """An amount in decimal notation with its currency."""

    value: str
    currency: str


class Request(Struct, frozen=True, rename="camel", kw_only=True):
    """What all requests share. `additionalInfo` comes as an object, or as an empty string."""

    additional_info: Any = None


class TokenRequest(Request, frozen=True, kw_only=True):
    """Service 73."""

    grant_type: str


class AccountInquiry(Request, frozen=True, kw_only=True):
    """Service 37: whose account it is, and whether it can be topped up.

    Without `customerNumber` the customer's token says whose account; so in the next one.
    """

    customer_number: CustomerNumber = ""
    partner_reference_no: Reference = ""
    amount: Money | None = None
    transaction_date: Time = ""


class TopUpRequest(Request, frozen=True, kw_only=True):
    """Service 38: money for an account, once for each `partnerReferenceNo`."""

    partner_reference_no: Reference
    customer_number: CustomerNumber = ""
    amount: Money
    fee_amount: Money | None = None
    transaction_date: Time = ""


class StatusRequest(Request, frozen=True, kw_only=True):
    """Service 39: what became of a top-up."""

    original_partner_reference_no: Reference
    service_code: str
    original_reference_no: Reference = ""
    original_external_id: Reference = ""


class BalanceRequest(Request, frozen=True, kw_only=True):
    """Service 11. Without `accountNo` the customer's token says whose balance."""

    partner_reference_no: Reference = ""
    account_no: CustomerNumber = ""
    balance_types: list[str] = []


class Answer(Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """What all answers begin with; all of a refusal's."""

    response_code: str
    response_message: str


class TokenAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """Service 73. `expiresIn` are seconds, as text for most partners and a number for some."""

    access_token: str
    token_type: str
    expires_in: str | int


class InquiryAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """Service 37. `minAmount` and `maxAmount` bound what a top-up may bring now."""

    reference_no: str
    partner_reference_no: str = ""
    customer_number: str
    customer_name: str
    min_amount: Money
    max_amount: Money
    amount: Money
    fee_amount: Money
    fee_type: str = ""


class TopUpAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """Service 38. `referenceNo` is the name of the posting in Satu's books."""

    reference_no: str
    partner_reference_no: str
    customer_number: str
    amount: Money


class StatusAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """Service 39."""

    original_partner_reference_no: str
    original_reference_no: str
    original_external_id: str = ""
    service_code: str
    amount: Money
    latest_transaction_status: str
    transaction_status_desc: str


class AccountInfo(Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """One balance of an account. `status` is 1 for an active account, 2 closed, 7
    frozen, in as many digits as the partner wants."""

    balance_type: str
    amount: Money
    hold_amount: Money
    available_balance: Money
    status: str


class BalanceAnswer(Answer, frozen=True, omit_defaults=True, kw_only=True):
    """Service 11."""

    reference_no: str
    partner_reference_no: str = ""
    account_no: str
    name: str
    account_infos: list[AccountInfo]


def read(body: bytes, wanted: type[Asked], spelling: Mapping[str, str]) -> Asked:
    """The request in a body; `spelling` leads from the standard's names to the partner's.

    SnapRefusal: BAD_REQUEST (no JSON object), MANDATORY_FIELD, FIELD_FORMAT.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise SnapRefusal(Case.BAD_REQUEST) from None
    if not isinstance(told, dict):
        raise SnapRefusal(Case.BAD_REQUEST)
    for name, spelt in spelling.items():
        if spelt in told:
            told[name] = told.pop(spelt)
    lacking = _lacking(told, wanted)
    if lacking:
        raise SnapRefusal(Case.MANDATORY_FIELD, _spelt(lacking, spelling))
    given = {name: value for name, value in told.items() if value not in (None, "")}
    try:
        return msgspec.convert(given, wanted)
    except msgspec.ValidationError as error:
        found = PLACE.search(str(error))
        raise SnapRefusal(
            Case.FIELD_FORMAT, _spelt(found.group(1) if found else "body", spelling)
        ) from None


def write(answer: Answer, spelling: Mapping[str, str]) -> bytes:
    """An answer's body, in the partner's spelling."""
    told = msgspec.to_builtins(answer)
    return msgspec.json.encode({spelling.get(name, name): value for name, value in told.items()})


def _lacking(told: Mapping[str, Any], wanted: type[Struct]) -> str:
    """The first mandatory field that is missing or empty, also within one that is there."""
    for field in msgspec.structs.fields(wanted):
        value = told.get(field.encode_name)
        inner = _struct_in(field.type)
        if value in (None, "") and field.required:
            return field.encode_name
        if inner is not None and isinstance(value, dict) and (within := _lacking(value, inner)):
            return f"{field.encode_name}.{within}"
    return ""


def _struct_in(hint: Any) -> type[Struct] | None:
    """The struct that a field holds, if it holds one."""
    for choice in get_args(hint) or (hint,):
        if isinstance(choice, type) and issubclass(choice, Struct):
            return choice
    return None


def _spelt(place: str, spelling: Mapping[str, str]) -> str:
    name, dot, rest = place.partition(".")
    return spelling.get(name, name) + dot + rest
