"""Tells a bank that a top-up it asked for (service 38) is booked, if it wants to be told.

Whoever did not hear the answer to its call learns of it without asking (service 39). A notice moves
no money: one that is told twice, or never, changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from satu.formats.snap import outgoing
from satu.formats.snap.fields import write_timestamp
from satu.formats.snap.outgoing import Booked, ClientProfile, Outcome, Told, Wanted
from satu.partners import due
from satu.partners.client import NoAnswer, NotSent, SnapClient
from satu.partners.models import Bank, Notice, Partner

AT_ONCE = 100
GIVEN_UP = timedelta(days=1)


def note(
    partner: Partner, *, reference: str, posting: UUID, amount: int, currency: str, at: datetime
) -> None:
    """Let a bank be told of a top-up, in the transaction that booked it; once for each posting."""
    bank = Bank.objects.filter(partner=partner).first()
    if bank is None or not msgspec.convert(bank.profile, ClientProfile).notices:
        return
    values = {"amount": amount, "currency": currency, "made_at": at, "next_at": at}
    named = {"partner": partner, "reference": reference}
    Notice.objects.get_or_create(posting=posting, defaults={**named, **values})


def not_taken() -> list[Notice]:
    """What banks are yet to be told, or did not take within a day; oldest first."""
    return list(Notice.objects.select_related("partner").order_by("id"))


def go_on(bank: Bank, client: SnapClient, at: datetime) -> int:
    """Tell a bank what it is to be told now; how much it took."""
    notices = due.taken(bank, Notice.objects.all(), at, most=AT_ONCE)
    return sum(_tell(bank, notice, client, at) for notice in notices)


def _tell(bank: Bank, notice: Notice, client: SnapClient, at: datetime) -> bool:
    zone = ZoneInfo(settings.TIME_ZONE)
    booked = Booked(
        notice.reference,
        notice.posting.hex,
        bank.sends_as,
        notice.amount,
        notice.currency,
        write_timestamp(notice.made_at, zone),
    )
    # Another name at each try: an answer that a bank keeps of the first would be no answer.
    external_id = f"{at.astimezone(zone):%Y%m%d}-N{notice.pk}-{notice.attempts}"
    body = outgoing.notice_body(booked)
    # Past the breaker: a bank that takes no notices is not out, and its top-ups go on.
    try:
        told = outgoing.read_notice(*client.call(Wanted.NOTICE, body, external_id, at))
    except (NotSent, NoAnswer) as error:
        told = Told(Outcome.UNKNOWN, str(error)[:60])
    if told.outcome is Outcome.DONE:
        notice.delete()
        return True
    notice.response_code = told.code
    is_given_up = at - notice.made_at >= GIVEN_UP
    notice.next_at = None if is_given_up else at + due.pause(notice.attempts)
    notice.save(update_fields=["response_code", "next_at"])
    return False
