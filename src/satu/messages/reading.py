"""How far something was read for messages, by instant or by number: for the jobs that read on."""

from __future__ import annotations

from datetime import datetime

from satu.messages import models


def read_on(*, what: str, at: datetime) -> datetime | None:
    """Up to where `what` was read before; from now on that is `at`. None: never, so begin here.

    Call it first in the transaction of the reading: of two that read the same, one waits.
    """
    position, is_new = models.Position.objects.select_for_update().get_or_create(
        what=what, defaults={"at": at}
    )
    before = None if is_new else position.at
    if before is not None and at > before:
        models.Position.objects.filter(what=what).update(at=at)
    return before


def read_up_to(*, what: str, number: int) -> int | None:
    """The same by number: up to which `what` was read before; from now on that is `number`."""
    position, is_new = models.Position.objects.select_for_update().get_or_create(
        what=what, defaults={"number": number}
    )
    before = None if is_new else position.number
    if before is not None and number > before:
        models.Position.objects.filter(what=what).update(number=number)
    return before
