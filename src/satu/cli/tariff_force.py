"""`satu tariff activate`, `rollback` and `versions`: what is in force, and how it came to be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console
from rich.table import Table

from satu.cli.common import fail, json_line, running_database
from satu.cli.tariff_words import (
    CHECK_FIRST,
    IN_FORCE,
    NOTHING_CHANGED,
    WAS_IN_FORCE,
    Language,
    say,
)
from satu.fares.files.read import content_hash, read_tariff
from satu.formats.holidays import public_holidays
from satu.kernel.days import from_ms
from satu.project.clock import now_ms

ACTOR = "command:tariff"
out = Console(highlight=False)
SHORT = 12  # digits of a content's name that people compare

Files = Annotated[Path, typer.Argument(metavar="FOLDER|ZIP", help="A tariff that was checked.")]
City = Annotated[str, typer.Option(help="The city's code, if several are loaded.")]
Reason = Annotated[str, typer.Option(help="Why: a decree's number, a ticket. It is logged.")]
InLanguage = Annotated[Language, typer.Option("--language", help="Of the words: id or en.")]
Replace = Annotated[
    bool, typer.Option("--replace", help="Put it in the place of a version of that name or day.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]


class Change(NamedTuple):
    """What a command did: whether anything changed, the bundle's digest, the versions by then."""

    changed: bool
    digest: str
    versions: list[str]


def activate(
    files: Files,
    reason: Reason,
    city: City = "",
    replace: Replace = False,
    language: InLanguage = Language.INDONESIAN,
    as_json: AsJson = False,
) -> None:
    """Bring a tariff into force beside the others, from the day it says on.

    It is checked whole, signed and logged, and takes effect in one step or not at all; gateways
    and readers verify it before they leave the one they have. Rides that were priced already
    stay as they are until satu fare rerate prices them again. The same tariff again changes
    nothing.

    Example: satu tariff activate cities/jakarta/tariffs/2025-01-01 --reason "Kepgub 12/2026"
    """
    reading = read_tariff(files, public_holidays)
    tariff = reading.tariff
    if tariff is None:
        fail(say(CHECK_FIRST, language, files=files, n=len(reading.faults)))
    with running_database():
        from satu.taps.activation import activate_tariff  # noqa: PLC0415

        def act(code: str) -> Any:
            return activate_tariff(
                city=code,
                tariff=tariff,
                replace=replace,
                actor=ACTOR,
                at=from_ms(now_ms()),
                reason=reason,
            )

        _tell(_changed(act, city, language), language, as_json)


def rollback(
    reason: Reason,
    city: City = "",
    language: InLanguage = Language.INDONESIAN,
    as_json: AsJson = False,
) -> None:
    """Bring back the tariffs of before the last change. Points and routes stay.

    The same again undoes it.
    """
    with running_database():
        from satu.taps.activation import roll_back  # noqa: PLC0415

        def act(code: str) -> Any:
            return roll_back(city=code, actor=ACTOR, at=from_ms(now_ms()), reason=reason)

        _tell(_changed(act, city, language), language, as_json)


def versions(city: City = "", as_json: AsJson = False) -> None:
    """List the tariffs in force, and every change of what is in force: when, by whom, why."""
    with running_database():
        from satu.taps.queries import activations, active_bundle  # noqa: PLC0415

        code = _city(city)
        tariffs = active_bundle(code).tariffs
        log = activations(code)
    if as_json:
        told = [
            {
                "version": tariff.version,
                "valid_from": tariff.valid_from.isoformat(),
                "content": content_hash(tariff),
                "source": tariff.source,
            }
            for tariff in tariffs
        ]
        changes = [{**row._asdict(), "at": row.at.isoformat()} for row in log]
        json_line({"city": code, "tariffs": told, "changes": changes})
        return
    shown = Table("version", "from", "content", "source", title=code)
    for tariff in tariffs:
        name = content_hash(tariff)[:SHORT]
        shown.add_row(tariff.version, tariff.valid_from.isoformat(), name, tariff.source)
    out.print(shown)
    for row in log:
        out.print(f"{row.at:%Y-%m-%d %H:%M} {row.digest[:SHORT]} {row.actor}: {row.reason}")


def _changed(act: Callable[[str], Any], city: str, language: Language) -> Change:
    from satu.taps.activation import NotActivated  # noqa: PLC0415

    code = _city(city)
    try:
        done = act(code)
    except NotActivated as refused:
        told = "; ".join(fault.told(language) for fault in refused.faults)
        fail(f"{refused.code}: {told}; {say(NOTHING_CHANGED, language)}")
    return Change(done.changed, done.digest.hex(), [one.version for one in done.bundle.tariffs])


def _city(given: str) -> str:
    """The city that is meant: the one named, else the only one that is loaded."""
    from satu.taps.queries import cities  # noqa: PLC0415

    loaded = cities()
    if given in loaded or (not given and len(loaded) == 1):
        return given or loaded[0]
    fail(f"--city: write one of {', '.join(loaded)}" if loaded else "run: satu city load")


def _tell(change: Change, language: Language, as_json: bool) -> None:
    if as_json:
        json_line(change._asdict())
        return
    done = say(IN_FORCE if change.changed else WAS_IN_FORCE, language)
    out.print(f"{', '.join(change.versions)}: {done} ({change.digest[:SHORT]})")
