"""What venues remember of a card's day. Pure."""

from __future__ import annotations

import msgspec

from satu.kernel.refusal import UseClass


class Visit(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One stay inside a venue. `id` is its first tap; `venue` is the fare network it is in."""

    id: int
    venue: str
    point_in: int
    point_out: int
    started_ms: int
    ended_ms: int
    use_class: UseClass
    riders: int = 1


class Day(msgspec.Struct, frozen=True, array_like=True):
    """A day of visits, in order; one of each venue may be open. Nothing goes on to the next day.

    `asides` are touches that are no visits, and cost nothing: the same one twice.
    """

    visits: tuple[Visit, ...] = ()
    is_closed: bool = False
    asides: tuple[Visit, ...] = ()

    def inside(self, venue: str) -> Visit | None:
        """The visit of a venue that has not ended, if there is one: who is inside now."""
        for visit in reversed(self.visits):
            if visit.venue == venue:
                return visit if visit.use_class is UseClass.OPEN else None
        return None

    def changed(self, visit: Visit, to: Visit) -> Day:
        """The day with one visit as it now stands."""
        visits = tuple(to if one is visit else one for one in self.visits)
        return Day(visits, self.is_closed, self.asides)
