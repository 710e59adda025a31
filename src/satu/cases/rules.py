"""States and clocks of cases. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from satu.cases.kinds import Hours, Kind, State, Unit, What

NEXT_DAY = timedelta(days=1)
NOTHING = timedelta()
TEXT_LENGTH = 4_000

# From which states a step can be taken, and where it leads; None: it stays where it is.
STEPS: dict[What, tuple[frozenset[State], State | None]] = {
    What.TAKEN: (frozenset({State.NEW, State.TAKEN}), State.TAKEN),
    What.HANDED_OVER: (frozenset({State.NEW, State.TAKEN}), State.NEW),
    What.NOTED: (frozenset(State), None),
    What.ASKED: (frozenset({State.NEW, State.TAKEN}), State.WAITING),
    What.REPLIED: (frozenset({State.NEW, State.TAKEN, State.WAITING}), None),
    What.ANSWERED: (frozenset({State.NEW, State.TAKEN, State.WAITING}), State.ANSWERED),
    What.REOPENED: (frozenset({State.ANSWERED}), State.NEW),
    What.CLOSED: (frozenset({State.ANSWERED}), State.CLOSED),
    What.ESCALATED: (frozenset({State.NEW, State.TAKEN}), State.NEW),
}
RUNNING = frozenset({State.NEW, State.TAKEN})  # their clocks run
OPEN = RUNNING | {State.WAITING}


class Clock(NamedTuple):
    """How time is counted for cases: the city's hours and its zone."""

    hours: Hours
    zone: ZoneInfo

    def later(self, at: datetime, amount: timedelta) -> datetime:
        """The instant at which so much working time has passed after another."""
        left = amount
        for begins, ends in self._spans(at):
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        raise AssertionError("the city never works again")

    def between(self, begins: datetime, ends: datetime) -> timedelta:
        """The working time between two instants; nothing if the second is not the later."""
        passed = NOTHING
        for first, last in self._spans(begins):
            if first >= ends:
                break
            passed += min(last, ends) - first
        return passed

    def due(self, kind: Kind, at: datetime) -> datetime:
        """By when a case of a kind is answered whose clock begins now.

        A working day is as long as the city works in one: five of them from Monday at 10 end on
        the next Monday at 10, if no holiday is between.
        """
        if kind.unit is Unit.HOURS:
            return at + timedelta(hours=kind.within)
        unit = timedelta(hours=1) if kind.unit is Unit.WORKING_HOURS else self._length()
        return self.later(at, kind.within * unit)

    def left(self, kind: Kind, at: datetime, due_at: datetime) -> timedelta:
        """How much of a clock is left: of the time that it counts."""
        if kind.unit is Unit.HOURS:
            return max(NOTHING, due_at - at)
        return self.between(at, due_at)

    def go_on(self, kind: Kind, at: datetime, left: timedelta) -> datetime:
        """By when a case is answered whose clock stood and has so much left."""
        return at + left if kind.unit is Unit.HOURS else self.later(at, left)

    def _length(self) -> timedelta:
        hours = self.hours
        on = date(2000, 1, 1)
        return datetime.combine(on, hours.ends) - datetime.combine(on, hours.begins)

    def _spans(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The times in which the city works, from an instant on."""
        day = at.astimezone(self.zone).date()
        closed = frozenset(self.hours.closed)
        while True:
            if day.weekday() in self.hours.days and day not in closed:
                begins = datetime.combine(day, self.hours.begins, self.zone)
                ends = datetime.combine(day, self.hours.ends, self.zone)
                if ends > at:
                    # Instants are reckoned in UTC: a zone's own arithmetic forgets its shifts.
                    yield max(begins, at).astimezone(at.tzinfo), ends.astimezone(at.tzinfo)
            day += NEXT_DAY


def may(what: What, state: State) -> bool:
    """Whether a case in a state can take a step."""
    return state in STEPS[what][0]


def after(what: What, state: State) -> State:
    """The state that a step leads to."""
    leads_to = STEPS[what][1]
    return state if leads_to is None else leads_to


def next_team(kind: Kind, step: int) -> str | None:
    """Who has a case after its clock ran out the `step`-th time (from 1); None: nobody is left."""
    return kind.teams[step] if step < len(kind.teams) else None


def is_overdue(state: State, due_at: datetime | None, at: datetime) -> bool:
    """Whether a clock that runs has run out, or ran out with the last team."""
    return state in RUNNING and (due_at is None or due_at <= at)
