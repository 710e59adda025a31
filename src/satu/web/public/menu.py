"""What the public's pages lead to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from satu.web.design.menus import Entry

ENTRIES = (
    Entry(_("Fares"), "public:fares"),
    Entry(_("The city now"), "public:city"),
    Entry(_("Riders"), "public:riders"),
    Entry(_("Try a card"), "public:tap"),
    Entry(_("For programs"), "public:developers"),
    Entry(_("My card"), "portal:home"),
)
