"""What an action on payments can refuse, beside what cards do: the first that applies is told."""

from __future__ import annotations

from enum import StrEnum

from satu.cards.errors import Refusal as CardRefusal


class Refusal(StrEnum):
    """An expected refusal; nothing was changed. The value is the stable code."""

    BANK_IS_OUT = "bank_is_out"
    FEE_TOO_HIGH = "fee_too_high"
    LIMITS_INVALID = "limits_invalid"
    AGENT_TAKEN = "agent_taken"
    AGENT_UNKNOWN = "agent_unknown"
    AGENT_CLOSED = "agent_closed"
    AGENT_LIMIT_PASSED = "agent_limit_passed"
    AGENT_DAY_LIMIT_PASSED = "agent_day_limit_passed"
    AGENT_FLOAT_INSUFFICIENT = "agent_float_insufficient"
    BANK_IS_THE_SAME = "bank_is_the_same"
    MONEY_IS_HELD = "money_is_held"
    MORE_THAN_IS_OWED = "more_than_is_owed"
    ORDER_UNKNOWN = "order_unknown"


Refused = Refusal | CardRefusal
