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
    CARD_PRODUCT_UNKNOWN = "card_product_unknown"
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
    CARD_NOT_FROZEN = "card_not_frozen"
    CARD_NOT_EXPIRED = "card_not_expired"
    CARD_NOT_REPLACEABLE = "card_not_replaceable"
    CARD_OWNED = "card_owned"
    CARD_NOT_REGISTERED = "card_not_registered"
    NOT_THE_HOLDER = "not_the_holder"
    PURSES_ARE_THE_SAME = "purses_are_the_same"
    LOSS_IS_THE_HOLDERS = "loss_is_the_holders"
    AMOUNT_NOT_OWED = "amount_not_owed"
    MEDIUM_NEEDS_NO_ROW = "medium_needs_no_row"
    MEDIUM_TAKEN = "medium_taken"
    MEDIUM_IS_NO_BANKS = "medium_is_no_banks"
    CARD_EXTERNAL = "card_external"
    BALANCE_INSUFFICIENT = "balance_insufficient"
    BALANCE_LIMIT_PASSED = "balance_limit_passed"
    MONTHLY_LIMIT_PASSED = "monthly_limit_passed"
    INTERBANK_CAP_PASSED = "interbank_cap_passed"
