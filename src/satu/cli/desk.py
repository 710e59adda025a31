"""What the commands of a service desk share: who acts, which card, how an answer is told."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn, Protocol

import typer
from rich.console import Console

from satu.cards import errors as cards
from satu.cards import words as cards_words
from satu.cases import errors as cases
from satu.cases import words as cases_words
from satu.cli.common import fail, json_line, running_database
from satu.kernel.days import from_ms
from satu.partners import errors as partners
from satu.payments import errors as payments
from satu.payments import words as payments_words
from satu.people import errors as people
from satu.people import words as people_words
from satu.project.clock import now_ms
from satu.project.database import Urls
from satu.services.rules import Rules
from satu.settlement import errors as settlement
from satu.taps import repair_rules, repair_words
from satu.taps.places import NoCityLoaded
from satu.wire.messages import Words

PURPOSE = "layanan pelanggan / help desk"
# By the kind of refusal: two kinds have members of one code, which are equal as texts.
WORDS: Mapping[type[StrEnum], Mapping[Any, Words]] = {
    cards.Refusal: cards_words.REFUSALS,
    cases.Refusal: cases_words.REFUSALS,
    partners.Refusal: partners.WORDS,
    payments.Refusal: payments_words.REFUSALS,
    people.Refusal: people_words.REFUSALS,
    repair_rules.Refusal: repair_words.REFUSALS,
    settlement.Refusal: settlement.WORDS,
}
out = Console(highlight=False)


class Booked(Protocol):
    """What became of a call with a key of the caller's own: a satu.ledger.kinds.Result."""

    @property
    def code(self) -> str: ...

    @property
    def is_in_books(self) -> bool: ...


def actor(command: str) -> str:
    """Whoever typed the command, for the audit trail."""
    return f"command:{command}:{getpass.getuser()}"


def now() -> datetime:
    return from_ms(now_ms())


def refuse(refusal: StrEnum, as_json: bool) -> NoReturn:
    """Tell a refusal by its code and in words; exit 1. With JSON it is the last line too."""
    words = WORDS[type(refusal)][refusal]
    if as_json:
        json_line({"refused": refusal.value, "id": words.id, "en": words.en})
    typer.echo(f"satu: {refusal.value}: {words.id} / {words.en}", err=True)
    raise typer.Exit(1)


def carry_out(command: str, do: Callable[[dict[str, Any]], Any], as_json: bool) -> Any:
    """Do it in the installation's database; a refusal is told and ends the command.

    `do` gets `actor` and `at`, as every action wants them.
    """
    with running_database():
        done = do({"actor": actor(command), "at": now()})
    if type(done) in WORDS:
        refuse(done, as_json)
    return done


def check_key(result: Booked, key: str) -> None:
    """End the command if the key stands for something else."""
    if not result.is_in_books:
        fail(f"{result.code}: --key {key} did something else; take another key")


def tell(values: Mapping[str, Any], words: str, as_json: bool) -> None:
    """The end of a command: one JSON object, or words."""
    if as_json:
        json_line(dict(values))
    else:
        out.print(words, soft_wrap=True)


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
        refuse(cards.Refusal.CARD_UNKNOWN, as_json)
    return int(found.id)


def bank_of(code: str) -> int:
    """A bank's number by its code; with an unknown one the command ends and names those known."""
    from satu.cards.queries import issuers  # noqa: PLC0415

    known = {issuer.code: issuer.id for issuer in issuers()}
    if code not in known:
        fail(f"no bank is called {code!r}; known: {', '.join(known) or 'none, load a city first'}")
    return int(known[code])
