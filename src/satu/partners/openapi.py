"""The banks' door as OpenAPI 3.1, made from the messages and the standard's own codes."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

from satu.formats.snap import history, messages
from satu.formats.snap import virtual_accounts as accounts
from satu.formats.snap.codes import Case, Service
from satu.formats.snap.profile import read_profile

STANDARD = files("satu.partners") / "profiles" / "snap.toml"
REF = "#/components/schemas/{name}"
JSON = "application/json"

INTRODUCTION = """\
Banks reach Satu by SNAP BI, Bank Indonesia's standard (technical specification 1.0.2). Bank \
menghubungi Satu dengan SNAP BI, standar Bank Indonesia.

Paths are those of the standard's profile; a partner can have paths and spellings of its own. \
Every answer has `responseCode` (HTTP status, service, case) and the header `X-TIMESTAMP`.
"""

ANYBODY = (Case.BAD_REQUEST, Case.FIELD_FORMAT, Case.MANDATORY_FIELD, Case.UNAUTHORIZED,
           Case.FEATURE_NOT_ALLOWED, Case.INTERNAL_ERROR)  # fmt: skip
PARTNER = (*ANYBODY, Case.TOKEN_INVALID, Case.TOKEN_NOT_FOUND, Case.CONFLICT, Case.TOO_MANY)
CUSTOMER = (Case.CUSTOMER_TOKEN_INVALID, Case.CUSTOMER_TOKEN_NOT_FOUND)
MONEY_IN = (Case.AMOUNT_LIMIT, Case.INSUFFICIENT_FUNDS, Case.NOT_PERMITTED, Case.INACTIVE,
            Case.ACCOUNT_LIMIT, Case.AMOUNT_INVALID, Case.TIMEOUT)  # fmt: skip
BY_NUMBER = (Case.BILL_INVALID, Case.BILL_PAID, Case.BILL_EXPIRED, Case.PARTNER_UNKNOWN)


class Offered(NamedTuple):
    """A service: what it does, what goes in and out, and how it can be refused besides."""

    does: str
    asked: type[msgspec.Struct]
    told: type[msgspec.Struct]
    cases: tuple[Case, ...]


OFFERED: dict[Service, Offered] = {
    Service.ACCESS_TOKEN: Offered(
        "An access token for 15 minutes, for who signs with the partner's private key",
        messages.TokenRequest,
        messages.TokenAnswer,
        ANYBODY,
    ),
    Service.ACCOUNT_INQUIRY: Offered(
        "Whether a card can be topped up, and with how much",
        messages.AccountInquiry,
        messages.InquiryAnswer,
        (*PARTNER, *CUSTOMER, *MONEY_IN, Case.ACCOUNT_UNKNOWN),
    ),
    Service.TOP_UP: Offered(
        "Credit a card, once for each partnerReferenceNo",
        messages.TopUpRequest,
        messages.TopUpAnswer,
        (*PARTNER, *CUSTOMER, *MONEY_IN, Case.ACCOUNT_UNKNOWN, Case.REFERENCE_TAKEN),
    ),
    Service.TOP_UP_STATUS: Offered(
        "What became of a top-up",
        messages.StatusRequest,
        messages.StatusAnswer,
        (*PARTNER, Case.TRANSACTION_NOT_FOUND, Case.TIMEOUT),
    ),
    Service.BALANCE: Offered(
        "A card's balance",
        messages.BalanceRequest,
        messages.BalanceAnswer,
        (*PARTNER, *CUSTOMER, Case.ACCOUNT_UNKNOWN),
    ),
    Service.HISTORY: Offered(
        "What moved in and out of a customer's purse, page by page",
        history.HistoryRequest,
        history.HistoryAnswer,
        (*PARTNER, *CUSTOMER, Case.ACCOUNT_UNKNOWN),
    ),
    Service.HISTORY_DETAIL: Offered(
        "One line of a customer's history",
        history.DetailRequest,
        history.DetailAnswer,
        (*PARTNER, *CUSTOMER, Case.ACCOUNT_UNKNOWN, Case.TRANSACTION_NOT_FOUND),
    ),
    Service.STATEMENT: Offered(
        "The lines that lead from one balance of a purse to the other",
        history.StatementRequest,
        history.StatementAnswer,
        (*PARTNER, *CUSTOMER, Case.ACCOUNT_UNKNOWN),
    ),
    Service.VA_INQUIRY: Offered(
        "What a virtual account is, and what may be paid to it",
        accounts.VaInquiry,
        accounts.AccountAnswer,
        (*PARTNER, *MONEY_IN, *BY_NUMBER),
    ),
    Service.VA_PAYMENT: Offered(
        "Money for a virtual account, once for each paymentRequestId",
        accounts.VaPayment,
        accounts.AccountAnswer,
        (*PARTNER, *MONEY_IN, *BY_NUMBER, Case.REFERENCE_TAKEN, Case.INCONSISTENT),
    ),
    Service.VA_NOTICE: Offered(
        "That a virtual account was paid, once for each paymentRequestId",
        accounts.VaNotice,
        accounts.AccountAnswer,
        (*PARTNER, *MONEY_IN, *BY_NUMBER, Case.REFERENCE_TAKEN),
    ),
}
HEADERS = {
    "X-TIMESTAMP": "When it was sent: 2026-11-22T08:24:05+07:00, at most five minutes off.",
    "X-SIGNATURE": "Base64; how it is made stands above.",
    "X-CLIENT-KEY": "Which client asks; the one that Satu gave out.",
    "X-PARTNER-ID": "Which partner asks; the one that Satu gave out.",
    "X-EXTERNAL-ID": "The call's own name: another for every call of a day.",
    "CHANNEL-ID": "The partner's channel.",
    "Authorization": "Bearer and the access token of service 73.",
    "Authorization-Customer": "Bearer and the token that a card's holder agreed to.",
}


ABOUT = {
    "grantType": "Always `client_credentials`.",
    "accessToken": "To be sent with every call, for 15 minutes.",
    "customerNumber": "The number printed on a card, or its holder's phone number.",
    "accountNo": "The number printed on a card, or its holder's phone number.",
    "partnerReferenceNo": "Your own name of it: the same for every try, another for every top-up.",
    "originalPartnerReferenceNo": "Your own name of the top-up that is asked about.",
    "originalReferenceNo": "Satu's name of it, if you know it.",
    "serviceCode": "`38`: the service that is asked about.",
    "referenceNo": "Satu's name of it; of what moved money, its posting in the books.",
    "amount": "What to credit, or what it would be.",
    "paidAmount": "What was paid.",
    "feeAmount": "The most you may take of the payer; in a top-up, what you took.",
    "minAmount": "The least that a top-up may bring now.",
    "maxAmount": "The most that a top-up may bring now.",
    "value": "With two decimals: `50000.00`.",
    "currency": "ISO 4217: `IDR`.",
    "customerName": "`Kartu Satu` and the card's last four digits: no holder is named.",
    "partnerServiceId": "The bank's number for us: eight characters, blanks first.",
    "customerNo": "The 16 digits of a card, or 12 of a number for one top-up.",
    "virtualAccountNo": "Both of them, one after the other.",
    "inquiryRequestId": "Your own name of the inquiry.",
    "paymentRequestId": "Your own name of the payment: it is booked once.",
    "fromDateTime": "From then on; left out, 31 days ago.",
    "toDateTime": "Until before then; left out, now.",
    "responseCode": "HTTP status, service, case.",
    "status": "Of an account: active, closed or frozen, in as many digits as your profile says.",
}


def document() -> bytes:
    """The document as JSON."""
    types: set[type[msgspec.Struct]] = {messages.Answer}
    for offered in OFFERED.values():
        types |= {offered.asked, offered.told}
    ordered = sorted(types, key=lambda one: one.__name__)
    schemas = msgspec.json.schema_components(ordered, ref_template=REF)[1]
    for schema in schemas.values():
        for name, field in schema.get("properties", {}).items():
            if name in ABOUT and "$ref" not in field:
                field["description"] = ABOUT[name]
            elif name in ABOUT:
                schema["properties"][name] = {"description": ABOUT[name], "anyOf": [field]}
    paths = read_profile(STANDARD.read_text(encoding="utf-8")).paths
    told = {
        "openapi": "3.1.0",
        "info": {
            "title": "Satu: the banks' door",
            "version": version("satu"),
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            path: {"post": _operation(service)}
            for service in OFFERED
            if (path := paths.get(service.value))
        },
        "components": {"schemas": schemas},
    }
    # JSON Schema's patterns end in $, Python's in \Z.
    return msgspec.json.encode(told).replace(rb"\\Z", b"$")


def _operation(service: Service) -> dict[str, Any]:
    offered = OFFERED[service]
    return {
        "operationId": f"service{service.value}",
        "summary": offered.does,
        "parameters": [_header(service, name) for name in _headers(service, offered)],
        "requestBody": {"required": True, "content": _of(offered.asked)},
        "responses": {
            "200": {
                "description": f"`{Case.SUCCESSFUL.code(service)}`: {Case.SUCCESSFUL.message()}",
                "content": _of(offered.told),
            }
        }
        | _refusals(service, offered.cases),
    }


def _headers(service: Service, offered: Offered) -> list[str]:
    names = ["X-TIMESTAMP", "X-SIGNATURE"]
    if service is Service.ACCESS_TOKEN:
        return [*names, "X-CLIENT-KEY"]
    names += ["X-PARTNER-ID", "X-EXTERNAL-ID", "CHANNEL-ID", "Authorization"]
    is_of_customer = Case.CUSTOMER_TOKEN_INVALID in offered.cases
    return [*names, "Authorization-Customer"] if is_of_customer else names


def _header(service: Service, name: str) -> dict[str, Any]:
    by_customer = (Service.HISTORY, Service.HISTORY_DETAIL, Service.STATEMENT)
    return {
        "name": name,
        "in": "header",
        "required": name != "Authorization-Customer" or service in by_customer,
        "schema": {"type": "string"},
        "description": HEADERS[name],
    }


def _refusals(service: Service, cases: Iterable[Case]) -> dict[str, Any]:
    """The refusals by status; each names its codes with the standard's words."""
    by_status: dict[int, list[Case]] = {}
    for case in cases:
        by_status.setdefault(case.status, []).append(case)
    return {
        str(status): {
            "description": "\n\n".join(
                f"`{case.code(service)}`: {case.message('…')}" for case in found
            ),
            "content": _of(messages.Answer),
        }
        for status, found in sorted(by_status.items())
    }


def _of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {JSON: {"schema": {"$ref": REF.format(name=kind.__name__)}}}
