"""Sends what waits in the outbox. A job runs it each minute.

A message is leased before its resident is opened, and an address is held only while it is sent: a
crash in between sends again after the lease, so a message comes at least once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from satu.messages import models, queries, rules
from satu.messages.addresses import Address, open_address
from satu.messages.kinds import OPTIONAL, Channel, Kind, State, Why
from satu.messages.ports import NotDelivered, Outgoing, Port
from satu.messages.words import render

ACTOR = "job:messages"
LEASE = timedelta(minutes=5)


def deliver_due(*, ports: Mapping[Channel, Port], at: datetime) -> int:
    """Send every message whose time has come; how many went out. Safe beside another of itself."""
    sent = 0
    while message := _lease(at):
        sent += _deliver(message, ports, at)
    return sent


def _lease(at: datetime) -> models.Message | None:
    """Take the message that waits longest; one a time, so that no other is held up if it fails."""
    with transaction.atomic():
        due = models.Message.objects.filter(state=State.WAITING, next_at__lte=at)
        found = (
            due.order_by("next_at", "id").select_for_update(skip_locked=True, no_key=True).first()
        )
        if found is not None:
            found.tries += 1
            found.next_at = at + LEASE
            found.save(update_fields=["tries", "next_at"])
    return found


def _deliver(message: models.Message, ports: Mapping[Channel, Port], at: datetime) -> bool:
    kind, wishes = Kind(message.kind), queries.wishes_of(message.resident)
    city = queries.city_rules()
    why = rules.why_not(
        kind,
        made_at=message.made_at,
        sent_today=_sent_today(message.resident, kind, at),
        wishes=wishes,
        rules=city,
        at=at,
    )
    if why is None and message.tries > rules.MOST_TRIES:
        why = Why.NOT_DELIVERED  # it ends whoever tries to send it
    if why is not None:
        return _end(message, State.DROPPED, at, why=why)
    to = open_address(
        resident=message.resident,
        wished=wishes.channel,
        open_ways=ports,
        sort="M",
        number=message.id,
        actor=ACTOR,
        at=at,
    )
    if not isinstance(to, Address):
        return _end(message, State.DROPPED, at, why=to.value)
    text = render(kind, message.parameters, asset=city.asset, language=wishes.language)
    outgoing = Outgoing(to.value, text.subject, text.body, f"satu-{message.id}")
    try:
        ports[to.way].deliver(outgoing)
    except NotDelivered as failed:
        return _failed(message, to.way, failed, at)
    if not settings.PRODUCTION:  # no address is kept; a demo's outbox says as much as a page does
        message.sent_to = rules.masked(to.value)
        message.save(update_fields=["sent_to"])
    return _end(message, State.SENT, at, way=to.way)


def _sent_today(resident: int, kind: Kind, at: datetime) -> int:
    """How many messages of a sort, optional or not, went to a resident in the last day."""
    sent = models.Message.objects.filter(
        resident=resident, made_at__gt=at - rules.DAY - LEASE, state=State.SENT
    ).filter(ended_at__gt=at - rules.DAY)
    optional = Q(kind__in=[one.value for one in OPTIONAL])
    return sent.filter(optional if kind in OPTIONAL else ~optional).count()


def _failed(message: models.Message, way: Channel, failed: NotDelivered, at: datetime) -> bool:
    again = None if failed.is_final else rules.next_try(message.tries, at)
    if again is None:
        why = Why.ADDRESS_REFUSED if failed.is_final else Why.NOT_DELIVERED
        return _end(message, State.DROPPED, at, why=why, way=way)
    models.Message.objects.filter(id=message.id).update(next_at=again, channel=way.value)
    return False


def _end(
    message: models.Message,
    state: State,
    at: datetime,
    *,
    why: str = "",
    way: Channel | None = None,
) -> bool:
    """A message is over; whether it was sent."""
    values: dict[str, object] = {"state": state, "why": why, "next_at": None, "ended_at": at}
    if way is not None:
        values["channel"] = way.value
    models.Message.objects.filter(id=message.id, state=State.WAITING).update(**values)
    return state is State.SENT
