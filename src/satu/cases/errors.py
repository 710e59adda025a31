"""What an action on cases can refuse, in order of precedence: the first that applies is told."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """An expected refusal; nothing was changed. The value is the stable code."""

    CASES_NOT_LOADED = "cases_not_loaded"
    CASE_UNKNOWN = "case_unknown"
    KIND_UNKNOWN = "kind_unknown"
    RESIDENT_UNKNOWN = "resident_unknown"
    CARD_UNKNOWN = "card_unknown"
    TEAM_UNKNOWN = "team_unknown"
    NOT_THE_ASKER = "not_the_asker"
    STAFF_UNKNOWN = "staff_unknown"
    TEXT_MISSING = "text_missing"
    TEXT_TOO_LONG = "text_too_long"
    ANSWER_UNKNOWN = "answer_unknown"
    ANSWER_NOT_FILLED = "answer_not_filled"
    CASE_NOT_THERE = "case_not_there"
    REOPENED_TOO_LATE = "reopened_too_late"
