"""What a door can answer: outcomes of a tap and the reasons to refuse one, in order of precedence.

An expected refusal is a value. The numbers are stored and sent; a number once used keeps its
meaning.
"""

from __future__ import annotations

from enum import IntEnum


class Outcome(IntEnum):
    """What became of a tap. Zero is acceptance; of several reasons the lowest number is told."""

    ACCEPTED = 0
    READER_REFUSED = 1
    CARD_UNKNOWN = 2
    CARD_BLOCKED = 3
    CARD_CLOSED = 4
    POINT_UNKNOWN = 5
    ROUTE_UNKNOWN = 6
    BALANCE_INSUFFICIENT = 7
    TAPS_TOO_MANY = 8
    PASSBACK = 9
    RIDERS_TOO_MANY = 10

    # Not folded and not answered as a ride: kept aside for people to look at.
    QUARANTINED_TIME_FUTURE = 20
    QUARANTINED_TIME_PAST = 21
    QUARANTINED_CARD_UNKNOWN = 22
    QUARANTINED_POINT_UNKNOWN = 23
    QUARANTINED_NAME_REUSED = 24
    QUARANTINED_ROUTE_UNKNOWN = 25
    QUARANTINED_TAPS_TOO_MANY = 26

    @property
    def code(self) -> str:
        """The stable lower-case name that programs compare: `balance_insufficient`."""
        return self.name.lower()

    @property
    def accepted(self) -> bool:
        return self is Outcome.ACCEPTED

    @property
    def quarantined(self) -> bool:
        return self >= Outcome.QUARANTINED_TIME_FUTURE


class Meaning(IntEnum):
    """What an admitted tap meant to its service."""

    NONE = 0
    ENTRY = 1
    EXIT = 2
    TRANSFER = 3
    SAME_STATION_EXIT = 4
    EXIT_WITHOUT_ENTRY = 5
    ENTRY_AFTER_MISSING_EXIT = 6
    VISIT_BEGUN = 7
    VISIT_ENDED = 8
    OVERTIME_EXIT = 9
    INTERCHANGE_ENTRY = 10
    GROUP_ENTRY = 11
    SAME_TOUCH = 12
    PASSBACK_ENTRY = 13
    GATE_CHANGE = 14
    ENTRY_AFTER_AUTOCOMPLETE = 15

    @property
    def code(self) -> str:
        return self.name.lower()


class UseClass(IntEnum):
    """How complete a use is. A group is no class of its own: it is any of them, with `riders` > 1.

    Priced as complete: COMPLETE; INTERCHANGE, the later one of two rides that a join rule makes
    one; AUTO_COMPLETED, whose exit is the card's habitual one. OVER_TIME ended after the longest
    journey, by the network's rule for it. PASSBACK (in again at the same station, without an
    exit) and DUPLICATE (the same touch twice) are recorded, cost nothing and are never rated.
    """

    OPEN = 0
    COMPLETE = 1
    MISSING_EXIT = 2
    MISSING_ENTRY = 3
    SAME_STATION = 4
    INTERCHANGE = 5
    OVER_TIME = 6
    PASSBACK = 7
    DUPLICATE = 8
    VOID = 9
    AUTO_COMPLETED = 10

    @property
    def code(self) -> str:
        return self.name.lower()


# Uses that are rides or visits; the others are kept as evidence and count as nothing.
REAL_CLASSES = tuple(
    one for one in UseClass if one not in (UseClass.PASSBACK, UseClass.DUPLICATE, UseClass.VOID)
)
# Ended as they should, both ends known: what a price by distance or by table can be asked for.
WHOLE_CLASSES = (
    UseClass.COMPLETE,
    UseClass.INTERCHANGE,
    UseClass.OVER_TIME,
    UseClass.AUTO_COMPLETED,
)
