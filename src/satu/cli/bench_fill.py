"""Fills a bench's database for its pages: cards with holders at every bank, days, what is counted.

Django is set up before.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from satu.bench import cards_file, pages_fill, pages_more, pages_rides
from satu.bench.pages_fill import Filling
from satu.bench.problems import BenchProblem
from satu.bench.stage import Stage, Tell
from satu.cards.import_file import Import
from satu.cards.import_run import CHUNK, File, run
from satu.cli.cards import Terms, default_processes, order_of
from satu.kernel.days import from_ms
from satu.people.kinds import Assurance
from satu.project.database import Urls

ACTOR = "command:bench"
LEAST_PAUSE = timedelta(seconds=10)  # between two looks of what is counted


def fill(urls: Urls, stage: Stage, *, cards: int, taps: int, at_ms: int, tell: Tell) -> int:
    """Everything that lacks; how many taps are stored then. What is there stays."""
    _cards(urls, stage, cards, at_ms, tell)
    calendar = stage.rules.calendar
    filling = Filling(
        urls.owner,
        cards,
        taps,
        [keys.device for keys in stage.readers],
        calendar,
        calendar.day_of(at_ms),
        tell,
    )
    made = pages_rides.patterns(stage.rules, filling.today - timedelta(days=7))
    stored = pages_fill.fill(filling, made)
    pages_more.fill_offices(urls.owner, cards=cards, at=from_ms(at_ms), tell=tell)
    _papers(stage, filling.today, at_ms)
    _count(urls, at_ms, tell)
    return stored


def _cards(urls: Urls, stage: Stage, cards: int, at_ms: int, tell: Tell) -> None:
    """Cards of residents, from a file of each bank as it is loaded in a city."""
    from satu.cards.importing import start_import  # noqa: PLC0415  (Django is set up by now)
    from satu.cards.queries import issuers  # noqa: PLC0415

    if stage.cards == cards:
        return
    if stage.cards:
        raise BenchProblem(f"the database holds {stage.cards:,} cards, not {cards:,}; use --fresh")
    banks, made = issuers(), 0
    bounds = [cards * place // len(banks) for place in range(len(banks) + 1)]
    at = from_ms(at_ms)
    terms = Terms(Assurance.IN_PERSON, True, ACTOR, at)
    with TemporaryDirectory() as folder:
        for bank, (first, end) in zip(banks, pairwise(bounds), strict=True):
            path = Path(folder) / f"{bank.code}.csv"
            header = cards_file.write(path, end - first, first=first)
            into = start_import(issuer=bank.code, source=path.name, actor=ACTOR, at=at)
            assert isinstance(into, Import), into
            order = order_of(urls.app, into, stage.rules, header, terms)
            processes = min(default_processes(), ceil((end - first) / CHUNK))
            with File(path) as file:
                for done in run(order, file.chunks(), processes=processes):
                    if done.loaded.bad:
                        raise BenchProblem(f"{path.name}: {done.loaded.bad[0]}")
                    made += done.loaded.made
                    tell("Cards", made, cards)


def _papers(stage: Stage, today: date, at_ms: int) -> None:
    """A draft of a tariff, and a bank's clearing files, for the pages that show one."""
    from satu.cards.queries import issuers  # noqa: PLC0415  (Django is set up by now)
    from satu.city.demo_office import open_office  # noqa: PLC0415
    from satu.settlement.clearing import write_clearing  # noqa: PLC0415

    at, bank = from_ms(at_ms), issuers()[0].code
    open_office(bundle=stage.rules.bundle, at=at)
    for back in range(2, 5):
        write_clearing(bank=bank, day=today - timedelta(days=back), actor=ACTOR, at=at)


def _count(urls: Urls, at_ms: int, tell: Tell) -> None:
    """What the jobs count of taps and uses, as they would have in time."""
    from satu.insight.quarters import keep_quarters  # noqa: PLC0415
    from satu.insight.tallies import tally  # noqa: PLC0415

    with psycopg.connect(urls.app, autocommit=True) as conn:
        for look in range(3):
            tell("Counts", look, 4)
            keep_quarters(conn, at=from_ms(at_ms) + look * LEAST_PAUSE)
        tell("Counts", 3, 4)
        tally(conn, at=from_ms(at_ms), is_whole=True)
        tell("Counts", 4, 4)
