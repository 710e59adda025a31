"""A newcomer types `satu demo`: cards, a simulated morning, a proof; and again the next day."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from satu.kernel.refusal import Meaning
from satu.project.gateways import free_port
from tests.support import Database

SATU = [sys.executable, "-c", "from satu.cli.main import main; main()", "demo"]
SMALL = ["--cards", "3000", "--seed", "7", "--speed", "900"]
HEADLESS = [*SMALL, "--headless", "--minutes", "0.15", "--json"]
BANKS = {"Bank Mandiri", "BCA", "BRI", "BNI", "Bank Jakarta"}


@pytest.fixture
def home(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of one's own: a fresh database, and a place for its secret."""
    monkeypatch.setenv("SATU_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path


def demo(*arguments: str) -> dict[str, Any]:
    run = subprocess.run(
        [*SATU, *arguments], capture_output=True, text=True, timeout=180, check=False
    )
    assert run.returncode == 0, run.stderr
    figures: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return figures


def count(database: Database, question: str) -> int:
    (found,) = database.connect().execute(question).fetchone() or (0,)
    return int(found)


def test_a_morning_ends_by_itself_with_books_that_close_and_goes_on_the_next_day(
    home: Path, database: Database
) -> None:
    first = demo(*HEADLESS)
    assert first["books_close"] is True
    assert first["taps"] == first["accepted"] + sum(first["refused"].values()) > 100
    assert first["revenue"] == sum(first["revenue_by_operator"].values()) > 0
    assert set(first["money_by_bank"]) == BANKS
    assert count(database, "select count(*) from cards_card") == 3000
    # What was under way when the demo ended may be stored without having been answered.
    assert count(database, "select count(*) from taps_tap") >= first["taps"]

    # Who was refused at the gate did not ride on.
    without_entry = int(Meaning.EXIT_WITHOUT_ENTRY)
    assert count(database, f"select count(*) from taps_tap where meaning = {without_entry}") == 0

    by_number = "select count(*) from partners_va_payment"
    assert count(database, by_number) == 20 * len(BANKS), "holders paid by virtual account"
    second = demo(*HEADLESS)
    assert second["books_close"] is True
    assert count(database, by_number) == 2 * 20 * len(BANKS)
    assert count(database, "select count(*) from cards_card") == 3000
    first_day, second_day = (date.fromisoformat(one["days"][0]) for one in (first, second))
    assert second_day == first_day + timedelta(days=len(first["days"]))


def test_it_prints_where_to_look_and_ctrl_c_ends_it_with_the_summary(
    home: Path, database: Database
) -> None:
    port = free_port()
    log = home / "demo.log"
    command = [*SATU, *SMALL, "--web-port", str(port)]
    with log.open("w") as written, subprocess.Popen(command, stderr=written) as running:
        try:
            _look(running, log, port)
            _look_back(database, port)
            running.send_signal(signal.SIGINT)
            assert running.wait(180) == 0
        finally:
            running.terminate()
    assert "tutup / close" in log.read_text()
    assert count(database, "select count(*) from insight_proof where problems = 0") == 1


def _look_back(database: Database, port: int) -> None:
    """The first day has a past and troubles: what the pages tell of them is there from the start.

    Rides of yesterday and of the same weekday a week before, counted; a refund that no rule could
    decide, with its case; and soon a reader that tells of a wrong clock, and rides that were looked
    at for messages. The evening before calls nobody.
    """
    days = "select array_agg(distinct service_day order by service_day) from taps_tap"
    ((past,),) = database.connect().execute(days).fetchall()
    yesterday = past[6]
    assert yesterday == past[0] + timedelta(days=6), "people rode on each day of a week"
    riders = "select sum(riders_in) from insight_line_quarter where service_day = '{}' {}"
    assert count(database, riders.format(past[0], "")) > count(
        database, riders.format(yesterday, "")
    )
    buses = "and operator = (select id from taps_operator where code = 'transjakarta')"
    shown = count(database, riders.format(yesterday, buses)) // 10 * 10
    with urlopen(f"http://localhost:{port}/penumpang/?tanggal={yesterday}", timeout=20) as answer:
        told = re.sub(r"<[^>]+>|\s+", " ", answer.read().decode())
    assert re.search(rf"Transjakarta +{shown}\b", told) and shown >= 20
    waiting = "select count(*) from taps_repair where state = 0 and waits_for = 'travel_too_fast'"
    assert count(database, waiting) == 1
    assert count(database, "select count(*) from cases_case where about like 'repair:%'") == 1
    # Siti's card and its money were there before her first ride: its balances follow each other.
    mixed = """
        select count(*) from (
            select p.posted_at < lag(p.posted_at) over (order by p.serial) as is_earlier
              from cards_card c join ledger_posting p on c.purse in (p.debit, p.credit)
             where c.owner = 1 and p.service_day < '{}') told where is_earlier
    """
    assert count(database, mixed.format(yesterday)) == 0
    wrong = "select count(*) from taps_device_health where abs(clock_drift_ms) > 30000"
    deadline = time.monotonic() + 30
    looked_at = "select count(*) from messages_position where what = 'taps'"
    while not count(database, wrong) == count(database, looked_at) == 1:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    today = yesterday + timedelta(days=1)
    before = f"select count(*) from insight_alarm where since < '{today} 04:00+07'"
    assert count(database, before) == 0


def _look(running: subprocess.Popen[bytes], log: Path, port: int) -> None:
    """Wait for the printed address of the control room, and for the public page."""
    deadline = time.monotonic() + 180
    link = rf"http://localhost:{port}/console/enter/([\w-]{{43}})\n"
    while not re.search(link, log.read_text()):
        assert time.monotonic() < deadline and running.poll() is None, log.read_text()
        time.sleep(0.2)
    page = ""
    while "Satu" not in page:
        assert time.monotonic() < deadline, log.read_text()
        try:
            with urlopen(f"http://localhost:{port}/", timeout=5) as answer:
                page = answer.read().decode()
        except OSError:
            time.sleep(0.2)
