"""`satu verify`: prove the books from the postings alone."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer
from rich.table import Table

from satu.cli.common import console, json_line, progress, running_database
from satu.kernel.days import from_ms
from satu.ledger.verify import Report, verify
from satu.partners import verify as partners
from satu.payments import verify as payments
from satu.project.clock import now_ms
from satu.settlement import verify as settlement
from satu.taps import verify as taps

ALL_CHECKS = (*taps.ALL_CHECKS, *payments.CHECKS, *settlement.CHECKS, *partners.CHECKS)


def command(
    as_json: Annotated[
        bool, typer.Option("--json", help="End with one JSON object: ok, postings, ...")
    ] = False,
) -> None:
    """Prove from the postings alone that every amount is in its place.

    Re-derives each book, balance, hold, receivable, running sum and card day, and compares.
    Exit 0: everything agrees. Exit 1: the rows at fault are listed, and nothing was changed. The
    control room is told what was found.
    """
    with running_database() as urls, psycopg.connect(urls.app, autocommit=True) as conn:
        report = proven(conn)
        keep(report)
    for problem in report.problems:
        console.print(f"[red]✕[/red] {problem.check}: {_told(problem.row)}")
    _summary(report)
    if as_json:
        json_line(
            {
                "ok": report.ok,
                "postings": report.postings,
                "accounts": report.accounts,
                "problems": [
                    {"check": problem.check, "row": problem.row} for problem in report.problems
                ],
            }
        )
    raise typer.Exit(0 if report.ok else 1)


def proven(conn: psycopg.Connection) -> Report:
    """The report, with a progress bar while it is made."""
    with progress() as bar:
        task = bar.add_task("Verify", total=len(ALL_CHECKS))
        started = False

        def on_check(name: str) -> None:
            nonlocal started
            bar.update(task, advance=int(started), description=name)
            started = True

        report = verify(conn, ALL_CHECKS, on_check=on_check)
        bar.update(task, advance=1, description="Verify")
    return report


def keep(report: Report) -> None:
    """What was found, for the control room: its alarm stands until a proof finds nothing."""
    from satu.insight.actions import note_proof  # noqa: PLC0415  (Django is set up by now)

    first = report.problems[0].check if report.problems else ""
    at = from_ms(now_ms())
    note_proof(postings=report.postings, problems=len(report.problems), first=first, at=at)


def _told(row: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items())


def _summary(report: Report) -> None:
    table = Table(show_header=False, box=None)
    table.add_row("postings", f"{report.postings:,}")
    table.add_row("accounts", f"{report.accounts:,}")
    table.add_row(
        "the books", "[green]✓ close[/green]" if report.ok else "[red]✕ do not agree[/red]"
    )
    console.print(table)
