"""`satu demo`: a simulated morning of Jakarta, through the real gateway."""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import psycopg
import typer
import uvloop
from rich.progress import Progress
from rich.table import Table

from satu.cli.common import console, fail, json_line, progress, running_database, running_gateway
from satu.cli.replay import CITY, City, read_city
from satu.cli.up import programs
from satu.cli.verify import keep, proven
from satu.kernel import keys
from satu.kernel.days import from_ms
from satu.kernel.money import show
from satu.project import environment, gateways
from satu.project.clock import now_ms
from satu.project.supervisor import Child
from satu.validator.client import GatewayAwayError, GatewayRefusedError

if TYPE_CHECKING:
    from satu.city.demo_day import DemoCity

Minutes = Annotated[float | None, typer.Option(help="End by itself after so many minutes.")]
Headless = Annotated[bool, typer.Option("--headless", help="No web page; only the summary.")]
Speed = Annotated[float, typer.Option(help="City time runs so many times as fast.", min=1)]
Cards = Annotated[int, typer.Option(help="How many cards the banks have issued.", min=100)]
Seed = Annotated[int | None, typer.Option(help="The same seed, the same city day.")]
WebPort = Annotated[int, typer.Option(help="Where people look; 0 is any free port.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]


def command(
    minutes: Minutes = None,
    headless: Headless = False,
    speed: Speed = 60,
    cards: Cards = 100_000,
    seed: Seed = None,
    web_port: WebPort = 8000,
    city: City = CITY,
    as_json: AsJson = False,
) -> None:
    """A morning of Jakarta: 100,000 cards, five banks, a live page.

    People commute along the real routes from 04:30, sixty times as fast as life, through a real
    gateway and into real books. Open the printed address and watch; Ctrl-C ends it with a summary
    and a proof of the books. Run it again and the next day begins.
    """
    if environment.is_production():
        fail("the demo runs a gateway whose clock is not real; in production that is refused")
    if headless and minutes is None:
        fail("--headless needs --minutes: how long it should run")
    seed = secrets.randbelow(10**6) if seed is None else seed
    console.print(f"seed {seed}")
    with running_database() as urls:
        # Django is set up by now.
        from satu.city.demo_day import DemoOrder, prepare  # noqa: PLC0415

        with progress() as bar:
            task = bar.add_task("kartu / cards", total=cards)
            order = DemoOrder(
                pack=read_city(city),
                database=urls.app,
                cards=cards,
                seed=seed,
                master=environment.key_for(keys.DEVICE),
                real_ms=now_ms,
                issued=lambda made: bar.advance(task, made),
            )
            demo = prepare(order)
        with (
            running_gateway(["--clock", "follow"]) as address,
            _page(demo, address, headless, web_port),
        ):
            _watch(demo, address, speed, minutes)
        with psycopg.connect(urls.app, autocommit=True) as conn:
            figures = demo.figures(conn)
            report = proven(conn)
        keep(report)
    figures["books_close"] = report.ok
    _tell(figures)
    if as_json:
        json_line({"seed": seed, **figures})
    raise typer.Exit(0 if report.ok else 1)


@contextmanager
def _page(demo: DemoCity, address: str, headless: bool, port: int) -> Iterator[None]:
    """The web beside the demo, and its addresses on the screen; nothing if headless."""
    if headless:
        demo.pay_in()
        yield
        return
    from satu.city.demo_history import PHONE, settle  # noqa: PLC0415
    from satu.city.demo_pages import furnish  # noqa: PLC0415
    from satu.city.demo_setup import DAYS  # noqa: PLC0415

    with progress() as bar:
        task = bar.add_task("hari-hari lalu / days before", total=DAYS)
        forgetful = settle(demo, address, lambda days: bar.advance(task, days))
    demo.pay_in()
    port = _free(port)
    (web,) = [program for program in programs(0, port) if program.name == "web"]
    child = Child(web, write=lambda line: print(line, file=sys.stderr))
    here = f"http://localhost:{port}"
    try:
        for one in furnish(demo, forgetful, lambda: from_ms(now_ms())):
            console.print(f"{one.role} ({one.login}): {here}{one.path}", soft_wrap=True)
        console.print(
            f"ruang kendali / control room: {here}/console/live/ · technician", soft_wrap=True
        )
        console.print(f"warga / resident: {here}/masuk/ · {PHONE}", soft_wrap=True)
        console.print(
            f"kode masuk dan pesan / sign-in codes and messages: {here}/masuk/pesan/",
            soft_wrap=True,
        )
        console.print(f"publik / public: {here}/", soft_wrap=True)
        console.print("berhenti / stop: Ctrl-C")
        yield
    finally:
        child.stop()


def _free(port: int) -> int:
    """The port, or another one that nobody listens on."""
    with socket.socket() as probe:
        try:
            probe.bind((gateways.HOST, port))
        except OSError:
            return gateways.free_port()
        return int(probe.getsockname()[1])


def _watch(demo: DemoCity, address: str, speed: float, minutes: float | None) -> None:
    """Let the city ride until the time is over or somebody presses Ctrl-C."""
    with (
        Progress(console=console, transient=True) as bar,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        task = bar.add_task("", total=None)

        def says(words: str) -> None:
            bar.update(task, description=words)

        try:
            runner.run(demo.live(address, speed=speed, minutes=minutes, says=says))
        except KeyboardInterrupt:
            console.print("berhenti / stopping")
        except (GatewayAwayError, GatewayRefusedError) as error:
            fail(f"the gateway stopped taking taps ({error})")


def _tell(figures: dict[str, Any]) -> None:
    table = Table(show_header=False, box=None)
    for name in ("taps", "accepted", "journeys", "incomplete"):
        table.add_row(name, f"{figures[name]:,}")
    for name in ("revenue", "unfunded"):
        table.add_row(name, show(figures[name], figures["currency"]))
    for key, value in figures["refused"].items():
        table.add_row(f"refused: {key}", f"{value:,}")
    for name in ("revenue_by_operator", "money_by_bank"):
        for key, value in figures[name].items():
            table.add_row(f"{name}: {key}", show(value, figures["currency"]))
    closes = figures["books_close"]
    table.add_row(
        "buku / the books", "✓ tutup / close" if closes else "✕ tidak cocok / do not agree"
    )
    console.print(table)
