"""What a resident is shown of what is held on them, beside their profile. Nothing here unseals."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from satu.people import models
from satu.people.kinds import AT_LEAST, Basis, Kept
from satu.people.looks import BASES
from satu.people.queries import purposes
from satu.people.words import KEPT
from satu.wire.messages import Words


class PurposeShown(NamedTuple):
    """A purpose in force, and how a resident stands to it.

    `can_refuse`: it rests on consent, so a yes can be given or taken back. `agreed_at` None: no
    yes holds; `is_outdated`: the yes was to earlier words.
    """

    code: str
    basis: Words
    words: Words
    version: int
    can_refuse: bool
    agreed_at: datetime | None
    is_outdated: bool


class ConsentKept(NamedTuple):
    """A yes that was given, and until when it held."""

    purpose: str
    version: int
    given_at: datetime
    withdrawn_at: datetime | None


class CheckKept(NamedTuple):
    """A civil register's verdict."""

    register: str
    is_known: bool
    name_matches: bool
    birth_date_matches: bool
    at: datetime


class KeptFor(NamedTuple):
    """How long something is kept, and why; `is_least`: nothing removes it after that."""

    what: Words
    keep_days: int
    is_least: bool
    why: Words


def purposes_and_consents(resident: int) -> list[PurposeShown]:
    """Every purpose in force, with the resident's own yes where one is asked, by code."""
    given = {
        one.purpose_id: one
        for one in models.Consent.objects.filter(resident=resident, withdrawn_at=None)
    }
    shown = []
    for one in purposes():
        yes = given.get(one.code)
        words = Words(one.text_id, one.text_en)
        asks = one.basis == Basis.CONSENT
        agreed_at, older = (yes.given_at, yes.version < one.version) if yes else (None, False)
        basis = BASES[one.basis]
        shown.append(PurposeShown(one.code, basis, words, one.version, asks, agreed_at, older))
    return shown


def consents_kept(resident: int) -> list[ConsentKept]:
    """Every yes that a resident ever gave and that is still kept, oldest first."""
    found = models.Consent.objects.filter(resident=resident).order_by("given_at", "id")
    rows = found.values_list("purpose_id", "version", "given_at", "withdrawn_at")
    return [ConsentKept(*row) for row in rows]


def checks_kept(resident: int) -> list[CheckKept]:
    """The registers' verdicts on a resident, oldest first."""
    found = models.Check.objects.filter(resident=resident).order_by("at", "id")
    return [CheckKept(*row) for row in found.values_list(*CheckKept._fields)]


def kept_for() -> list[KeptFor]:
    """How long the city keeps what, in the order in which people read it."""
    rules = {rule.what: rule for rule in models.Retention.objects.all()}
    return [
        KeptFor(
            KEPT[what],
            rule.keep_days,
            what in AT_LEAST,
            Words(rule.why_id, rule.why_en),
        )
        for what in Kept
        if (rule := rules.get(what.value))
    ]


def code_until(resident: int) -> date | None:
    """The last day of the code that was printed for a resident; None: there is none."""
    found = models.PrintedCode.objects.filter(resident=resident)
    return found.values_list("until", flat=True).first()
