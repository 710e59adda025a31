"""Who bears a loss, by its cause. Pure. docs/reference/who-bears-a-loss.md says it to people.

A registered holder bears what happened before the report and nothing after it.
"""

from __future__ import annotations

from enum import StrEnum


class Bearer(StrEnum):
    """Whose money a loss is paid with."""

    HOLDER = "holder"
    ISSUER = "issuer"
    OPERATOR = "operator"
    SCHEME = "scheme"


class Cause(StrEnum):
    """Why money was lost. The value is the code that staff type."""

    USED_BEFORE_REPORT = "used_before_report"
    UNREGISTERED_LOST = "unregistered_lost"
    USED_AFTER_REPORT = "used_after_report"
    CHIP_CLONED = "chip_cloned"
    WRONG_CARD_BLOCKED = "wrong_card_blocked"
    READER_LIST_STALE = "reader_list_stale"
    READER_AT_FAULT = "reader_at_fault"
    UNKNOWN_CARD_ACCEPTED = "unknown_card_accepted"
    RIDE_NEVER_PAID = "ride_never_paid"
    GOODWILL = "goodwill"
    SERVICE_FAILED = "service_failed"


# Who bears it has lost it already: nothing is posted. Of a card that nobody knows there is no purse
# to be paid from, and no bank stands for it: whose reader opened is not paid for the ride.
NOT_POSTED = frozenset(
    {Cause.USED_BEFORE_REPORT, Cause.UNREGISTERED_LOST, Cause.UNKNOWN_CARD_ACCEPTED}
)
# The holder never had this money: it comes within a card's limits, as a top-up does. What else is
# made good comes back, and is always given.
NEW_MONEY = frozenset({Cause.WRONG_CARD_BLOCKED, Cause.GOODWILL, Cause.SERVICE_FAILED})

BEARERS = {
    Cause.USED_BEFORE_REPORT: Bearer.HOLDER,
    Cause.UNREGISTERED_LOST: Bearer.HOLDER,
    Cause.USED_AFTER_REPORT: Bearer.ISSUER,
    Cause.CHIP_CLONED: Bearer.ISSUER,
    Cause.WRONG_CARD_BLOCKED: Bearer.ISSUER,
    Cause.READER_LIST_STALE: Bearer.OPERATOR,
    Cause.READER_AT_FAULT: Bearer.OPERATOR,
    Cause.UNKNOWN_CARD_ACCEPTED: Bearer.OPERATOR,
    Cause.RIDE_NEVER_PAID: Bearer.SCHEME,
    Cause.GOODWILL: Bearer.ISSUER,
    Cause.SERVICE_FAILED: Bearer.OPERATOR,
}
