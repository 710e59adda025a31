"""What an alarm says and what to do about it, in the page's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from satu.insight.alarms import Kind
from satu.insight.live import LivePicture
from satu.insight.queries import AlarmRow
from satu.web.design.formats import count, percent

READERS_NAMED = 3
ORDER = {kind: place for place, kind in enumerate(Kind)}
BAD = frozenset({Kind.BOOKS_OPEN, Kind.PROOF_FAILED, Kind.BANK_OUT, Kind.OPERATOR_SILENT})


class Call(NamedTuple):
    """An alarm as it is shown. `device` and `point` lead to their pages (0: there is none)."""

    alarm: AlarmRow
    is_bad: bool
    title: str
    about: str
    advice: str
    device: int
    point: int


def calls(alarms: Sequence[AlarmRow], picture: LivePicture, language: str) -> list[Call]:
    """Alarms in words: those nobody has in hand first, the gravest first."""
    ordered = sorted(
        alarms,
        key=lambda one: (one.acknowledged_at is not None, ORDER[Kind(one.kind)], one.since, one.id),
    )
    return [_call(alarm, picture, language) for alarm in ordered]


def parted(told: list[Call]) -> tuple[list[Call], list[Call]]:
    """The calls but for silent readers that nobody has in hand, and those: they can be many."""
    silent = [
        call
        for call in told
        if call.alarm.kind == Kind.READER_SILENT and call.alarm.acknowledged_at is None
    ]
    return [call for call in told if call not in silent], silent


def _call(alarm: AlarmRow, picture: LivePicture, language: str) -> Call:
    kind = Kind(alarm.kind)
    title, about = _title(kind, alarm.detail, picture, language)
    device, point = (int(alarm.detail.get(name, 0)) for name in ("device", "point"))
    return Call(alarm, kind in BAD, title, about, _advice(kind), device, point)


def _title(
    kind: Kind, detail: dict[str, object], picture: LivePicture, language: str
) -> tuple[str, str]:
    def number(name: str) -> int:
        found = detail.get(name, 0)
        return int(found) if isinstance(found, int | float) else 0

    places = picture.places
    operator = places.operator_name(number("operator")) if places else ""
    match kind:
        case Kind.BOOKS_OPEN:
            book = picture.issuers.get(number("book")) or _("the scheme's book")
            return _("Books do not close"), f"{book} · {count(number('difference'), language)}"
        case Kind.PROOF_FAILED:
            rows = _("%(n)s rows at fault") % {"n": count(number("problems"), language)}
            return _("The last proof of the books failed"), f"{rows} · {detail.get('first', '')}"
        case Kind.BANK_OUT:
            tries = _("%(n)s calls without an answer") % {"n": count(number("failures"), language)}
            return _("A bank does not answer"), f"{detail.get('bank', '')} · {tries}"
        case Kind.OPERATOR_SILENT:
            told = {"n": count(number("taps"), language), "usual": count(number("usual"), language)}
            return (
                _("An operator fell silent"),
                f"{operator} · " + _("%(n)s taps in half an hour, usually %(usual)s") % told,
            )
        case Kind.REFUSALS_RISING:
            shares = {name: percent(_share(detail, name), language) for name in SHARES}
            told_shares = _("%(percent)s of taps refused, usually %(usual_percent)s") % shares
            return _("Refusals are rising"), f"{operator} · {told_shares}"
        case Kind.READER_SILENT:
            name = places.point_name(number("point")) if places else ""
            return _("A reader fell silent"), name or _("Unknown place")


SHARES = ("percent", "usual_percent")


def _share(detail: dict[str, object], name: str) -> float:
    found = detail.get(name, 0)
    return float(found) if isinstance(found, int | float) else 0.0


def _advice(kind: Kind) -> str:
    match kind:
        case Kind.BOOKS_OPEN | Kind.PROOF_FAILED:
            return _(
                "Call those who run Satu: a proof of the books names the rows. Pay nothing out"
                " until it is clear."
            )
        case Kind.BANK_OUT:
            return _("Only this bank's top-ups and payouts wait. Call the bank; rides go on.")
        case Kind.OPERATOR_SILENT:
            return _("Call the operator: network or power. Readers keep taps and send them later.")
        case Kind.REFUSALS_RISING:
            return _("Look at the reasons at its busiest stops; check the newest tariff and list.")
        case Kind.READER_SILENT:
            return _("Ask the place whether the reader is lit; send a technician if it is not.")
