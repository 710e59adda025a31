"""Somebody replays a file of real rides: through the real gateway, to the rupiah, and resumed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands import satu
from tests.support import Database

SATU = [sys.executable, "-c", "from satu.cli.main import main; main()"]
HEADER = (
    "trans_id,card_key,issuer,sex,birth_year,route_id,route_name,direction,"
    "in_stop_id,in_stop_name,in_lat,in_lon,in_seq,in_time,"
    "out_stop_id,out_stop_name,out_lat,out_lon,out_seq,out_time,amount_idr"
)
# Real stops of Transjakarta's route 1; X9, JAK.999 and M7 are not in the city's data.
D1, D2 = "2023-04-03", "2023-04-04"
A, B = "H00014P", "H00127P"


def ride(card: str, issuer: str, route: str, entry: str, out: str, amount: str) -> str:
    """A row; `entry` and `out` are `stop time`, either part may be missing."""
    ends = []
    for end in (entry, out):
        stop, _, at = end.partition(" ")
        ends.append(f"{stop},Place {stop},-6.2,106.8,1,{at}")
    return f"t,{card},{issuer},F,1990,{route},Route {route},0,{ends[0]},{ends[1]},{amount}"


RIDES = [
    ride("c1", "flazz", "1", f"{A} {D1}T08:00:00", f"{B} {D1}T08:40:00", "3500"),
    ride("c1", "flazz", "1", f"{B} {D1}T09:30:00", f"{A} {D1}T10:00:00", "3500"),
    ride("c2", "dki", "1", f"{A} {D1}T05:30:00", f"{B} {D1}T06:10:00", "3500.0"),
    ride("c2", "dki", "", f" {D1}T12:00:00", "", "3500"),
    ride("c3", "online", "JAK.999", f"X9 {D1}T13:00:00", f"X9 {D1}T13:20:00", "0"),
    ride("c3", "online", "M7", f"{A} {D1}T19:00:00", "", "0"),
    ride("c1", "flazz", "1", f" {D2}T08:00:00", f"{B} {D2}T08:40:00", ""),
    ride("c4", "emoney", "", f"{A} {D2}T10:00:00", f"{B} {D2}T10:40:00", "3500"),
    ride("c4", "emoney", "1", f"{A} soon", "", "3500"),
]
ACCEPTED, QUARANTINED = 13, 1
CLASSES = {
    "unreadable": (1, 0, 3500),
    "no_use": (1, 0, 3500),
    "amount_missing": (1, 3500, 0),
    "same": (3, 7000, 7000),
    "route_added": (1, 3500, 0),
    "free_change": (1, 0, 3500),
    "time_of_day": (1, 2000, 3500),
}


@pytest.fixture
def home(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation of one's own: a fresh database, and a place for progress and secret."""
    monkeypatch.setenv("SATU_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    yield tmp_path


def written(home: Path, rides: list[str]) -> Path:
    path = home / "rides.csv"
    path.write_text("\n".join([HEADER, *rides, ""]))
    return path


def command(path: Path, *more: str) -> list[str]:
    return [*SATU, "replay", str(path), "--format", "transjakarta", "--json", *more]


def replay(path: Path, *more: str) -> dict[str, Any]:
    run = subprocess.run(
        command(path, *more), capture_output=True, text=True, timeout=180, check=False
    )
    assert run.returncode == 0, run.stderr
    figures: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return figures


def classes(figures: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {
        line["why"]: (line["rows"], line["charged"], line["in_file"]) for line in figures["report"]
    }


def postings(database: Database) -> int:
    (count,) = database.connect().execute("select count(*) from ledger_posting").fetchone() or (0,)
    return int(count)


def test_every_tap_and_every_rupiah_is_accounted_for_and_again_posts_nothing(
    home: Path, database: Database
) -> None:
    path = written(home, RIDES)
    first = replay(path, "--create-cards")
    expected = {
        "sent": 14,
        "accepted": ACCEPTED,
        "refused": 0,
        "repeats": 0,
        "quarantined": QUARANTINED,
        "journeys": 7,
        "incomplete": 1,
        "revenue": 16_000,
        "unfunded": 0,
        "by_issuer": {"bank-jakarta": 5_500, "bca": 7_000, "mandiri": 3_500},
        "by_operator": {"transjakarta": 16_000},
        "days": 2,
        "resumed_days": 0,
        "rows": 9,
        "unreadable": {"no readable time of entry": 1},
        "created": {
            "cards": {"mandiri": 1, "bca": 1, "bank-jakarta": 2},
            "routes": 2,
            "points": 3,
        },
    }
    assert {name: first[name] for name in expected} == expected
    assert classes(first) == CLASSES
    before = postings(database)

    second = replay(path, "--create-cards")
    assert (second["sent"], second["repeats"], second["accepted"]) == (14, 14, 0)
    assert postings(database) == before
    assert second["created"] == {"cards": {}, "routes": 0, "points": 0}
    assert {name: second[name] for name in ("journeys", "revenue", "by_issuer")} == {
        name: first[name] for name in ("journeys", "revenue", "by_issuer")
    }
    assert classes(second) == CLASSES


def test_without_create_cards_unknown_cards_are_set_aside_and_nothing_is_posted(
    home: Path, database: Database
) -> None:
    figures = replay(written(home, RIDES))
    assert (figures["sent"], figures["quarantined"], figures["accepted"]) == (14, 14, 0)
    assert (figures["journeys"], figures["revenue"], postings(database)) == (0, 0, 0)


def test_an_interrupted_replay_goes_on_with_the_day_it_was_in(
    home: Path, database: Database
) -> None:
    rides = [
        ride(
            f"k{card}",
            "dki",
            "1",
            f"{A} 2023-04-{day:02}T{hour:02}:{card % 60:02}:00",
            f"{B} 2023-04-{day:02}T{hour + 1:02}:{card % 60:02}:00",
            "3500",
        )
        for day in range(3, 9)
        for hour in (8, 14)
        for card in range(400)
    ]
    path = written(home, rides)
    running = subprocess.Popen(
        command(path, "--create-cards"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    progress = home / "home" / "replays"
    deadline = time.monotonic() + 120
    while not list(progress.glob("*.json")):
        assert time.monotonic() < deadline and running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGTERM)
    assert running.wait(60) == 128 + signal.SIGTERM

    figures = replay(path, "--create-cards")
    taps = 2 * len(rides)
    assert 1 <= figures["resumed_days"] < 6
    assert figures["sent"] == taps // 6 * (6 - figures["resumed_days"])
    assert figures["accepted"] + figures["repeats"] == figures["sent"]
    assert (figures["journeys"], figures["revenue"]) == (len(rides), 3500 * len(rides))
    (stored,) = database.connect().execute("select count(*) from taps_tap").fetchone() or (0,)
    assert stored == taps
    assert not list(progress.glob("*.json"))


def test_another_format_is_refused_in_one_line(home: Path) -> None:
    path = home / "other.csv"
    path.write_text("a,b\n1,2\n")
    run = satu("replay", str(path), "--format", "transjakarta")
    assert run.returncode == 1
    assert "satu: not a transjakarta file: no column card_key, issuer" in run.stderr


SUBE = """id,id_tarjeta,modo,lat,lon,sexo,interno_bus,tipo_trx_tren,etapa_red_sube,id_linea,id_ramal,id_tarifa,hora,fecha
1,37.0,COL,-34.61,-58.43,F,20,,0,77,77,1,8,27/11/2019
2,37.0,TRE,-34.62,-58.44,F,,CHECK IN,1,16,16,1,9,27/11/2019
3,37.0,TRE,-34.63,-58.45,F,,CHECK OUT,1,16,16,1,10,27/11/2019
4,,COL,-34.61,-58.43,F,20,,0,77,77,1,8,27/11/2019
"""  # noqa: E501  (a file as it comes)


def replay_sube(home: Path, *more: str) -> tuple[dict[str, Any], str]:
    """The figures and what people read of it."""
    path = home / "sube.csv"
    path.write_text(SUBE)
    run = subprocess.run(
        [*SATU, "replay", str(path), "--format", "sube", "--create-cards", "--json", *more],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "The file tells the hour only" in run.stderr
    figures = json.loads(run.stdout.splitlines()[-1])
    assert (figures["sent"], figures["accepted"], figures["quarantined"]) == (4, 3, 1)
    assert figures["journeys"] == 2
    return figures, " ".join(run.stderr.split())


def test_a_file_of_another_city_rides_by_that_citys_fares(home: Path) -> None:
    figures, told = replay_sube(home, "--balance", "50.00")
    assert (figures["weeks_moved"], figures["currency"]) == (0, "ARS")
    # 18.00 by bus, and half of 7.75 by train: a change within two hours.
    assert figures["by_operator"] == {"colectivos": 18_00, "trenes-argentinos": 3_87}
    assert figures["classes_by_mode"] == {"COL": {"complete": 1}, "TRE": {"complete": 1}}
    assert (figures["etapas"]["compared"], figures["etapas"]["agree"]) == (2, 2)
    assert figures["etapas"]["disagree_by_reason"] == {}
    assert "ARS 21,87 bagi operator" in told
    assert "100.0 % sama dengan berkas" in told


def test_a_file_older_than_the_citys_tariffs_moves_by_weeks(home: Path) -> None:
    figures, told = replay_sube(home, "--city", "cities/jakarta")
    assert (figures["weeks_moved"], figures["currency"]) == (162, "IDR")
    assert "moved forward by 162 weeks" in told


@pytest.mark.parametrize("balance", ["0", "-5", "12.345", "1,5"])
def test_a_balance_is_an_amount_of_the_citys_currency(home: Path, balance: str) -> None:
    path = home / "sube.csv"
    path.write_text(SUBE)
    run = satu("replay", str(path), "--format", "sube", "--create-cards", "--balance", balance)
    assert (run.returncode, run.stdout) == (1, "")
    assert "satu: --balance: " in run.stderr
