"""Where a resident goes: at the thumb on a phone, on top on a desktop."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from satu.web.design.menus import Entry

ENTRIES = (
    Entry(_("Home"), "portal:home", icon="home"),
    Entry(_("History"), "portal:history", icon="clock"),
    Entry(_("Top up"), "portal:top_up", icon="purse"),
    Entry(_("My data"), "portal:data", icon="shield", also=("portal:family",)),
)
