"""What an action on people can refuse, in order of precedence: the first that applies is told."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """An expected refusal; nothing was changed. The value is the stable code."""

    PURPOSE_UNKNOWN = "purpose_unknown"
    CASE_INVALID = "case_invalid"
    ROLE_WITHOUT_ACCESS = "role_without_access"
    STAFF_UNKNOWN = "staff_unknown"
    STAFF_EXPIRED = "staff_expired"
    CONTRACTOR = "contractor"
    ROLE_NOT_HELD = "role_not_held"
    NOT_GUARDIAN = "not_guardian"
    NAME_INVALID = "name_invalid"
    NIK_INVALID = "nik_invalid"
    PHONE_INVALID = "phone_invalid"
    EMAIL_INVALID = "email_invalid"
    AREA_INVALID = "area_invalid"
    EVIDENCE_LACKING = "evidence_lacking"
    RESIDENT_UNKNOWN = "resident_unknown"
    RESIDENT_ERASED = "resident_erased"
    NIK_TAKEN = "nik_taken"
    CONSENT_LACKING = "consent_lacking"
    CONSENT_NOT_ASKED = "consent_not_asked"
    CONSENT_TEXT_OUTDATED = "consent_text_outdated"
    BIRTH_DATE_UNKNOWN = "birth_date_unknown"
    WARD_IS_ADULT = "ward_is_adult"
    DATES_INVALID = "dates_invalid"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    CODE_WRONG = "code_wrong"
    ACTS_FOR_INVALID = "acts_for_invalid"
    ORGANISATION_UNKNOWN = "organisation_unknown"
    PROFILE_CHANGED = "profile_changed"
    TEXT_UNKNOWN = "text_unknown"
    HAS_OPEN_CARDS = "has_open_cards"
