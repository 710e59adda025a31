"""Who has a card and who is still without, by kelurahan: exact for staff, without small cells
for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from satu.cards.kinds import CardState
from satu.ledger.actions import raw_connection

LEAST_CELL = 10  # fewer people than that are somebody: no public count names them

# Kelurahan that nobody lives in as yet are told too; so are codes that no area has.
COVERAGE = """
with counted as (
    select l.area as code, count(*) as residents, count(o.owner) as with_card
      from people_living l
      left join (select distinct owner from cards_card
                  where owner is not null and state = %(active)s
                    and (expires_on is null or expires_on > %(on)s)) o on o.owner = l.id
     group by l.area
), leaf as (
    select a.code, a.name,
           coalesce((select b.name from people_area b
                      where b.code = regexp_replace(a.code, '[.][^.]*$', '')
                        and b.code <> a.code), '') as within
      from people_area a
     where not exists (select from people_area c
                        where c.code like a.code || '.%%')
)
select coalesce(l.code, c.code), coalesce(l.name, ''), coalesce(l.within, ''),
       coalesce(c.residents, 0), coalesce(c.with_card, 0)
  from leaf l full join counted c using (code)
 order by 1
"""


class Covered(NamedTuple):
    """A kelurahan: its residents that are registered, and those with a card that opens doors.

    `area` "": where they live was not told; `name` "": the city's data has no such code.
    """

    area: str
    name: str
    within: str
    residents: int
    with_card: int

    @property
    def without(self) -> int:
        return self.residents - self.with_card


class PublicCover(NamedTuple):
    """A kelurahan as everybody may see it; None: too few, or it would tell another's few."""

    area: str
    name: str
    within: str
    residents: int | None
    with_card: int | None
    without: int | None


def coverage(on: date) -> list[Covered]:
    """By kelurahan how many residents have a card that opens doors on a day; for staff."""
    asked = {"active": CardState.ACTIVE.value, "on": on}
    return [Covered(*row) for row in raw_connection().execute(COVERAGE, asked)]


def public_coverage(found: Sequence[Covered]) -> list[PublicCover]:
    """The same without small cells. Pure.

    A kelurahan is left out whole where its residents with or without a card are 1 to 9. Is it the
    only one in its kecamatan, the next smallest there goes too: else the sum would tell it.
    """
    hidden = {one.area for one in found if _is_small(one)}
    for within in {one.within for one in found}:
        around = [one for one in found if one.within == within and one.residents]
        shown = [one for one in around if one.area not in hidden]
        if shown and len(around) - len(shown) == 1:
            hidden.add(min(shown, key=lambda one: (one.residents, one.area)).area)
    return [
        PublicCover(*one[:3], None, None, None)
        if one.area in hidden
        else PublicCover(*one, one.without)
        for one in found
    ]


def _is_small(one: Covered) -> bool:
    return any(0 < count < LEAST_CELL for count in (one.with_card, one.without))
