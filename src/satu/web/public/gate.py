"""The gate's screen for a touch: its colour, fare, balance, and at most five words."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from satu.kernel.refusal import Outcome, UseClass
from satu.web.design.formats import money
from satu.web.public.played import Result
from satu.web.said import language, say
from satu.wire.words import HELP, MEANINGS, OUTCOMES

ACCEPTED, LOW, REFUSED = "accepted", "low", "refused"


class Screen(NamedTuple):
    """What a screen shows; `state` decides colour and sound. `advice` stands beside the gate."""

    state: str
    figure: str
    rest: str
    words: str
    advice: str = ""

    @property
    def sign(self) -> str:
        return "✕" if self.state == REFUSED else "✓"


def screen_of(result: Result, asset: str) -> Screen:
    """The screen after a touch was decided; a result of a touch has an answer."""
    answer = result.answer
    assert answer is not None
    if not answer.outcome.accepted:
        return _refused(result, asset)
    left = _("Left: %(amount)s") % {"amount": _money(result.balance, asset)}
    words = say(MEANINGS[answer.meaning])
    is_open = result.use is not None and result.use.use_class is UseClass.OPEN
    waits = is_open and answer.charge == 0 and answer.full_fare == 0
    if waits and result.use is not None and result.use.held:
        return Screen(ACCEPTED, _("Go in"), left, _("Pay when you go out"))
    if _is_low(result):
        return Screen(LOW, _money(answer.charge, asset), left, _("Top up soon"))
    if answer.charge < 0:
        back = _("+%(amount)s") % {"amount": _money(-answer.charge, asset)}
        return Screen(ACCEPTED, back, left, words)
    return Screen(ACCEPTED, _money(answer.charge, asset), left, words)


def _is_low(result: Result) -> bool:
    """Whether the card could not go in here again."""
    least = max(result.needed, result.answer.full_fare if result.answer else 0)
    return result.balance < least


def _refused(result: Result, asset: str) -> Screen:
    answer = result.answer
    assert answer is not None
    advice = say(HELP[answer.outcome])
    figure = say(OUTCOMES[answer.outcome])
    if answer.outcome is not Outcome.BALANCE_INSUFFICIENT:
        return Screen(REFUSED, figure, "", _("Ask the staff here"), advice)
    short = _("Short by %(amount)s") % {"amount": _money(result.short, asset)}
    return Screen(REFUSED, figure, short, _("Top up at the counter"), advice)


def _money(amount: int, asset: str) -> str:
    return money(amount, asset, language())
