"""`satu tariff`: check a tariff's files, print them for people, bring them into force and back."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from satu.cli import tariff_force
from satu.cli.common import fail, json_line
from satu.cli.tariff_show import tariff_tables
from satu.cli.tariff_words import CHECK_FIRST, KINDS, REACHED, SOUND, UNUSABLE, Language, say
from satu.fares.files.read import Reading, content_hash, read_tariff
from satu.fares.reach import Reach, Unreached, Why, reach
from satu.formats.faults.fault import Remark
from satu.formats.holidays import public_holidays
from satu.ledger.kinds import Asset

app = typer.Typer(no_args_is_help=True)
for forced in (tariff_force.activate, tariff_force.rollback, tariff_force.versions):
    app.command()(forced)
out = Console(highlight=False)

Files = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER|ZIP", help="A tariff: cities/jakarta/tariffs/2025-01-01, or a GTFS feed."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")]
InLanguage = Annotated[Language, typer.Option("--language", help="Of the words: id or en.")]


@app.command()
def check(
    files: Files, language: InLanguage = Language.INDONESIAN, as_json: AsJson = False
) -> None:
    """Tell everything that is wrong with a tariff, and everything that it can never do.

    A tariff is GTFS Fares v2 files, and tables satu_*.txt beside them for what Fares v2 cannot
    say; docs/reference/tariff.md has every column.

    Faults (✕) keep it from being used: each names its file, row and column, and what is allowed.
    Notes (!) do not: columns that are not read, defaults that Fares v2 cannot say, rules that no
    journey reaches. For every other rule a journey was constructed and priced. Exit 1: faults.

    Example: satu tariff check mbta.zip
    """
    reading = _read(files)
    reached = reach(reading.tariff) if reading.tariff else None
    if as_json:
        json_line(_json(reading, reached))
    else:
        _tell(reading, reached, language)
    raise typer.Exit(1 if reading.faults else 0)


@app.command()
def show(files: Files, language: InLanguage = Language.INDONESIAN) -> None:
    """Print a tariff for people: networks, prices, hours, changes, packages, caps, concessions.

    Example: satu tariff show cities/jakarta/tariffs/2025-01-01 --language en
    """
    reading = _read(files)
    if reading.tariff is None:
        fail(say(CHECK_FIRST, language, files=files, n=len(reading.faults)))
    for shown in tariff_tables(reading.tariff, language):
        out.print(shown)


def _read(files: Path) -> Reading:
    reading = read_tariff(files, public_holidays)
    if reading.tariff and reading.tariff.asset not in Asset.__members__:
        allowed = ", ".join(Asset.__members__)
        values = (("currency", reading.tariff.asset), ("allowed", allowed))
        note = Remark("fare_products.txt", 0, "currency", "currency_uncounted", values)
        reading.notes.append(note)
    return reading


def _tell(reading: Reading, reached: Reach | None, language: Language) -> None:
    for fault in reading.faults:
        out.print(f"[red]✕[/red] {escape(fault.told(language))}", soft_wrap=True)
    for note in reading.notes:
        out.print(f"[yellow]![/yellow] {escape(note.told(language))}", soft_wrap=True)
    if reading.tariff is None or reached is None:
        out.print(f"[red]{say(UNUSABLE, language, n=len(reading.faults))}[/red]")
        return
    for (kind, why), rules in _by_reason(reached).items():
        what, told = say(KINDS[kind], language), why.words.told(language)
        out.print(f"[yellow]![/yellow] {len(rules)} {what}: {escape(told)}", soft_wrap=True)
        for rule in rules:
            out.print(f"    {escape(rule.name)}", soft_wrap=True)
    for kind, (count, all_of_it) in _counts(reading, reached).items():
        what = say(KINDS[kind], language)
        out.print(f"{what:>17}: {say(REACHED, language, count=count, of=all_of_it)}")
    tariff, notes = reading.tariff, len(reading.notes) + len(reached.unreached)
    told = say(
        SOUND,
        language,
        version=tariff.version,
        day=tariff.valid_from,
        currency=tariff.asset,
        n=notes,
        content=content_hash(tariff)[:12],
    )
    out.print(f"[green]✓[/green] {escape(told)}", soft_wrap=True)


def _json(reading: Reading, reached: Reach | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "ok": reading.tariff is not None,
        "faults": [fault.as_json() for fault in reading.faults],
        "notes": [note.as_json() for note in reading.notes],
    }
    if reading.tariff is not None and reached is not None:
        told |= {
            "version": reading.tariff.version,
            "valid_from": reading.tariff.valid_from.isoformat(),
            "currency": reading.tariff.asset,
            "content": content_hash(reading.tariff),
            "reached": {
                kind: {"reached": count, "of": all_of_it}
                for kind, (count, all_of_it) in _counts(reading, reached).items()
            },
            "unreached": [rule.as_json() for rule in reached.unreached],
        }
    return told


def _counts(reading: Reading, reached: Reach) -> dict[str, tuple[int, int]]:
    """How many rules of each kind a journey reached, of how many."""
    if reading.tariff is None:
        return {}
    found = {
        "leg_rule": (len(reached.leg_rules), len(reading.tariff.leg_rules)),
        "transfer": (len(reached.transfers), len(reading.tariff.transfers)),
        "join": (len(reached.joins), len(reading.tariff.joins)),
    }
    return {kind: counts for kind, counts in found.items() if counts[1]}


def _by_reason(reached: Reach) -> dict[tuple[str, Why], list[Unreached]]:
    found: dict[tuple[str, Why], list[Unreached]] = defaultdict(list)
    for one in reached.unreached:
        found[one.kind, one.why].append(one)
    return found
