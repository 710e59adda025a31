"""`satu fare`: why a day cost what it cost, what a draft would change, and correcting fares."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import msgspec
import psycopg
import typer
from rich.console import Console

from satu.cli.common import console, fail, json_line, progress, running_database
from satu.cli.fare_explained import tables
from satu.cli.fare_report import page, screen
from satu.cli.tariff_words import CHECK_FIRST, Language, say
from satu.fares.files.read import read_tariff
from satu.fares.tariff import Tariff
from satu.formats.faults.fault import fault_at
from satu.formats.holidays import public_holidays
from satu.kernel.days import from_ms
from satu.project.clock import now_ms
from satu.taps import places
from satu.taps.places import NoCityLoaded
from satu.taps.rehearsal import missing_networks, rehearse
from satu.taps.rerate import Period, Refusal
from satu.web.rehearsed import Teller, figures, told

DAY = ["%Y-%m-%d"]
PURPOSE = "layanan pelanggan / help desk"
SUFFIXES = (".svg", ".html")

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
InLanguage = Annotated[Language, typer.Option("--language", help="Of the words: id or en.")]
CardName = Annotated[str, typer.Option("--card", help="The number printed on it, or its serial.")]
Day = Annotated[datetime, typer.Option("--day", formats=DAY, help="The service day.")]
Purpose = Annotated[str, typer.Option(help="Why you look: it is kept in the audit trail.")]
Files = Annotated[Path, typer.Option("--tariff", help="The draft: a folder or zip.", exists=True)]
First = Annotated[datetime, typer.Option("--from", formats=DAY, help="The first service day.")]
Last = Annotated[datetime, typer.Option("--to", formats=DAY, help="The last service day.")]
Until = Annotated[
    datetime | None, typer.Option("--to", formats=DAY, help="The last service day, if several.")
]
Out = Annotated[Path | None, typer.Option("--out", help="A chart (FILE.svg) or page (FILE.html).")]
Processes = Annotated[
    int, typer.Option(help="How many processes fold; the number of processors.", min=1)
]
CORES = os.cpu_count() or 1


@app.command()
def explain(
    card: CardName,
    day: Day,
    language: InLanguage = Language.INDONESIAN,
    purpose: Purpose = PURPOSE,
    as_json: AsJson = False,
) -> None:
    """Why a card's day cost what it cost: each leg, each rule, in words, with its amount.

    Who looked, at which card and why is kept in the audit trail.

    Example: satu fare explain --card 6032981000000014 --day 2026-11-23
    """
    with running_database(), _city():
        from satu.taps.looking import look_at_day  # noqa: PLC0415  (Django is set up by now)

        looked = look_at_day(
            card=card,
            day=day.date(),
            purpose=purpose.strip() or PURPOSE,
            actor=f"command:fare:{getpass.getuser()}",
            at=from_ms(now_ms()),
        )
    if looked is None:
        fail(f"card {card}: there is no such card, or it did not ride on {day.date()}")
    if as_json:
        json_line(msgspec.to_builtins(looked))
        return
    for one in tables(looked, language):
        out.print(one)


@app.command()
def simulate(
    files: Files,
    first: First,
    last: Last,
    picture: Out = None,
    language: InLanguage = Language.INDONESIAN,
    processes: Processes = CORES,
    as_json: AsJson = False,
) -> None:
    """Rehearse a draft tariff on recorded taps: revenue and riders before and after.

    Every card's taps from the first to the last service day are folded again as if the draft had
    been in force. Nothing is written to the database.

    Example: satu fare simulate --tariff draft/ --from 2026-11-16 --to 2026-11-22 --out draft.html
    """
    period = _period(first, last)
    if picture is not None and picture.suffix not in SUFFIXES:
        fail(f"--out {picture}: write it as FILE.svg or FILE.html")
    draft = _draft(files, language)
    with running_database() as urls, _city():
        with psycopg.connect(urls.app) as conn:
            bundle = places.load_bundle(conn)
        missing = missing_networks(bundle, draft)
        if missing:
            lacking = fault_at(f"{files}", 0, "", "networks_unpriced", names=tuple(missing))
            fail(f"--tariff {lacking.told(language)}")
        with progress() as bar:
            rehearsed = rehearse(
                url=urls.app,
                bundle=bundle,
                draft=draft,
                period=period,
                processes=processes,
                on_batch=_on_batch(bar.add_task("kartu / cards", total=None), bar.update),
            )
    what = told(rehearsed, draft, bundle, period)
    teller = Teller(what, language)
    if picture is not None:
        picture.write_text(page(what) if picture.suffix == ".html" else teller.svg() + "\n")
        console.print(str(picture))
    if as_json:
        json_line(figures(what))
    else:
        for shown in screen(teller):
            out.print(shown)


@app.command()
def rerate(
    day: Day, until: Until = None, processes: Processes = CORES, as_json: AsJson = False
) -> None:
    """Rate service days again by the rules in force, and post what that changes.

    For a tariff that was corrected after people rode by it. Within 72 hours after the service
    day; what is posted settles today. To run it again changes nothing.

    Example: satu fare rerate --day 2026-11-23
    """
    period = _period(day, until or day)
    started = perf_counter()
    with running_database() as urls, _city():
        from satu.taps.corrections import correct_fares  # noqa: PLC0415  (Django is set up)

        with progress() as bar:
            done = correct_fares(
                url=urls.app,
                first=period.first,
                last=period.last,
                processes=processes,
                actor=f"command:fare:{getpass.getuser()}",
                at=from_ms(now_ms()),
                on_batch=_on_batch(bar.add_task("kartu / cards", total=None), bar.update),
            )
    if isinstance(done, Refusal):
        fail(f"{done}: 72 hours after {period.first} its fares are final; refund on request")
    figures_told = {
        "cards": done.cards,
        "taps": done.taps,
        "changed": done.changed,
        "difference": done.difference,
        "by_operator": {str(number): one for number, one in sorted(done.by_operator.items())},
        "seconds": round(perf_counter() - started, 2),
    }
    for name, value in figures_told.items():
        console.print(f"{name:>12}  {value}")
    if as_json:
        json_line(figures_told)


def _period(first: datetime, last: datetime) -> Period:
    if last < first:
        fail(f"--to {last.date()}: it is before {first.date()}")
    return Period(_date(first), _date(last))


def _date(given: datetime) -> date:
    return given.date()


def _draft(files: Path, language: Language) -> Tariff:
    reading = read_tariff(files, public_holidays)
    if reading.tariff is None:
        faults = "\n  ".join(fault.told(language) for fault in reading.faults)
        fail(f"{say(CHECK_FIRST, language, files=files, n=len(reading.faults))}\n  {faults}")
    return reading.tariff


@contextmanager
def _city() -> Iterator[None]:
    try:
        yield
    except NoCityLoaded as error:
        fail(str(error))


def _on_batch(task: object, update: Callable[..., None]) -> Callable[[int, int], None]:
    return lambda done, of: update(task, completed=done, total=of)
