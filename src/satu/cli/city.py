"""`satu city`: load a city's facts, or begin them from a GTFS feed."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from satu.city.feed import Wanted, places_of, write_places
from satu.city.pack import Pack, PackFaults, read_pack
from satu.cli.common import console, fail, json_line, progress, running_database
from satu.cli.tariff_words import Language
from satu.formats.gtfs import Feed, FeedFault
from satu.kernel import keys
from satu.kernel.days import from_ms
from satu.people.register import RegisterFault
from satu.project import environment
from satu.project.clock import now_ms

ACTOR = "command:city"

app = typer.Typer(no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="A city pack: cities/jakarta.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
InLanguage = Annotated[Language, typer.Option("--language", help="Of faults: id or en.")]
Simulated = Annotated[
    bool,
    typer.Option(help="Also register one simulated reader a point (demos; not in production)."),
]
Gtfs = Annotated[Path, typer.Option(help="A GTFS feed: a zip or a folder.")]
Out = Annotated[Path, typer.Option(help="The city pack's folder; its files are written over.")]
Operator = Annotated[str, typer.Option(help="The operator's code in operators.csv.")]
Name = Annotated[str, typer.Option(help="The files' name: points/NAME.csv. The operator's code.")]
Source = Annotated[str, typer.Option(help="Where the feed is from, and its date.")]
Stations = Annotated[bool, typer.Option(help="Keep stations only, not their platforms.")]
Networks = Annotated[
    list[str] | None,
    typer.Option(
        "--network",
        help="WHAT=NETWORK, repeated; WHAT is a route, a route's description, its fare, or *. "
        "Not needed where the feed has networks (Fares v2).",
    ),
]


@app.command()
def load(
    folder: Folder,
    with_simulated_devices: Simulated = False,
    language: InLanguage = Language.INDONESIAN,
    as_json: AsJson = False,
) -> None:
    """Load a city pack: operators, points, routes, tariffs, issuers and their accounts.

    The pack is checked whole first: with a fault, nothing changes and every fault is told. Then
    all of it comes into force at once. Loading the same pack again changes nothing.
    """
    if with_simulated_devices and environment.is_production():
        fail("--with-simulated-devices: in production every reader has keys of its own")
    pack = _read(folder, language)
    with progress() as bar, running_database():
        from satu.city.load import load_city, register_simulated_devices  # noqa: PLC0415

        started, at = perf_counter(), from_ms(now_ms())
        task = bar.add_task(pack.city.name, total=2 if with_simulated_devices else 1)
        try:
            loaded = load_city(pack=pack, actor=ACTOR, at=at)
        except RegisterFault as error:
            fail(error.fault.told(language))
        bar.advance(task)
        devices: dict[str, int] = {}
        if with_simulated_devices:
            bundle, master = loaded.places.bundle, environment.key_for(keys.DEVICE)
            devices = register_simulated_devices(bundle=bundle, master=master, actor=ACTOR, at=at)
            bar.advance(task)
    found = loaded.places.bundle
    told = {
        "city": found.city,
        "changed": loaded.places.changed,
        "digest": loaded.places.digest.hex(),
        "operators": len(found.operators),
        "issuers": len(pack.issuers),
        "points": len(found.points),
        "routes": len(found.routes),
        "tariffs": len(found.tariffs),
        "accounts": loaded.accounts,
        "devices": len(devices),
        "seconds": round(perf_counter() - started, 2),
    }
    if as_json:
        json_line(told)
    else:
        _tell(pack, told)


@app.command(name="import")
def import_(
    gtfs: Gtfs,
    out: Out,
    operator: Operator,
    source: Source,
    network: Networks = None,
    name: Name = "",
    stations: Stations = False,
    language: InLanguage = Language.INDONESIAN,
) -> None:
    """Begin an operator's points, routes and patterns from a GTFS feed, as files to correct."""
    networks = dict(_pair(given) for given in network or [])
    try:
        places = places_of(Feed(gtfs), Wanted(operator, networks, stations))
    except FeedFault as error:
        fail(f"{gtfs}: {error.fault.told(language)}")
    except LookupError as error:
        fail(f"--network: {error.args[0]}")
    for path in write_places(places, out, name or operator, source):
        console.print(f"{path}")


def _read(folder: Path, language: Language) -> Pack:
    try:
        return read_pack(folder)
    except PackFaults as faults:
        fail(faults.told(language))


def _pair(given: str) -> tuple[str, str]:
    what, equals, network = given.partition("=")
    if not (what and equals and network):
        fail(f"--network {given}: write it as WHAT=NETWORK")
    return what, network


def _tell(pack: Pack, told: dict[str, object]) -> None:
    changed = "loaded" if told["changed"] else "already loaded, nothing changed"
    console.print(f"{pack.city.name}: {changed}, {told['seconds']} s")
    for name in ("operators", "issuers", "points", "routes", "tariffs", "accounts", "devices"):
        console.print(f"  {told[name]:>6,} {name}")
