"""Reading the outbox, residents' wishes and the city's rules. No address is known here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max

from satu.messages import models
from satu.messages.kinds import Channel, Kind, Rules, State, Wishes
from satu.messages.words import Text, render

NO_RULES = Rules("IDR", None, 20)


class Shown(NamedTuple):
    """A message of the outbox as its reader would see it; `sent_to` is never told in production."""

    id: int
    resident: int
    kind: Kind
    text: Text
    made_at: datetime
    state: State
    why: str
    channel: str
    sent_to: str
    tries: int
    next_at: datetime | None
    ended_at: datetime | None


class Count(NamedTuple):
    """How many messages of a state are kept."""

    state: State
    messages: int


def city_rules() -> Rules:
    """The city's rules; before a city is loaded nobody is warned of a low balance."""
    found = models.CityRules.objects.filter(id=1).first()
    return Rules(found.asset, found.low_balance, found.most_a_day) if found else NO_RULES


def wishes_of(resident: int) -> Wishes:
    """What a resident wants; who never said gets everything, in Indonesian."""
    found = models.Wish.objects.filter(resident=resident).first()
    if found is None:
        return Wishes()
    off = frozenset(Kind(kind) for kind in found.off)
    channel = Channel(found.channel) if found.channel else None
    return Wishes(found.language, off, found.low_balance, channel)


def thresholds(residents: Iterable[int]) -> dict[int, int | None]:
    """Below what each of some residents is warned of a low balance; None: never."""
    wanted, usual = set(residents), city_rules().low_balance
    own = models.Wish.objects.filter(resident__in=wanted, low_balance__isnull=False)
    chosen = dict(own.values_list("resident", "low_balance"))
    return {resident: chosen.get(resident, usual) for resident in wanted}


def highest_threshold() -> int:
    """The highest balance below which anybody is warned; 0: nobody is."""
    highest = models.Wish.objects.aggregate(highest=Max("low_balance"))["highest"]
    return max(highest or 0, city_rules().low_balance or 0)


def outbox(
    *, resident: int | None = None, state: State | None = None, limit: int = 100
) -> list[Shown]:
    """The newest messages first, each in its reader's language."""
    found = models.Message.objects.order_by("-id")
    if resident is not None:
        found = found.filter(resident=resident)
    if state is not None:
        found = found.filter(state=state)
    rules = city_rules()
    rows = list(found[:limit])
    people = {row.resident for row in rows}
    languages = dict(
        models.Wish.objects.filter(resident__in=people).values_list("resident", "language")
    )
    return [_shown(row, rules.asset, languages.get(row.resident, "id")) for row in rows]


def _shown(row: models.Message, asset: str, language: str) -> Shown:
    kind = Kind(row.kind)
    return Shown(
        row.id,
        row.resident,
        kind,
        render(kind, row.parameters, asset=asset, language=language),
        row.made_at,
        State(row.state),
        row.why,
        row.channel,
        row.sent_to,
        row.tries,
        row.next_at,
        row.ended_at,
    )


def counts() -> list[Count]:
    """How many messages of each state are kept; a state of none is left out."""
    states = models.Message.objects.order_by("state").values_list("state", flat=True)
    return [
        Count(state, number)
        for state in State
        if (number := states.filter(state=state).count()) > 0
    ]
