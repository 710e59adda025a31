"""Rules on people. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from satu.formats.identifiers.fault import Fault
from satu.formats.identifiers.nik import Nik, read_nik
from satu.formats.identifiers.phone import Phone, read_phone
from satu.people.errors import Refusal
from satu.people.kinds import ROLES_WITH_ACCESS, STAFF_ROLES, Assurance, Basis, Role
from satu.people.profile import NewResident, Profile

ADULT_YEARS = 18  # UU 35/2014 on the protection of children, article 1
NAME_LENGTH = 120
AREA = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,19}")
# A case names a ticket, a letter or a call. It has no blanks: nobody's story fits in.
CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]{0,39}")
ACTS_FOR = re.compile(r"(operator|issuer):[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
EMAIL_LENGTH = 254  # RFC 5321
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
# A ticket has letters and few digits; these would be a NIK or a phone in the audit trail.
PERSONAL_NUMBER = re.compile(r"[0-9]{9,}")


def refuse_resident(new: NewResident, on: date) -> Refusal | None:
    """Why a person cannot be registered so on a day; None: they can."""
    if new.area and not AREA.fullmatch(new.area):
        return Refusal.AREA_INVALID
    if new.profile is None:
        return Refusal.EVIDENCE_LACKING if new.level else None
    return refuse_profile(new.profile, on) or _refuse_level(new.level, new.profile)


def refuse_profile(profile: Profile, on: date) -> Refusal | None:
    """Why this cannot be a person's profile on a day: NIK and phone are written the normal way."""
    name = profile.name
    if not name.strip() or len(name) > NAME_LENGTH or not name.isprintable():
        return Refusal.NAME_INVALID
    if profile.nik and not _is(read_nik(profile.nik, on=on), profile.nik):
        return Refusal.NIK_INVALID
    if profile.phone and not _is(read_phone(profile.phone), profile.phone):
        return Refusal.PHONE_INVALID
    email = profile.email
    if email and not (len(email) <= EMAIL_LENGTH and EMAIL.fullmatch(email)):
        return Refusal.EMAIL_INVALID
    return None


def _is(read: Nik | Phone | Fault, text: str) -> bool:
    return not isinstance(read, Fault) and read.text == text


def _refuse_level(level: Assurance, profile: Profile) -> Refusal | None:
    proved = {
        Assurance.ANONYMOUS: True,
        Assurance.PHONE: bool(profile.phone),
        Assurance.REGISTER: False,  # only the register's own verdict proves it
        Assurance.IN_PERSON: bool(profile.nik),
    }
    return None if proved[level] else Refusal.EVIDENCE_LACKING


def refuse_case(case: str, role: Role) -> Refusal | None:
    """A case is a ticket's code; staff have one, others need none."""
    fits = CASE.fullmatch(case) and not PERSONAL_NUMBER.search(case) if case else True
    has_one = bool(case) or role not in STAFF_ROLES
    return None if fits and has_one else Refusal.CASE_INVALID


def refuse_role(role: Role, allowed: Collection[str]) -> Refusal | None:
    """Whether a role may open profiles for a purpose that allows some roles."""
    may = role in ROLES_WITH_ACCESS and role.value in allowed
    return None if may else Refusal.ROLE_WITHOUT_ACCESS


def roles_of_party(acts_for: str) -> frozenset[Role]:
    """The roles that staff of an organisation can have, by whom it acts for.

    Who works for one operator or issuer sees that one alone; the city's own staff see all.
    """
    party = {"operator": Role.OPERATOR, "issuer": Role.BANK}
    kind = acts_for.partition(":")[0]
    return frozenset({party[kind]}) if kind else STAFF_ROLES - set(party.values())


def needs_consent(basis: str, role: Role) -> bool:
    """A person needs no consent of their own to see themselves."""
    return basis == Basis.CONSENT and role is not Role.RESIDENT


def adult_from(born: date) -> date:
    """The day a person comes of age; who was born on 29 February does on 1 March."""
    try:
        return born.replace(year=born.year + ADULT_YEARS)
    except ValueError:
        return date(born.year + ADULT_YEARS, 3, 1)


def parent_until(born: date, wanted: date | None) -> date:
    """The last day of a parent's guardianship.

    It ends with the month before the child comes of age, so that no birthday is kept in clear.
    """
    last = date.fromordinal(adult_from(born).replace(day=1).toordinal() - 1)
    return min(last, wanted) if wanted else last


def plain_email(email: str) -> str:
    """The spelling by which an e-mail address is found: case aside."""
    return email.strip().casefold()


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: case, dots and blanks aside."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(name.replace(".", " ").casefold().split())
