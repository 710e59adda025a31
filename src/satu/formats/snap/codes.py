"""Services and response codes of SNAP BI: HTTP status, service and case make seven digits. Pure."""

from __future__ import annotations

from enum import Enum, StrEnum

MAX_MESSAGE_LENGTH = 150


class Service(StrEnum):
    """The services that Satu offers to partners, by their SNAP number."""

    BALANCE = "11"
    HISTORY = "12"
    HISTORY_DETAIL = "13"
    STATEMENT = "14"
    VA_INQUIRY = "24"
    VA_PAYMENT = "25"
    VA_NOTICE = "34"
    ACCOUNT_INQUIRY = "37"
    TOP_UP = "38"
    TOP_UP_STATUS = "39"
    ACCESS_TOKEN = "73"

    @property
    def endpoint(self) -> str:
        """The end of its path, which every partner spells alike."""
        return ENDPOINTS[self]


ENDPOINTS = {
    Service.BALANCE: "balance-inquiry",
    Service.HISTORY: "transaction-history-list",
    Service.HISTORY_DETAIL: "transaction-history-detail",
    Service.STATEMENT: "bank-statement",
    Service.VA_INQUIRY: "transfer-va/inquiry",
    Service.VA_PAYMENT: "transfer-va/payment",
    Service.VA_NOTICE: "transfer-va/notify-payment-intrabank",
    Service.ACCOUNT_INQUIRY: "emoney/account-inquiry",
    Service.TOP_UP: "emoney/topup",
    Service.TOP_UP_STATUS: "emoney/topup-status",
    Service.ACCESS_TOKEN: "access-token/b2b",
}

# Other services of the standard, by number. Satu offers them to nobody, and says so by their
# number: who tries one can read the refusal.
NOT_OFFERED = {
    "15": "account-inquiry-internal",
    "16": "account-inquiry-external",
    "17": "transfer-intrabank",
    "18": "transfer-interbank",
    "19": "transfer-request-for-payment",
    "20": "transfer-interbank-bulk",
    "22": "transfer-rtgs",
    "23": "transfer-skn",
    "26": "transfer-va/status",
    "27": "transfer-va/create-va",
    "28": "transfer-va/update-va",
    "29": "transfer-va/update-status",
    "30": "transfer-va/inquiry-va",
    "31": "transfer-va/delete-va",
    "32": "transfer-va/inquiry-intrabank",
    "33": "transfer-va/payment-intrabank",
    "35": "transfer-va/report",
    "36": "transfer/status",
    "40": "emoney/bulk-cashin-payment",
    "42": "emoney/bank-account-inquiry",
    "43": "emoney/transfer-bank",
    "44": "emoney/otc-cashout",
    "45": "emoney/otc-status",
    "46": "emoney/otc-cancel",
    "47": "qr/qr-mpm-generate",
    "48": "qr/qr-mpm-decode",
    "50": "qr/qr-mpm-payment",
    "51": "qr/qr-mpm-query",
    "54": "debit/payment-host-to-host",
    "55": "debit/status",
    "57": "debit/cancel",
    "58": "debit/refund",
    "59": "qr/qr-cpm-generate",
    "60": "qr/qr-cpm-payment",
    "61": "qr/qr-cpm-query",
    "62": "qr/qr-cpm-cancel",
    "74": "access-token/b2b2c",
    "77": "qr/qr-mpm-cancel",
    "78": "qr/qr-mpm-refund",
    "80": "qr/qr-cpm-refund",
}


class Case(Enum):
    """What became of a call: HTTP status, case code, and the standard's words.

    `{}` is filled with the field or the reason.
    """

    SUCCESSFUL = (200, "00", "Successful")
    BAD_REQUEST = (400, "00", "Bad Request")
    FIELD_FORMAT = (400, "01", "Invalid Field Format {}")
    MANDATORY_FIELD = (400, "02", "Invalid Mandatory Field {}")
    UNAUTHORIZED = (401, "00", "Unauthorized. {}")
    TOKEN_INVALID = (401, "01", "Invalid Token (B2B)")
    CUSTOMER_TOKEN_INVALID = (401, "02", "Invalid Customer Token")
    TOKEN_NOT_FOUND = (401, "03", "Token Not Found (B2B)")
    CUSTOMER_TOKEN_NOT_FOUND = (401, "04", "Customer Token Not Found")
    FEATURE_NOT_ALLOWED = (403, "01", "Feature Not Allowed")
    AMOUNT_LIMIT = (403, "02", "Exceeds Transaction Amount Limit")
    INSUFFICIENT_FUNDS = (403, "14", "Insufficient Funds")
    NOT_PERMITTED = (403, "15", "Transaction Not Permitted. {}")
    INACTIVE = (403, "18", "Inactive Card/Account/Customer")
    ACCOUNT_LIMIT = (403, "23", "Account Limit Exceed")
    TRANSACTION_NOT_FOUND = (404, "01", "Transaction Not Found")
    ACCOUNT_UNKNOWN = (404, "11", "Invalid Card/Account/Customer")
    BILL_INVALID = (404, "12", "Invalid Bill/Virtual Account {}")
    AMOUNT_INVALID = (404, "13", "Invalid Amount")
    BILL_PAID = (404, "14", "Paid Bill")
    PARTNER_UNKNOWN = (404, "16", "Partner Not Found")
    INCONSISTENT = (404, "18", "Inconsistent Request")
    BILL_EXPIRED = (404, "19", "Invalid Bill/Virtual Account")
    CONFLICT = (409, "00", "Conflict")
    REFERENCE_TAKEN = (409, "01", "Duplicate partnerReferenceNo")
    TOO_MANY = (429, "00", "Too Many Requests")
    INTERNAL_ERROR = (500, "01", "Internal Server Error")
    TIMEOUT = (504, "00", "Timeout")

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.value[0]

    def code(self, service: str) -> str:
        """The response code of a service by its number: `2003800`."""
        status, case, _ = self.value
        return f"{status}{service}{case}"

    def message(self, about: str = "") -> str:
        """The response message, at most 150 characters."""
        words: str = self.value[2]
        return words.format(about).strip(" .")[:MAX_MESSAGE_LENGTH]


class SnapRefusal(Exception):
    """A call that is answered with a case other than success; `about` fills its message.

    `account` is what the answer says below `virtualAccountData`, where there is one.
    """

    def __init__(self, case: Case, about: str = "", account: object = None) -> None:
        self.case = case
        self.about = about
        self.account = account
        super().__init__(case.name, about)
