"""The audit trail told in words, in the page's language: who, did what, to what; and who looked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _

from satu.cards.queries import issuers
from satu.web.console.trail_words import ACTIONS, ACTORS, REASONS, SUBJECTS
from satu.web.design.cells import Cell
from satu.web.design.sheets import Column, Sheet
from satu.web.said import say


class Look(NamedTuple):
    """Somebody looked at a card or a person, as it is told in a table."""

    at: datetime
    who: str
    what: str
    why: str
    case: str


class Names:
    """Who did something, for a page of entries: the banks are asked for once, if any is told."""

    @cached_property
    def _banks(self) -> dict[str, str]:
        return {bank.code: bank.name for bank in issuers()}

    def who(self, actor: str) -> str:
        """Staff by their login, a resident by their number, a bank by its name, programs by what
        they are. What is no actor of the trail (a bare login) stands as it is."""
        kind, _colon, name = actor.partition(":")
        if kind == "staff" and name:
            return name
        if kind == "resident" and name:
            return _("Resident %(number)s") % {"number": name}
        if kind == "partner" and name:
            return self._banks.get(name, name)
        words = ACTORS.get(actor) or ACTORS.get(kind)
        return say(words) if words else actor


def who(actor: str) -> str:
    """Who did something, told alone."""
    return Names().who(actor)


def did(action: str) -> str:
    """What was done: `Diblokir` for `card.blocked`."""
    words = ACTIONS.get(action)
    return say(words) if words else action


def whom(kind: str, name: str) -> str:
    """To what it was done: `Kartu 17`, `Petugas ani`; what is one of a kind by its kind."""
    words = SUBJECTS.get(kind)
    if words is None:
        return f"{kind} {name}"
    is_told = name.isdigit() or kind in ("staff", "organisation", "service_day")
    return f"{say(words)} {name}" if is_told else say(words)


def why_said(reason: str) -> str:
    """Why facts were brought into force: as a person wrote it, or in words for a program's."""
    words = REASONS.get(reason)
    return say(words) if words else reason


def looks_sheet(looks: Iterable[Look], *, empty: str, export: str = "") -> Sheet:
    """Who looked at a card or a person: the same columns wherever staff are told."""
    columns = [
        Column("at", _("Time")),
        Column("who", _("Who")),
        Column("what", _("What")),
        Column("why", _("What for")),
        Column("case", _("Case")),
    ]
    rows: list[list[Cell]] = [list(look) for look in looks]
    return Sheet(columns, rows, _("Who looked"), empty=empty, export=export)
