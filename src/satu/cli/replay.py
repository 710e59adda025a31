"""`satu replay`: send a file of real rides through the gateway."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.progress import Progress

from satu.cli.common import console, fail, json_line, progress, running_database, running_gateway
from satu.kernel import keys, money
from satu.kernel.days import from_ms
from satu.project import environment
from satu.project.clock import now_ms
from satu.validator.client import GatewayAwayError, GatewayRefusedError

if TYPE_CHECKING:
    from satu.city.pack import Pack

CITIES = Path(__file__).resolve().parents[3] / "cities"
CITY = CITIES / "jakarta"
HOMES = {"sube": CITIES / "buenos-aires"}  # where files of a format are from, if not Jakarta
ACTOR = "command:replay"
DEFAULT_UNITS = 1_000_000

File = Annotated[
    Path, typer.Argument(help="The rides: csv or csv.gz.", exists=True, dir_okay=False)
]
FormatName = Annotated[
    Literal["transjakarta", "sube", "tides"],
    typer.Option("--format", help="How the file is written; docs/guides/replay.md explains each."),
]
CreateCards = Annotated[
    bool,
    typer.Option(
        "--create-cards", help="Create the cards, and the stops and routes, that the file names."
    ),
]
Balance = Annotated[
    str,
    typer.Option(
        help="What a created card holds, in the city's currency: 50000, 25.00.",
        show_default="1000000 of its smallest unit",
    ),
]
LimitDays = Annotated[
    int | None, typer.Option(help="Only the first N service days of the file.", min=1)
]
City = Annotated[Path, typer.Option(help="The city pack: loaded if none is; names the banks.")]
CityOfFile = Annotated[
    Path | None,
    typer.Option(
        "--city",
        help="The city pack: loaded if none is; names the banks.",
        show_default="cities/buenos-aires for sube, cities/jakarta for others",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]


def command(
    file: File,
    format_name: FormatName,
    create_cards: CreateCards = False,
    balance: Balance = "",
    limit_days: LimitDays = None,
    city: CityOfFile = None,
    as_json: AsJson = False,
) -> None:
    """Send a file of real rides through the gateway, as the readers that would have sent them.

    Taps go in the order of their service days, by a gateway of this command's own whose clock
    follows them; each day is closed when it ends. An interrupted replay goes on where it was.
    Sending a file again posts nothing: every tap is recognised. Try:

      satu replay rides.csv.gz --format transjakarta --create-cards
    """
    if environment.is_production():
        fail("replay runs a gateway whose clock is not real; in production that is refused")
    with progress() as bar, running_database() as urls:
        from satu.city.replay import (  # noqa: PLC0415  (Django is set up by now)
            FORMATS,
            Order,
            Surroundings,
            replay,
        )
        from satu.city.replay_setup import SetupError, city_ready  # noqa: PLC0415
        from satu.formats.rides import NotThisFormat  # noqa: PLC0415

        around = Surroundings(
            database=urls.app,
            gateway=lambda: running_gateway(["--clock", "follow"]),
            master=environment.key_for(keys.DEVICE),
            now_ms=now_ms,
            progress_folder=environment.home() / "replays",
        )
        try:
            pack = read_city(city or home_of(format_name))
            units = smallest_units(balance, pack.city.currency)
            issuer_of = city_ready(pack=pack, at=from_ms(now_ms()))
            order = Order(
                path=file,
                form=FORMATS[format_name],
                balance=units if create_cards else None,
                issuer_of=issuer_of,
                limit_days=limit_days,
            )
            done = replay(order, around, _Bar(bar))
        except (NotThisFormat, SetupError) as error:
            fail(str(error))
        except (GatewayAwayError, GatewayRefusedError) as error:
            fail(f"the gateway stopped taking taps ({error}); run it again: it goes on from there")
    from satu.cli.replay_report import tell  # noqa: PLC0415

    tell(done, FORMATS[format_name].note)
    if as_json:
        json_line(done.figures())


def home_of(format_name: str) -> Path:
    """The pack that a file rides by if none is named: of its format, or of the city that is loaded.

    Another city's fares say little of a file: that is told.
    """
    from satu.taps.queries import cities  # noqa: PLC0415

    home, loaded = HOMES.get(format_name, CITY), cities()
    if not loaded or home.name in loaded or not (CITIES / loaded[0]).is_dir():
        return home
    console.print(
        f"Berkas ini dari {home.name}, tetapi yang dimuat {loaded[0]}: dipakai tarif {loaded[0]}. "
        f"/ The file is from {home.name}, but {loaded[0]} is loaded: its fares are taken. A "
        "SATU_HOME of its own gives the file its own city."
    )
    return CITIES / loaded[0]


def smallest_units(balance: str, currency: str) -> int:
    """A created card's balance in smallest units; exit 1 for what is no amount above nothing."""
    try:
        units = money.parse(balance, currency) if balance else DEFAULT_UNITS
    except ValueError as error:
        fail(f"--balance: {error}")
    if units <= 0:
        fail("--balance: a card is created with more than nothing")
    return units


def read_city(folder: Path) -> Pack:
    """The city pack in a folder; with a fault, everything that is wrong with it, and exit 1."""
    from satu.city.pack import PackFaults, read_pack  # noqa: PLC0415

    try:
        return read_pack(folder)
    except PackFaults as faults:
        fail(f"{faults.told('id')}\n{faults.told('en')}")


class _Bar:
    """The progress bar as a replay tells it (satu.city.replay.Watcher)."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None)

    def says(self, words: str) -> None:
        self._bar.update(self._task, description=words)

    def begins(self, taps: int) -> None:
        self._bar.update(self._task, description="tap / taps", total=taps, completed=0)

    def sent(self, taps: int) -> None:
        self._bar.advance(self._task, taps)
