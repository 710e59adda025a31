"""What the commands of a service desk share: who acts, which card, how a refusal is told."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import NoReturn

import typer
from rich.console import Console

from satu.cards.errors import Refusal
from satu.cards.words import REFUSALS
from satu.cli.common import fail, json_line, running_database
from satu.kernel.days import from_ms
from satu.project.clock import now_ms
from satu.project.database import Urls
from satu.services.rules import Rules
from satu.taps.places import NoCityLoaded
from satu.wire.messages import Words

PURPOSE = "layanan pelanggan / help desk"
out = Console(highlight=False)


def actor(command: str) -> str:
    """Whoever typed the command, for the audit trail."""
    return f"command:{command}:{getpass.getuser()}"


def now() -> datetime:
    return from_ms(now_ms())


def refuse(code: StrEnum, words: Words, as_json: bool) -> NoReturn:
    """Tell a refusal by its code and in words; exit 1. With JSON it is the last line too."""
    if as_json:
        json_line({"refused": code.value, "id": words.id, "en": words.en})
    typer.echo(f"satu: {code.value}: {words.id} / {words.en}", err=True)
    raise typer.Exit(1)


@contextmanager
def running_city() -> Iterator[tuple[Urls, Rules]]:
    """The database, and the rules of the city that is loaded."""
    with running_database() as urls:
        from satu.ledger.actions import raw_connection  # noqa: PLC0415  (Django is set up by now)
        from satu.taps.looking import rules_in_force  # noqa: PLC0415

        try:
            yield urls, rules_in_force(raw_connection())
        except NoCityLoaded as error:
            fail(str(error))


def serial_of(name: str, as_json: bool) -> int:
    """A card's serial by its printed number or serial; refused if there is none."""
    from satu.cards import queries  # noqa: PLC0415  (Django is set up by now)

    found = queries.find(name)
    if found is None:
        refuse(Refusal.CARD_UNKNOWN, REFUSALS[Refusal.CARD_UNKNOWN], as_json)
    return int(found.id)
