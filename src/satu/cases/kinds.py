"""The words of cases and what a city says of them: kinds, clocks, teams, answers. Pure."""

from __future__ import annotations

from datetime import date, time
from enum import IntEnum, StrEnum
from string import Formatter
from typing import Annotated, NamedTuple

import msgspec

# Kinds that programs open, and the answers that they give; a city that has cases has these.
REFUND = "refund"
LOST_CARD = "lost_card"
COMPLAINT = "complaint"
DATA_QUESTION = "data_question"
REQUIRED_KINDS = frozenset({REFUND, LOST_CARD, COMPLAINT, DATA_QUESTION})
REPAIR_APPROVED = "repair_approved"
REPAIR_REJECTED = "repair_rejected"
REPAIR_WITHDRAWN = "repair_withdrawn"
REQUIRED_ANSWERS = frozenset({REPAIR_APPROVED, REPAIR_REJECTED, REPAIR_WITHDRAWN})

# What a case about a ride or its repair names, before the number.
RIDE, REPAIR = "use:", "repair:"

# What an answer's text may have a place for. `case` and `card` are known; staff fill in the others.
AMOUNT, DATE, DAYS = "amount", "date", "days"
FILLED_IN = frozenset({AMOUNT, DATE, DAYS})
KNOWN = frozenset({"case", "card"})


class Channel(StrEnum):
    """How a case came in."""

    PAGE = "page"
    PHONE = "phone"
    MESSAGE = "message"
    COUNTER = "counter"


class State(IntEnum):
    """Where a case stands. Stored; never renumber."""

    NEW = 0  # nobody has it
    TAKEN = 1  # somebody works on it
    WAITING = 2  # for the one who asked; its clock stands
    ANSWERED = 3
    CLOSED = 4


class What(StrEnum):
    """A step in a case's story."""

    OPENED = "opened"
    TAKEN = "taken"
    HANDED_OVER = "handed_over"
    NOTED = "noted"
    ASKED = "asked"
    REPLIED = "replied"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"
    ESCALATED = "escalated"


class Outcome(StrEnum):
    """What an answer says in one word, for counts."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    INFORMED = "informed"


class Unit(StrEnum):
    """What a clock counts: hours of the wall, or those in which the city works."""

    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"


Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Filled = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class Team(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who works on cases. `role` is the role of staff that sees its queue."""

    code: Code
    role: Code
    id: Filled
    en: Filled


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of case: answered within so much time; then the next of `teams` has it, with a clock
    of its own."""

    code: Code
    within: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    unit: Unit
    teams: Annotated[list[Code], msgspec.Meta(min_length=1)]
    id: Filled
    en: Filled


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text that cases of some kinds are answered with."""

    code: Code
    kinds: Annotated[list[Code], msgspec.Meta(min_length=1)]
    outcome: Outcome
    id: Filled
    en: Filled

    def fields(self) -> frozenset[str]:
        """The places in its text."""
        return fields_of(self.id)


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the city works: weekdays (Monday is 0), from and until, and the days it does not."""

    days: Annotated[list[Annotated[int, msgspec.Meta(ge=0, le=6)]], msgspec.Meta(min_length=1)]
    begins: time
    ends: time
    closed: list[date] = []


class CityCases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a city says of cases. Who was answered can open the case again for some days."""

    hours: Hours
    teams: list[Team]
    kinds: list[Kind]
    answers: list[Answer]
    reopen_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 14

    def kind(self, code: str) -> Kind | None:
        return next((one for one in self.kinds if one.code == code), None)

    def team(self, code: str) -> Team | None:
        return next((one for one in self.teams if one.code == code), None)

    def answer(self, code: str) -> Answer | None:
        return next((one for one in self.answers if one.code == code), None)


class Filling(NamedTuple):
    """What staff fill into an answer's text; amounts in the smallest unit of the currency."""

    amount: int | None = None
    date: date | None = None
    days: int | None = None

    def given(self) -> frozenset[str]:
        return frozenset(name for name in self._fields if getattr(self, name) is not None)


def fields_of(text: str) -> frozenset[str]:
    """The places in a text; ValueError if its braces cannot be read."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
