"""`satu cards`: many cards at once, from a bank's file or a maker. One card is `satu card`."""

from __future__ import annotations

import csv
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, NamedTuple

import django
import typer

from satu.cards.errors import Refusal
from satu.cards.import_file import Allowed, Bad, HeaderFault, Import, read_header
from satu.cards.import_run import Done, File, Order, run
from satu.cli import cards_orders
from satu.cli.common import fail, json_line, progress
from satu.cli.desk import actor, now, out, refuse, running_city
from satu.kernel import keys
from satu.kernel.children import ProcessEnded
from satu.kernel.days import to_ms
from satu.people.kinds import Assurance
from satu.project import environment
from satu.project.database import point_django
from satu.services.rules import Rules

NAME = "cards"
TOLD = 100  # bad lines that --json lists; the report has them all
LEVELS = (Assurance.ANONYMOUS, Assurance.PHONE, Assurance.IN_PERSON)

app = typer.Typer(no_args_is_help=True)
app.command()(cards_orders.order)
app.command()(cards_orders.personalise)
app.command()(cards_orders.deliver)
app.command()(cards_orders.orders)
app.command(name="open")(cards_orders.open_file)


@app.callback()
def cards() -> None:
    """Many cards at once, from a bank's file or ordered from a maker."""


class Report:
    """Counts what became of the lines, and writes each bad one to a CSV: no cell is copied."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told: dict[str, Any] = {"lines": 0, "made": 0, "known": 0, "residents": 0, "bad": 0}
        self.faults: list[dict[str, Any]] = []

    def __enter__(self) -> Report:
        self._file = self.path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(["line", "field", "code", "allowed_id", "allowed_en"])
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if not self.told["bad"]:
            self.path.unlink(missing_ok=True)

    def add(self, done: Done) -> None:
        """Take in a chunk."""
        loaded = done.loaded
        self.told["lines"] += done.lines
        self.told["made"] += loaded.made
        self.told["known"] += loaded.known
        self.told["residents"] += loaded.residents
        self.told["bad"] += len(loaded.bad)
        for bad in loaded.bad:
            self._add(bad)

    def _add(self, bad: Bad) -> None:
        self._rows.writerow([bad.line, bad.field, bad.code, bad.allowed.id, bad.allowed.en])
        if len(self.faults) < TOLD:
            self.faults.append({"line": bad.line, "field": bad.field, "code": bad.code})


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, or CSV in gzip: FILE.csv, FILE.csv.gz.")],
    issuer: Annotated[str, typer.Option(help="The bank's code: mandiri.")],
    source: Annotated[
        str, typer.Option(help="What the bank calls the file; its name if left out.")
    ] = "",
    level: Annotated[
        int, typer.Option(min=0, max=3, help="What the bank proved: 0 nothing, 1 phone, 3 person.")
    ] = 0,
    not_active: Annotated[
        bool, typer.Option("--not-active", help="Denied until their holders activate them.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Where bad lines are told; FILE.bad.csv if left out.")
    ] = None,
    processes: Annotated[
        int, typer.Option(min=0, help="How many make cards; 0: one more than processors.")
    ] = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object as the last line.")
    ] = False,
) -> None:
    """Load cards and their holders from a bank's file, each of its references once.

    Ended, it can be run again: what is there stays. Bad lines make nothing and are told.

    Example: satu cards import cards.csv.gz --issuer mandiri --level 3
    """
    if level not in LEVELS:
        raise typer.BadParameter("0, 1 or 3: a register's own check gives 2", param_hint="--level")
    with _faults_told(file), File(file) as lines:
        read_header(lines.header)
        with running_city() as (urls, rules):
            from satu.cards.importing import start_import  # noqa: PLC0415  (Django is set up)

            by, at = actor(NAME), now()
            into = start_import(issuer=issuer, source=source or file.name, actor=by, at=at)
            if isinstance(into, Refusal):
                refuse(into, as_json)
            terms = Terms(Assurance(level), not not_active, by, at)
            order = order_of(urls.app, into, rules, lines.header, terms)
            _load(lines, order, Report(report or Path(f"{file}.bad.csv")), processes, as_json)


def _load(lines: File, order: Order, report: Report, processes: int, as_json: bool) -> None:
    started = perf_counter()
    with report, progress() as bar:
        task = bar.add_task("Kartu / cards", total=lines.size)
        for done in run(order, lines.chunks(), processes=processes or default_processes()):
            report.add(done)
            bar.update(task, completed=lines.done, description=f"{report.told['made']:,}")
        bar.update(task, completed=lines.size)
    told = dict(report.told)
    told["seconds"] = round(perf_counter() - started, 3)
    told["report"] = str(report.path) if told["bad"] else None
    if as_json:
        json_line({**told, "faults": report.faults})
        return
    out.print(
        "{made} kartu baru / cards made, {known} sudah ada / known, {residents} warga baru / new"
        " residents, {bad} ✗".format(**told)
    )
    if told["bad"]:
        out.print(f"baris yang salah / bad lines: {told['report']}")


def ready(url: str) -> None:
    """Have Django, on a database, in a process of its own."""
    django.setup()
    point_django("default", url)


class Terms(NamedTuple):
    """What the bank proved of its holders, whether cards open doors at once; who loads, when."""

    level: Assurance
    is_active: bool
    actor: str
    at: datetime


def order_of(url: str, into: Import, rules: Rules, header: bytes, terms: Terms) -> Order:
    """What processes are told that load a file in the city that is loaded. Django is set up."""
    return Order(
        partial(ready, url),
        into,
        header,
        _allowed(into, rules, terms),
        environment.key_for(keys.PERSON_LOOKUP),
        terms.is_active,
        terms.actor,
        terms.at,
    )


def _allowed(into: Import, rules: Rules, terms: Terms) -> Allowed:
    from satu.cards.queries import product_codes  # noqa: PLC0415  (Django is set up by now)
    from satu.taps.passes import categories_of  # noqa: PLC0415

    known = [one for tariff in rules.bundle.tariffs for one in tariff.categories]
    usual = next((one.name for one in reversed(known) if one.is_default), "adult")
    others = sorted(categories_of(rules.bundle) - {usual})
    on = rules.calendar.date_of(to_ms(terms.at))
    return Allowed(sorted(product_codes()), [usual, *others], into.prefix, terms.level, on)


def default_processes() -> int:
    """One more than there are processors: while one waits for the database, another seals."""
    return (os.cpu_count() or 1) + 1


@contextmanager
def _faults_told(file: Path) -> Iterator[None]:
    """What ends a load becomes one line; what was loaded stays, and the rest can be."""
    try:
        yield
    except (HeaderFault, OSError, EOFError, zlib.error) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else error
        fail(f"{file}: {said}")
    except ProcessEnded:
        fail(f"{file}: a process was ended; whole chunks are in: run the same command again")
