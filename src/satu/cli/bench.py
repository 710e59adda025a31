"""`satu bench`: measure the ledger, uploads, single taps, and whether costs grow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

import psycopg
import typer
from rich.progress import Progress, TaskID

from satu.bench import cards_file, road, server
from satu.bench import cards_import as importing
from satu.bench import denials as denials_bench
from satu.bench import fares as fares_bench
from satu.bench import growth as growth_bench
from satu.bench import ledger as postings_bench
from satu.bench import pages as pages_bench
from satu.bench import rerate as rerating
from satu.bench import viewers as viewers_bench
from satu.bench.problems import BenchProblem, GatewayProblem
from satu.bench.road import Around, Kind
from satu.bench.stage import Stage
from satu.bench.viewers import Page
from satu.cards.import_file import Import
from satu.city.pack import read_pack
from satu.cli import bench_fill, bench_place
from satu.cli.bench_place import bench_server
from satu.cli.cards import Terms, default_processes, order_of
from satu.cli.common import console, fail, json_line, progress
from satu.cli.verify import proven
from satu.kernel import keys
from satu.kernel.days import from_ms
from satu.people.kinds import Assurance
from satu.project import environment
from satu.project.clock import now_ms
from satu.project.database import Urls
from satu.services.rules import Rules
from satu.validator.denials import Every
from satu.wire.signing import scheme_key

CITY = Path(__file__).resolve().parents[3] / "cities" / "jakarta"
LONGEST_S = 200  # requests are signed before the clock starts and are valid for five minutes

app = typer.Typer(no_args_is_help=True)

Cards = Annotated[int, typer.Option(help="How many cards there are.", min=10_000, max=5_000_000)]
Seconds = Annotated[float, typer.Option(help="How long the clock runs.", min=0.2, max=LONGEST_S)]
Fresh = Annotated[bool, typer.Option("--fresh", help="Make the database anew.")]
Verify = Annotated[bool, typer.Option("--verify", help="At the end prove the books, as verify.")]
Profile = Annotated[
    bool, typer.Option(help="A second, short window that divides the cost of a tap by part.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]


@app.command()
def ledger(
    cards: Cards = 1_000_000,
    seconds: Seconds = 10,
    fresh: Fresh = False,
    verify: Verify = False,
    as_json: AsJson = False,
) -> None:
    """Postings a second in sets of 1,000, and how many times pgbench's TPC-B that is.

    Two connections post purchases of random cards; then pgbench (scale 20, 8 clients, prepared)
    runs on the same server; then both once more. Ends with postings_per_s, tpcb_tps, ratio.

    Runs in a database of its own, which is kept: a million cards take a minute or two, once.
    """
    with _told(), progress() as bar, bench_server() as place:
        tell = _Bar(bar)
        urls, _ = _stage(place, cards, fresh, tell)
        done = postings_bench.bench(
            owner=urls.owner,
            app=urls.app,
            cards=cards,
            seconds=seconds,
            pgbench=bench_place.pgbench(),
            tpcb=bench_place.plain_database(place, "satu_bench_tpcb").owner,
            at_ms=now_ms(),
            tell=tell,
        )
        done |= _verified(urls, verify)
    _end(done, as_json)


@app.command()
def upload(
    cards: Cards = 1_000_000,
    seconds: Seconds = 10,
    fresh: Fresh = False,
    verify: Verify = False,
    profile: Profile = True,
    as_json: AsJson = False,
) -> None:
    """Taps a second through a gateway, in signed uploads of 1,000, from request to durable commit.

    Entries and exits on Jakarta's real routes by random cards; about half of them charge. Ends
    with taps_per_s, p99_ms (of a whole upload) and the processor time of a tap by part.
    """
    done = _road(road.UPLOAD, cards, seconds, fresh, verify, profile)
    _end({"taps_per_s": round(done["taps"] / done["window_s"]), **done}, as_json)


@app.command()
def taps(
    cards: Cards = 1_000_000,
    seconds: Seconds = 10,
    fresh: Fresh = False,
    verify: Verify = False,
    profile: Profile = True,
    as_json: AsJson = False,
) -> None:
    """Single taps that wait for an answer, one a request, on 64 kept-alive connections.

    Ends with requests_per_s, p50_ms and p99_ms.
    """
    done = _road(road.SINGLE, cards, seconds, fresh, verify, profile)
    _end({"requests_per_s": round(done["requests"] / done["window_s"]), **done}, as_json)


@app.command()
def growth(
    by: Annotated[
        Literal["cards", "postings"], typer.Option(help="What there is more of on one side.")
    ] = "cards",
    cards: Cards = 1_000_000,
    less: Annotated[int, typer.Option(help="Cards on the smaller side.", min=10_000)] = 100_000,
    postings: Annotated[
        int, typer.Option(help="Postings stored on the larger side.", min=1)
    ] = 20_000_000,
    pairs: Annotated[int, typer.Option(help="Pairs of windows, in turn.", min=1)] = 5,
    seconds: Seconds = 60,
    fresh: Fresh = False,
    as_json: AsJson = False,
) -> None:
    """Whether a tap costs more with more cards, or with more postings stored.

    Uploads to two databases in turn; ends with ratio: the median over the pairs of what a tap
    costs on the larger side over the smaller (1.0: it does not grow).
    """
    with _told(), progress() as bar, bench_server() as place:
        tell = _Bar(bar)
        sides = []
        sizes = [(less, 0), (cards, 0)] if by == "cards" else [(cards, 0), (cards, postings)]
        for many, stored in sizes:
            kept = f"satu_bench_{many}" + (f"_{stored}" if by == "postings" else "")
            urls, stage = _stage(place, many, fresh, tell, kept)
            postings_bench.fill(app=urls.app, cards=many, postings=stored, now_ms=now_ms, tell=tell)
            name = f"{stored} postings" if by == "postings" else f"{many} cards"
            sides.append(growth_bench.Side(name, stage, _around(urls, tell)))
        done = growth_bench.bench(sides, pairs=pairs, seconds=seconds)
    _end({"by": by, **done}, as_json)


@app.command()
def rerate(
    taps: Annotated[
        int, typer.Option(help="Taps of the day that is rated again.", min=1_000, max=2_500_000)
    ] = 250_000,
    processes: Annotated[int, typer.Option(help="How many processes fold.", min=1)] = os.cpu_count()
    or 1,
    fresh: Fresh = False,
    verify: Verify = False,
    as_json: AsJson = False,
) -> None:
    """How fast a whole service day is rated again from storage, and corrected.

    The day is filled over the taps' own road, once. Ends with taps_per_s and seconds_for_2_5m,
    extrapolated from fewer taps (is_extrapolated); nothing may change. Then a correction of nearly
    every card, and back: corrected_taps_per_s.
    """
    with _told(), progress() as bar, bench_server() as place:
        tell = _Bar(bar)
        cards = rerating.cards_for(Rules(read_pack(CITY).bundle()), taps)
        urls, stage = _stage(place, cards, fresh, tell, f"satu_bench_rerate_{taps}")
        ground = rerating.Bench(urls.owner, urls.app, stage, now_ms(), tell)
        done = rerating.bench(ground, taps=taps, processes=processes)
        done |= _verified(urls, verify)
    _end(done, as_json)


@app.command()
def fares(
    seconds: Seconds = 10,
    as_json: AsJson = False,
) -> None:
    """Legs a second that one core prices by Jakarta's tariff, a daily and a weekly cap added.

    Needs no database. Whole days of one to six rides by bus and by rail, with packages, are made
    before the clock starts; each is rated with what the card's days before it hand on. Ends with
    legs_per_s and what the days were.
    """
    _end(fares_bench.bench(Rules(read_pack(CITY).bundle()), seconds=seconds), as_json)


@app.command()
def denials(
    readers: Annotated[int, typer.Option(help="How many readers there are.", min=1)] = 5_000,
    reports: Annotated[int, typer.Option(help="Cards reported lost.", min=1, max=1_000)] = 20,
    least_s: Annotated[float, typer.Option(help="A reader's shortest pause.", min=0.1)] = 20.0,
    most_s: Annotated[float, typer.Option(help="Its longest pause.", min=0.1)] = 30.0,
    fresh: Fresh = False,
    as_json: AsJson = False,
) -> None:
    """How soon a card reported lost is in the published deny list, and at every online gate.

    Readers poll a gateway as the reader's own program does, each with its list on disk. Ends with
    published_s (the slowest report) and gates_p95_s over all readers and reports.
    """
    every = Every(least_s, most_s)
    with _told(), progress() as bar, bench_server() as place:
        tell = _Bar(bar)
        urls, stage = _stage(place, 10_000, fresh, tell, "satu_bench_denials", readers)
        scheme = scheme_key(environment.key_for(keys.SCHEME)).public_key()
        with bench_place.gateway(urls) as process:
            gates = denials_bench.Gates(process, stage.readers[:readers], scheme, every)
            done = denials_bench.bench(gates, urls.app, reports=reports, now_ms=now_ms, tell=tell)
    _end(done, as_json)


@app.command(name="cards-import")
def cards_import(
    cards: Annotated[
        int, typer.Option(help="Lines of the file, each a person's.", min=2_000, max=12_000_000)
    ] = 1_000_000,
    processes: Annotated[int, typer.Option(min=0, help="0: one more than processors.")] = 0,
    verify: Verify = False,
    as_json: AsJson = False,
) -> None:
    """Cards a second that are loaded from a bank's file, persons sealed, and opening a profile.

    The file is written before the clock starts, the database is made anew. Ends with cards_per_s,
    the processor time of a card by part, profile_p95_ms with so many stored, and what that is with
    12 million, extrapolated from it and from a tenth as many.
    """
    with _told(), progress() as bar, bench_server() as place, TemporaryDirectory() as folder:
        tell = _Bar(bar)
        urls, stage = _stage(place, 0, True, tell, "satu_bench_cards_import")

        from satu.cards.importing import start_import  # noqa: PLC0415  (Django is set up by now)

        file, at = Path(folder) / "cards.csv", from_ms(now_ms())
        header = cards_file.write(file, cards)
        into = start_import(issuer="mandiri", source=file.name, actor=importing.ACTOR, at=at)
        assert isinstance(into, Import), into
        terms = Terms(Assurance.IN_PERSON, True, importing.ACTOR, at)
        ground = importing.Bench(
            urls.owner,
            order_of(urls.app, into, stage.rules, header, terms),
            processes or default_processes(),
            importing.looker(at),
            tell,
        )
        done = importing.bench(ground, file=file, cards=cards)
        done |= _verified(urls, verify)
    _end(done, as_json)


@app.command()
def pages(
    cards: Annotated[
        int, typer.Option(help="Cards, each a resident's.", min=500, max=12_000_000)
    ] = 1_000_000,
    taps: Annotated[
        int, typer.Option(help="Taps stored, about so many.", min=1_000, max=100_000_000)
    ] = 10_000_000,
    requests: Annotated[int, typer.Option(help="Requests to each page.", min=5)] = 60,
    fresh: Fresh = False,
    verify: Verify = False,
    as_json: AsJson = False,
) -> None:
    """How long each page of console and portal takes with so many cards and taps stored.

    The database is filled once and kept. Pages are found by following links, as staff of the city,
    of an operator, of a bank, and as residents; each is asked for many times through the real web
    server. Ends with page (the slowest), p95_ms and pages.
    """
    with _told(), progress() as bar, bench_server() as place:
        tell = _Bar(bar)
        readers = max(16, min(5_000, cards // 100))
        urls, stage = _stage(place, None, fresh, tell, f"satu_bench_pages_{cards}_{taps}", readers)

        from satu.bench.pages_people import looking  # noqa: PLC0415  (Django is set up by now)
        from satu.cards.queries import issuers  # noqa: PLC0415

        stored = bench_fill.fill(urls, stage, cards=cards, taps=taps, at_ms=now_ms(), tell=tell)
        server.calm(urls.owner)
        operator = stage.rules.bundle.operators[0].code
        with bench_place.web(urls) as web, psycopg.connect(urls.app, autocommit=True) as conn:
            who = looking(
                conn, web.address, operator=operator, issuer=issuers()[0].code, at_ms=now_ms()
            )
            done = pages_bench.bench(who, conn, requests=requests, tell=tell)
            done |= {"cards": cards, "taps": stored, "books_close": server.close(conn)}
        done |= _verified(urls, verify)
    for line in pages_bench.told(done):
        console.print(line)
    _end(done, as_json, hidden=("pages", "settings"))


@app.command()
def viewers(
    viewers: Annotated[int, typer.Option(help="How many watch the live page.", min=1)] = 200,
    cards: Cards = 1_000_000,
    pairs: Annotated[int, typer.Option(help="Pairs of windows, in turn.", min=1)] = 3,
    seconds: Seconds = 20,
    fresh: Fresh = False,
    verify: Verify = False,
    as_json: AsJson = False,
) -> None:
    """Whether people who watch the live page slow the gateway.

    Single taps on 64 connections, in turn without and with viewers who ask the real web server
    for what is new. Ends with ratio: a tap's time with viewers over that without.
    """
    with _told(), progress() as bar, bench_server() as place:
        tell = _Bar(bar)
        urls, stage = _stage(place, cards, fresh, tell)

        from satu.bench.pages_people import session_cookie  # noqa: PLC0415  (Django is set up)

        page = Page(
            partial(bench_place.web, urls), lambda: session_cookie("bench.viewer", now_ms())
        )
        done = viewers_bench.bench(
            stage, _around(urls, tell), page, viewers=viewers, pairs=pairs, seconds=seconds
        )
        done |= _verified(urls, verify)
    _end(done, as_json)


def _road(
    kind: Kind,
    cards: int,
    seconds: float,
    fresh: bool,
    verify: bool,
    profile: bool,
) -> dict[str, Any]:
    with _told(), progress() as bar, bench_server() as place:
        tell = _Bar(bar)
        urls, stage = _stage(place, cards, fresh, tell)
        done = road.bench(kind, stage, _around(urls, tell), seconds=seconds, profile=profile)
        return done | _verified(urls, verify)


def _stage(
    place: Urls, cards: int | None, fresh: bool, tell: _Bar, name: str = "", readers: int = 256
) -> tuple[Urls, Stage]:
    """A bench's database with the city and its cards in it."""
    name = name or f"satu_bench_{cards}"
    urls = bench_place.database(place, name, fresh=fresh)

    from satu.bench.prepare import ready  # noqa: PLC0415  (Django is set up by now)

    with psycopg.connect(urls.app, autocommit=True) as conn:
        stage = ready(
            conn,
            pack=read_pack(CITY),
            cards=cards,
            readers=readers,
            master=environment.key_for(keys.DEVICE),
            at=from_ms(now_ms()),
            tell=tell,
        )
    return urls, stage


