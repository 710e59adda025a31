"""What is read of journeys and their repairs on Django's side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.kernel.ids import tap_posting_key
from satu.kernel.refusal import UseClass
from satu.ledger.kinds import PostingKind
from satu.taps import models
from satu.taps.repair_rules import RepairState

# A card's uses are found by its days' taps: uses have no index of their own by card.
JOURNEYS = """
select u.id, u.service_day, u.use_class, i.code, o.code, r.code, u.started_at, u.ended_at,
       u.full_fare, u.fare
  from taps_card_day d
 cross join lateral unnest(d.taps) as t (id)
  join taps_use u on u.id = t.id
  left join taps_point i on i.id = u.point_in
  left join taps_point o on o.id = u.point_out
  left join taps_route r on r.id = u.route
 where d.card = %s and d.service_day between %s and %s and u.use_class <> %s
 order by u.started_at, u.id
"""
# Keys of postings begin with the tap that caused them, so a tap's lie side by side in the index.
PAID = """
select distinct on (a.party) a.party, p.key
  from unnest(%s::uuid[], %s::uuid[]) as u (first, last)
 cross join lateral (select * from ledger_posting x
                      where x.key between u.first and u.last offset 0) p
  join ledger_account a on a.id = p.credit and a.party > 0
 where p.use = %s and p.kind = any(%s) order by a.party, p.serial desc
"""
TAPPED_SINCE = """
select distinct r.id
  from taps_repair r
  join taps_card_day d
    on d.card = r.card and d.service_day between r.service_day - 1 and r.service_day + 1
 cross join lateral unnest(d.taps) as n (id)
  join taps_tap t on t.id = n.id and t.received_at > r.decided_at and t.id <> r.tap
 where r.state = %s and r.said_at > %s
"""


class Journey(NamedTuple):
    """A use as it is stored; points and route by their codes."""

    id: int
    service_day: date
    use_class: UseClass
    point_in: str | None
    point_out: str | None
    route: str | None
    started_at: datetime
    ended_at: datetime | None
    full_fare: int
    fare: int


class StoredUse(NamedTuple):
    """When a use was and how complete it is."""

    service_day: date
    use_class: UseClass


def look_at_journeys(
    *, card: int, first: date, last: date, purpose: str, actor: str, at: datetime
) -> list[Journey]:
    """A card's uses of some service days, for somebody who says why they look; that is kept."""
    assert purpose, "who looks says why"
    detail: Detail = {"first": first.isoformat(), "last": last.isoformat(), "purpose": purpose}
    with transaction.atomic():
        subject = Subject("card", card)
        record(subject=subject, action="card.journeys_looked_at", actor=actor, at=at, detail=detail)
        return journeys_of(card, first, last)


def look_at_evidence(
    *, repair: int, purpose: str, case: str, actor: str, at: datetime
) -> dict[str, Any] | None:
    """What was known when a missing tap was told, for somebody who says why they look; None: no
    such request. That they looked is kept with the card, which it tells the places of."""
    assert purpose, "who looks says why"
    with transaction.atomic():
        found = models.Repair.objects.filter(id=repair).first()
        if found is None:
            return None
        subject, detail = Subject("card", found.card), {"purpose": purpose, "case": case}
        record(subject=subject, action="card.journeys_looked_at", actor=actor, at=at, detail=detail)
        return dict(found.evidence)


def journeys_of(card: int, first: date, last: date) -> list[Journey]:
    """A card's uses of some service days, both included, in order. For the card's own holder."""
    with connection.cursor() as cursor:
        cursor.execute(JOURNEYS, [card, first, last, int(UseClass.VOID)])
        rows = cursor.fetchall()
    return [Journey._make((*row[:2], UseClass(row[2]), *row[3:])) for row in rows]


def repairs(
    *, card: int | None = None, state: RepairState | None = None, limit: int = 200
) -> list[models.Repair]:
    """Requests with their points, newest first; those that wait for staff: state ASKED."""
    found = models.Repair.objects.select_related("point").order_by("-id")
    if card is not None:
        found = found.filter(card=card)
    if state is not None:
        found = found.filter(state=state)
    return list(found[:limit])


def waiting_for_staff() -> list[models.Repair]:
    """The requests that no rule could decide, oldest first."""
    found = models.Repair.objects.filter(state=RepairState.ASKED).exclude(waits_for="")
    return list(found.order_by("asked_at", "id"))


def repairs_in(numbers: Iterable[int]) -> list[models.Repair]:
    """The requests of some numbers, in order."""
    return list(models.Repair.objects.filter(id__in=list(numbers)).order_by("id"))


def use_of(card: int, use: int) -> StoredUse | None:
    """A use of a card; None: it has no such use."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select service_day, use_class from taps_use"
            " where id = %s and card = %s and use_class <> %s",
            [use, card, int(UseClass.VOID)],
        )
        row = cursor.fetchone()
    return StoredUse(row[0], UseClass(row[1])) if row else None


def not_folded(asked: Iterable[models.Repair]) -> list[models.Repair]:
    """Of repairs those whose told taps are in no day of the card."""
    told = list(asked)
    with connection.cursor() as cursor:
        taps = [repair.tap for repair in told]
        cursor.execute("select id from taps_tap where id = any(%s)", [taps])
        stored = {tap for (tap,) in cursor.fetchall()}
    return [repair for repair in told if repair.tap not in stored]


def tapped_since(said_since: datetime) -> list[models.Repair]:
    """Approved repairs on whose days other taps came in after the decision."""
    with connection.cursor() as cursor:
        cursor.execute(TAPPED_SINCE, [int(RepairState.APPROVED), said_since])
        names = [name for (name,) in cursor.fetchall()]
    return list(models.Repair.objects.filter(id__in=names).order_by("id"))


def postings_of(use: int, causes: Iterable[int]) -> dict[int, UUID]:
    """The newest posting that paid each operator for a use; `causes` are taps of its days."""
    taps = sorted(causes)
    first = [tap_posting_key(tap, 0, 0) for tap in taps]
    last = [tap_posting_key(tap + 1, 0, 0) for tap in taps]
    paid = [int(PostingKind.FARE), int(PostingKind.SHORTFALL)]
    with connection.cursor() as cursor:
        cursor.execute(PAID, [first, last, use, paid])
        return dict(cursor.fetchall())
