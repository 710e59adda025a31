"""What an action on cards can refuse, in order of precedence: the first that applies is told."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """An expected refusal; nothing was changed. The value is the stable code."""

    ISSUER_UNKNOWN = "issuer_unknown"
    COUNT_OUT_OF_RANGE = "count_out_of_range"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    AMOUNT_TOO_LARGE = "amount_too_large"
    REFERENCE_INVALID = "reference_invalid"
    ENTITLEMENT_DATES_INVALID = "entitlement_dates_invalid"
    CATEGORY_UNKNOWN = "category_unknown"
    ENTITLEMENTS_OVERLAP = "entitlements_overlap"
    ENTITLEMENTS_TOO_MANY = "entitlements_too_many"
    PRODUCT_UNKNOWN = "product_unknown"
    CARD_UNKNOWN = "card_unknown"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    NUMBER_OR_SECRET_WRONG = "number_or_secret_wrong"
    CARD_CLOSED = "card_closed"
    CARD_BLOCKED = "card_blocked"
    CARD_NOT_BLOCKED = "card_not_blocked"
    CARD_OWNED = "card_owned"
    MEDIUM_NEEDS_NO_ROW = "medium_needs_no_row"
    MEDIUM_TAKEN = "medium_taken"
    BALANCE_INSUFFICIENT = "balance_insufficient"