def _around(urls: Urls, tell: _Bar) -> Around:
    start = partial(bench_place.gateway, urls)
    return Around(urls.owner, urls.app, start, now_ms, tell)


def _verified(urls: Urls, wanted: bool) -> dict[str, Any]:
    if not wanted:
        return {}
    with psycopg.connect(urls.app, autocommit=True) as conn:
        return {"verify": proven(conn).ok}


@contextmanager
def _told() -> Iterator[None]:
    """A problem becomes one line."""
    if environment.is_production():
        fail(
            "a bench fills databases and runs a gateway whose clock is not real: not in production"
        )
    try:
        yield
    except GatewayProblem as problem:
        fail(f"{problem}; its log: {bench_place.log_file()}")
    except BenchProblem as problem:
        fail(str(problem))


class _Bar:
    """The progress bar as a bench tells it (satu.bench.prepare.Tell)."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, words: str, done: int, total: int) -> None:
        if words not in self._tasks:
            self._tasks[words] = self._bar.add_task(words, total=total)
        self._bar.update(self._tasks[words], completed=done, total=total)


def _end(done: dict[str, Any], as_json: bool, *, hidden: tuple[str, ...] = ()) -> None:
    for name, value in done.items():
        if name not in hidden:
            console.print(f"{name:>18}  {value}")
    if as_json:
        json_line(done)
    if not (done.get("books_close", True) and done.get("verify", True)):
        raise typer.Exit(1)
