"""`satu clearing`: banks' own chips and EMV tokens: what was ridden, and what the bank paid."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from satu.cards.kinds import Medium
from satu.cli.common import fail, json_line
from satu.cli.desk import bank_of, carry_out, tell
from satu.settlement.clearing_files import AnswerFault, read_answers, written
from satu.settlement.errors import Refusal

NAME = "clearing"

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
Bank = Annotated[str, typer.Option(help="The bank's code: mandiri.")]
Day = Annotated[
    datetime, typer.Option(help="The settlement day: 2026-11-23.", formats=["%Y-%m-%d"])
]


class Kind(StrEnum):
    BANK_CHIP = "bank_chip"
    EMV = "emv"


@app.command()
def add(
    bank: Bank,
    kind: Annotated[Kind, typer.Option(help="What is held to the reader.")],
    token: Annotated[str, typer.Option(help="What a reader reads from it.")],
    reference: Annotated[str, typer.Option(help="The bank's own name of it; no card number.")],
    guarantee: Annotated[int, typer.Option(help="What the bank stands for until it clears.")],
    as_json: AsJson = False,
) -> None:
    """Let a bank's own chip or an EMV token ride.

    Example: satu clearing add --bank bca --kind emv --token T --reference R-1 --guarantee 100000
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.cards.external import add_external  # noqa: PLC0415  (Django is set up by now)

        return add_external(
            issuer=bank_of(bank),
            kind=Medium.from_wire(kind.value),
            token=token,
            reference=reference,
            guarantee=guarantee,
            **by,
        )

    card = carry_out(NAME, do, as_json)
    _tell({"card": card, "reference": reference}, as_json)


@app.command()
def write(
    bank: Bank,
    day: Day,
    to: Annotated[Path | None, typer.Option(help="Where to; standard output if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write what a bank owes for a settlement day that is over; again, it is the same file.

    Example: satu clearing write --bank bca --day 2026-11-23 --to bca.csv
    """

    def do(by: dict[str, Any]) -> Any:
        from satu.settlement.clearing import write_clearing  # noqa: PLC0415

        file = write_clearing(bank=bank, day=day.date(), **by)
        if isinstance(file, Refusal):
            return file
        return [(line.number, line.reference, line.rides, line.amount) for line in file.lines.all()]

    lines = carry_out(NAME, do, as_json)
    text = written(lines)
    if to is None:
        sys.stdout.write(text)
    else:
        to.write_text(text, encoding="utf-8")
    if as_json:
        json_line({"lines": len(lines), "amount": sum(amount for *_, amount in lines)})


@app.command()
def read(
    bank: Bank,
    day: Day,
    file: Annotated[Path, typer.Argument(help="The bank's answer: line,outcome,reason.")],
    as_json: AsJson = False,
) -> None:
    """Take a bank's answer over: what it paid comes in, what it refused is owed by the card.

    Example: satu clearing read --bank bca --day 2026-11-23 answer.csv
    """
    try:
        answers = read_answers(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, AnswerFault) as fault:
        fail(f"{file}: {fault}")

    def do(by: dict[str, Any]) -> Any:
        from satu.settlement.clearing import read_answer  # noqa: PLC0415

        return read_answer(bank=bank, day=day.date(), answers=answers, **by)

    cleared = carry_out(NAME, do, as_json)
    _tell(cleared._asdict(), as_json)


def _tell(told: dict[str, Any], as_json: bool) -> None:
    tell(told, ", ".join(f"{name} {value}" for name, value in told.items()), as_json)
