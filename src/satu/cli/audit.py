"""`satu audit`: prove that what was written down is still what was written down."""

from __future__ import annotations

import re
from typing import Annotated

import psycopg
import typer

from satu.audit.verify import Breach, Head, Report
from satu.audit.verify import verify as verify_trail
from satu.cli.common import console, fail, json_line, progress, running_database
from satu.kernel.days import from_ms
from satu.project.clock import now_ms

LATE_S = 60  # sealed each second, an entry that waits so long tells that nobody seals

WORDS = {
    Breach.ENTRY_CHANGED: "an entry is not what was sealed",
    Breach.ENTRY_REMOVED: "an entry is gone",
    Breach.ENTRY_INSERTED: "an entry stands outside the chain: slipped in, or its seal is gone",
    Breach.SEAL_CHANGED: "a seal is not what was made",
    Breach.SEAL_REMOVED: "a seal is gone",
    Breach.SEAL_UNLINKED: "a seal does not follow the one before it: that one was made anew",
    Breach.HEAD_DIFFERS: "the head that you kept is not in the chain: it was cut or made anew",
}

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Prove that what was written down is still what was written down."""


@app.command()
def verify(
    kept: Annotated[
        str, typer.Option(help="A head that you noted earlier, NUMBER:HASH; it must be there.")
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="End with one JSON object: ok, entries, seals, ...")
    ] = False,
) -> None:
    """Compute the chain of hashes over the audit trail anew and name what breaks it.

    Exit 0: every sealed entry is there, unchanged, and no other is. Exit 1: what was changed,
    removed or slipped in is listed. Entries that wait for their seal are counted and break
    nothing. Example: satu audit verify --kept 812:9f2c…
    """
    head = _read_head(kept)
    with running_database() as urls, psycopg.connect(urls.app, autocommit=True) as conn:
        report = _verified(conn, head)
    _tell(report)
    if as_json:
        json_line(_as_json(report))
    raise typer.Exit(0 if report.ok else 1)


def _verified(conn: psycopg.Connection, head: Head | None) -> Report:
    """The report, with a progress bar while it is made."""
    with progress() as bar:
        task = bar.add_task("Seals", total=None)
        return verify_trail(
            conn,
            kept=head,
            on_seals=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _read_head(text: str) -> Head | None:
    if not text:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", text.strip().lower())
    if found is None:
        fail("--kept is a seal's number, a colon and its 64 hexadecimal digits, as told earlier")
    return Head(int(found[1]), found[2])


def _tell(report: Report) -> None:
    for one in report.breaks:
        place = [f"entry {one.entry}"] if one.entry is not None else []
        place += [f"seal {one.seal}"] if one.seal is not None else []
        console.print(f"[red]✕[/red] {WORDS[one.breach]}: {', '.join(place)}")
    if report.broken > len(report.breaks):
        console.print(f"… and {report.broken - len(report.breaks):,} more")
    rows = {
        "entries": f"{report.entries:,}",
        "seals": f"{report.seals:,}",
        "not sealed yet": _waiting(report),
        "head, to keep": str(report.head or "–"),
        "the chain": "[green]✓ holds[/green]" if report.ok else "[red]✕ is broken[/red]",
    }
    for name, value in rows.items():
        console.print(f" {name:<16} {value}", soft_wrap=True)  # a head is copied as one line


def _waiting(report: Report) -> str:
    if report.oldest is None:
        return "0"
    age_s = int((from_ms(now_ms()) - report.oldest).total_seconds())
    late = "; nobody seals: run satu up" if age_s > LATE_S else ""
    return f"{report.unsealed:,}, the oldest of {report.oldest:%Y-%m-%d %H:%M:%S} UTC{late}"


def _as_json(report: Report) -> dict[str, object]:
    return {
        "ok": report.ok,
        "entries": report.entries,
        "seals": report.seals,
        "head": str(report.head) if report.head else None,
        "unsealed": report.unsealed,
        "oldest_unsealed_at": report.oldest.isoformat() if report.oldest else None,
        "broken": report.broken,
        "breaks": [
            {"code": one.breach.value, "entry": one.entry, "seal": one.seal}
            for one in report.breaks
        ],
    }
