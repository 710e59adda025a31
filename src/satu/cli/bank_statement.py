"""`satu bank-statement`: banks' statements (camt.053), and every float against its bank."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satu.cli.common import fail, json_line, running_database
from satu.cli.desk import actor, now, out, refuse
from satu.formats.iso20022.camt053 import read_statements
from satu.formats.iso20022.xml import MessageFault
from satu.kernel.money import show
from satu.settlement.errors import Refusal
from satu.settlement.rules import IN_TRANSIT, Balance, Finding, Found

if TYPE_CHECKING:
    from satu.settlement.queries import Checked

NAME = "bank-statement"
SHOWN = 20

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]

FINDINGS = {
    Finding.ON_THE_WAY: "dalam perjalanan ke bank / on the way to the bank",
    Finding.NOT_BOOKED_YET: "di bank, belum dibukukan / at the bank, not booked yet",
    Finding.MISSING_AT_BANK: "TIDAK ADA di bank / MISSING at the bank",
    Finding.MISSING_IN_BOOKS: "TIDAK ADA di buku / MISSING in the books",
    Finding.DIFFERS: "JUMLAH BERBEDA / AMOUNTS DIFFER",
}


@app.command()
def account(
    issuer: Annotated[str, typer.Argument(help="The bank's code: mandiri.")],
    number: Annotated[str, typer.Argument(help="The account that holds its float.")],
    transit_days: Annotated[
        int, typer.Option(help="How many days money may be on its way before it is missing.")
    ] = 3,
    as_json: AsJson = False,
) -> None:
    """Say in which account a bank holds the money of its cards' purses.

    Example: satu bank-statement account mandiri 1230004567890
    """
    with running_database():
        from satu.settlement import actions  # noqa: PLC0415  (Django is set up by now)

        kept = actions.keep_account(
            issuer=issuer, number=number, transit_days=transit_days, actor=actor(NAME), at=now()
        )
        if isinstance(kept, Refusal):
            refuse(kept, as_json)
    told = {"issuer": issuer, "account": kept.number, "transit_days": kept.transit_days}
    if as_json:
        json_line(told)
    else:
        out.print(f"{issuer}: {kept.number}")


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A camt.053 file, as the bank sent it.")],
    as_json: AsJson = False,
) -> None:
    """Keep a bank's statements; the same file again changes nothing.

    Example: satu bank-statement import mandiri-2026-11-22.xml
    """
    try:
        statements = read_statements(file.read_bytes())
    except (OSError, MessageFault) as error:
        fail(f"{file}: {error}")
    with running_database():
        from satu.settlement import actions  # noqa: PLC0415  (Django is set up by now)

        done = actions.import_statements(statements=statements, actor=actor(NAME), at=now())
        if isinstance(done, Refusal):
            refuse(done, as_json)
    lines = sum(len(statement.lines) for statement in statements)
    counts = {word: sum(one == word for one in done) for word in ("imported", "exists")}
    if as_json:
        json_line({**counts, "lines": lines})
    else:
        out.print(
            f"diimpor / imported: {counts['imported']}; sudah ada / known: {counts['exists']}"
        )


@app.command()
def check(as_json: AsJson = False) -> None:
    """Compare each bank's float with its statements. Exit 1: one is not in balance.

    Example: satu bank-statement check
    """
    with running_database():
        from satu.settlement import queries  # noqa: PLC0415  (Django is set up by now)

        checked = queries.check_floats()
    for one in checked:
        _tell(one)
    is_ok = all(one.balance is not None and one.balance.in_balance for one in checked)
    if as_json:
        json_line({"ok": is_ok, "banks": [_as_json(one) for one in checked]})
    raise typer.Exit(0 if is_ok else 1)


def _tell(checked: Checked) -> None:
    balance = checked.balance
    if balance is None:
        out.print(f"{checked.issuer}: belum ada rekening koran / no statement yet")
        return
    money = [show(amount, checked.currency) for amount in (balance.float_balance, balance.closing)]
    verdict = (
        "seimbang dengan bank / in balance with the bank"
        if balance.in_balance
        else "TIDAK seimbang dengan bank / NOT in balance with the bank"
    )
    sides = f"buku / books {money[0]}; bank {money[1]} ({balance.closed_on})"
    out.print(f"{checked.issuer}: {sides}: {verdict}")
    if balance.opening_difference:
        difference = show(balance.opening_difference, checked.currency)
        out.print(f"  saldo awal bank berbeda / the bank opened with another balance: {difference}")
    for finding, found in _by_finding(balance).items():
        amount = sum((one.item.stated or 0) - (one.item.booked or 0) for one in found)
        out.print(f"  {FINDINGS[finding]}: {len(found)}, {show(amount, checked.currency)}")
        for one in found[:SHOWN]:
            out.print(f"    {one.item.on} {one.item.reference}")


def _by_finding(balance: Balance) -> dict[Finding, list[Found]]:
    grouped = {
        finding: [one for one in balance.found if one.finding is finding] for finding in Finding
    }
    return {finding: found for finding, found in grouped.items() if found}


def _as_json(checked: Checked) -> dict[str, Any]:
    balance = checked.balance
    if balance is None:
        return {"issuer": checked.issuer, "in_balance": False, "statement": None}
    return {
        "issuer": checked.issuer,
        "in_balance": balance.in_balance,
        "float": balance.float_balance,
        "statement": balance.closing,
        "closed_on": balance.closed_on.isoformat(),
        "opening_difference": balance.opening_difference,
        "in_transit": sum(one.finding in IN_TRANSIT for one in balance.found),
        "found": [
            {**one.item._asdict(), "finding": one.finding.value, "on": one.item.on.isoformat()}
            for one in balance.found
        ],
    }
