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
        "silent": _("%(n)s readers silent for over 5 minutes"),
        "late": _("%(n)s taps uploaded late"),
        "aside": _("%(n)s taps kept aside for review"),
        "on_cards": _("on cards"),
        "for_operators": _("for operators"),
        "unknown_place": _("Unknown place"),
        "outcomes": {
            outcome.code: name
            for outcome, name in (
                (Outcome.READER_REFUSED, _("Refused by the reader")),
                (Outcome.CARD_UNKNOWN, _("Unknown card")),
                (Outcome.CARD_BLOCKED, _("Card blocked")),
                (Outcome.CARD_CLOSED, _("Card closed")),
                (Outcome.POINT_UNKNOWN, _("Unknown place")),
                (Outcome.ROUTE_UNKNOWN, _("Unknown route")),
                (Outcome.TAPS_TOO_MANY, _("Too many taps")),
                (Outcome.BALANCE_INSUFFICIENT, _("Balance too low")),
            )
        },
    }
