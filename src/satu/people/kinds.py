"""Words of this domain: how sure we are of a person, who may look, on which legal basis. Pure."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Assurance(IntEnum):
    """How far it is proved who a resident is. Stored; never renumber."""

    ANONYMOUS = 0  # nothing is proved
    PHONE = 1  # holds the phone
    REGISTER = 2  # NIK, name and birth date match the civil register
    IN_PERSON = 3  # seen with the identity card


class Basis(StrEnum):
    """Why the law lets a person's data be used (UU 27/2022, article 20)."""

    CONSENT = "consent"  # only where it can be refused freely
    CONTRACT = "contract"
    LEGAL_DUTY = "legal_duty"
    PUBLIC_TASK = "public_task"


class Role(StrEnum):
    """What somebody acts as. The first three are nobody's job; the others are given to staff."""

    RESIDENT = "resident"  # for themselves
    GUARDIAN = "guardian"  # for another
    SYSTEM = "system"  # Satu's own programs: jobs, and commands of those who run it
    DESK = "desk"
    BENEFITS = "benefits"
    PRIVACY = "privacy"
    TECHNICIAN = "technician"  # readers and programs
    OPERATOR = "operator"  # sees what one operator earns
    BANK = "bank"  # sees what one issuer holds and owes
    TREASURER = "treasurer"  # the city's; decides on banks' deposits, never alone
    AUDITOR = "auditor"  # reads everything that names nobody
    ADMINISTRATOR = "administrator"  # staff, tariffs, reference data; moves no money


STAFF_ROLES = frozenset(Role) - {Role.RESIDENT, Role.GUARDIAN, Role.SYSTEM}
# Who may be named by a purpose; the other roles never open a profile.
ROLES_WITH_ACCESS = frozenset(Role) - {
    Role.TECHNICIAN,
    Role.OPERATOR,
    Role.BANK,
    Role.TREASURER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
}


class GuardianKind(StrEnum):
    PARENT = "parent"  # of a child; ends with childhood
    CARER = "carer"  # of an adult; sees trips only with that adult's consent


class Scope(StrEnum):
    """What a guardian may do for another."""

    PROFILE = "profile"
    CARD = "card"  # report lost, replace
    MONEY = "money"  # top up, set limits
    TRIPS = "trips"  # see where the other went


class Kept(StrEnum):
    """What is kept for a time that the city's register tells, and then forgotten, if it is not of
    AT_LEAST."""

    TRIPS = "trips"  # who went where; satu.taps unlinks
    CONSENTS = "consents"  # after they were withdrawn
    CHECKS = "checks"  # verdicts of the civil register
    GUARDIANS = "guardians"  # after they ended
    MESSAGES = "messages"  # what was sent to whom; satu.messages forgets
    CASES = "cases"  # what people wrote in them, after they were closed; satu.cases forgets
    MONEY = "money"  # postings, and what they were made of
    TRAIL = "trail"  # who did what, and who looked at whom


# The law wants these kept at least so long. Nothing removes them, then or later.
AT_LEAST = frozenset({Kept.MONEY, Kept.TRAIL})


# Purposes that rules here speak of: every city's register has them, on these bases.
IDENTITY_CHECK = "identity_check"
GUARDIANSHIP = "guardianship"
CARERS_TRIPS = "carers_trips"  # an adult lets a carer see trips
OWN_DATA = "own_data"
CUSTOMER_SERVICE = "customer_service"  # where cases are kept
MESSAGES = "messages"  # where residents are written to
