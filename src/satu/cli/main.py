"""The `satu` command. Only the module of the command that was typed is imported.

A module in this folder has either `command`, a function, or `app`, a Typer with sub-commands.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import NoReturn

import typer

from satu.project.environment import EnvironmentProblem

COMMANDS = {
    "up": "Run Satu here: database, gateway, web and jobs.",
    "demo": "A morning of Jakarta: 100,000 cards, five banks, a live page.",
    "city": "Load a city's facts: operators, stops, routes, tariffs.",
    "tariff": "Check, show and activate tariffs: GTFS Fares v2 and what it cannot say.",
    "fare": "Why a day cost what it cost; rehearse a tariff; correct fares.",
    "card": "A card's life, purses and rights: lost, replaced, closed; several banks, passes.",
    "cards": "Cards and holders from a bank's file; cards ordered from a maker.",
    "pay": "Money paid in at banks and shops, switches of banks, standing orders.",
    "partner": "Banks that call us by SNAP BI: keys, profiles, secrets.",
    "bank": "Play a bank: the other side of SNAP BI, slow and failing on command.",
    "bank-statement": "Banks' statements (camt.053), and every float against its bank.",
    "clearing": "Banks' own chips and EMV tokens: what was ridden, and what the bank paid.",
    "cases": "Complaints, refunds, lost cards: who waits for an answer, since when.",
    "messages": "What residents were told, what waits, what could not be sent.",
    "people": "Residents: register, look with a reason, erase; purposes, staff, keys.",
    "journeys": "A card's journeys, and missing taps that riders tell.",
    "replay": "Send a file of real rides through the gateway.",
    "verify": "Prove from the postings alone that the books close.",
    "audit": "Prove that the audit trail is whole.",
    "bench": "Measure the ledger, uploads and single taps.",
    "database": "Migrate the database, or say where it is.",
}
HELP = (
    "One card for a whole city: taps decided in milliseconds, books that close.\n\n"
    "Start with: satu demo"
)


def main() -> None:
    """The entry point: runs one command and turns expected problems into one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.project.settings")
    signal.signal(signal.SIGTERM, _end)
    chosen = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    try:
        build(chosen)(prog_name="satu")
    except EnvironmentProblem as problem:
        print(f"satu: {problem}", file=sys.stderr)
        sys.exit(1)


def build(chosen: str | None) -> typer.Typer:
    """The command line with the chosen command ready and the others named only."""
    line = typer.Typer(
        help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    line.callback()(_nothing)
    for name, summary in COMMANDS.items():
        if name != chosen:
            line.command(name, help=summary)(_nothing)
            continue
        module = import_module(f"satu.cli.{name.replace('-', '_')}")
        if hasattr(module, "app"):
            line.add_typer(module.app, name=name, help=summary)
        else:
            line.command(name)(module.command)
    return line


def _nothing() -> None:
    """Stands for a command that is listed and not run."""


def _end(*_: object) -> NoReturn:
    """SIGTERM unwinds like Ctrl-C, so that what was started here is stopped here."""
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    main()
