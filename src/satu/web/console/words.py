"""The sentences that the control room's script fills in, in the page's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from satu.kernel.refusal import Outcome


def live_words() -> dict[str, object]:
    """Sentences with named fields, and the outcomes' names."""
    return {
        "books_close": _("✓ Books close"),
        "books_open": _("✕ Books do not close"),
        "speed": _("City time ×%(n)s"),
        "late": _("%(n)s taps uploaded late"),
        "aside": _("%(n)s taps kept aside for review"),
        "on_cards": _("on cards"),
        "for_operators": _("for operators"),
        "unknown_place": _("Unknown place"),
        "minutes": _("%(n)s min"),
        "paused": _("Play"),
        "playing": _("Pause"),
        "no_frames": _("Nobody tapped in this hour."),
        "outcomes": {Outcome(outcome).code: name for outcome, name in outcome_names().items()},
    }


def outcome_names() -> dict[int, str]:
    """Why a tap was refused, by satu.kernel.refusal.Outcome."""
    return {
        Outcome.READER_REFUSED: _("Refused by the reader"),
        Outcome.CARD_UNKNOWN: _("Unknown card"),
        Outcome.CARD_BLOCKED: _("Card blocked"),
        Outcome.CARD_CLOSED: _("Card closed"),
        Outcome.POINT_UNKNOWN: _("Unknown place"),
        Outcome.ROUTE_UNKNOWN: _("Unknown route"),
        Outcome.TAPS_TOO_MANY: _("Too many taps"),
        Outcome.BALANCE_INSUFFICIENT: _("Balance too low"),
        Outcome.PASSBACK: _("Same card again"),
        Outcome.RIDERS_TOO_MANY: _("Too many riders"),
    }
