"""The newcomer's tour: `satu demo`, and each page of docs/tutorials/tour.md opened as it is told.

`make tour` (SATU_TOUR=1) writes the tour's pictures anew, of a busier morning. Otherwise none is
written: the pages are walked, the pictures that the documents name must be those of the walk, and
no page may be made of anything else than when its picture was drawn (tests.browser.tour_pages).
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from satu.city.demo_history import NAME, PHONE
from satu.project.gateways import free_port
from tests.browser.looks import faults_of
from tests.browser.tour_pages import (
    PAGES,
    PICTURES,
    digests,
    keep_digests,
    kept_digests,
    view_at,
)

Visit = Callable[..., Any]
REPOSITORY = Path(__file__).resolve().parents[2]
TOLD_IN = (REPOSITORY / "docs/tutorials/tour.md", REPOSITORY / "README.md")
MOST_BYTES = 80_000
IS_DRAWING = os.environ.get("SATU_TOUR") == "1"
DEMO = [sys.executable, "-c", "from satu.cli.main import main; main()", "demo", "--seed", "7"]
MORNING = ["--cards", "40000", "--speed", "120"] if IS_DRAWING else ["--cards", "2000"]
BUSY = 3_000 if IS_DRAWING else 1
START_S, BUSY_S = 180, 240
PHONE_SIZE, DESK_SIZE = (390, 844), (1280, 800)
HERE = {"locale": "id-ID", "timezone_id": "Asia/Jakarta", "reduced_motion": "reduce"}
# The first keeps the paper's tone; the others keep the colours of thin lines, in fewer bytes.
FEW, RARE = Image.Quantize.MEDIANCUT, Image.Quantize.MAXCOVERAGE
LESS = ((1, 128, FEW), (1, 64, RARE), (0.75, 64, RARE), (0.75, 32, RARE), (0.6, 32, RARE))
FROM, TO = "Stasiun MRT Blok M BCA", "Stasiun MRT Bundaran HI Bank Jakarta"
ENTRANCE = re.compile(r"^(\w+) \(\w+\): http://localhost:\d+(/console/enter/\S+)$", re.M)


class Demo(NamedTuple):
    """A running demo: its web's address, and each role's one-time path."""

    address: str
    entrances: dict[str, str]


@pytest.fixture
def demo(database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    """What a newcomer has typed, and what it printed."""
    monkeypatch.setenv("SATU_HOME", str(tmp_path))
    port, log = free_port(), tmp_path / "demo.log"
    command = [*DEMO, *MORNING, "--web-port", str(port)]
    with log.open("w") as written, subprocess.Popen(command, stderr=written) as running:
        try:
            deadline = time.monotonic() + START_S
            while "Ctrl-C" not in (told := log.read_text()) or not _answers(port):
                assert time.monotonic() < deadline and running.poll() is None, told
                time.sleep(0.2)
            yield Demo(f"http://localhost:{port}", dict(ENTRANCE.findall(told)))
            running.send_signal(signal.SIGINT)
            assert running.wait(180) == 0, log.read_text()
        finally:
            running.terminate()
    assert "tutup / close" in log.read_text()


def _answers(port: int) -> bool:
    """Whether the web is there: its addresses are printed a moment before it is."""
    try:
        with urlopen(f"http://localhost:{port}/healthz", timeout=2):
            return True
    except OSError:
        return False


@pytest.fixture
def web(demo: Demo) -> str:
    return demo.address


class Tour:
    """Who walks, and which pictures were seen on the way."""

    def __init__(self, visit: Visit, demo: Demo) -> None:
        self.visit = visit
        self.demo = demo
        self.seen: list[str] = []

    def enter(self, role: str) -> Any:
        """Somebody of the staff at a desk, let in by the printed link."""
        visitor = self.visit(*DESK_SIZE, **HERE)
        visitor.go(self.demo.entrances[role])
        return visitor

    def see(self, page: Page, name: str) -> None:
        """A page as the tour shows it: nothing sticks out, and its picture if pictures are made."""
        assert faults_of(page) == [], name
        assert view_at(urlsplit(page.url).path) is view_at(PAGES[name].path), (name, page.url)
        self.seen.append(name)
        if IS_DRAWING:
            page.evaluate("document.activeElement.blur()")
            (PICTURES / f"{name}.png").write_bytes(_small(page.screenshot()))


def _small(png: bytes) -> bytes:
    """A picture of so many pixels and colours that it is small enough."""
    whole = Image.open(BytesIO(png)).convert("RGB")
    kept = BytesIO()
    for part, colours, way in LESS:
        kept = BytesIO()
        size = (round(whole.width * part), round(whole.height * part))
        picture = whole if part == 1 else whole.resize(size, Image.Resampling.LANCZOS)
        few = picture.quantize(colours, way, dither=Image.Dither.NONE)
        few.save(kept, "png", optimize=True)
        if kept.tell() < MOST_BYTES:
            break
    return kept.getvalue()


def test_the_tour_is_walked_as_it_is_told(demo: Demo, visit: Visit) -> None:
    tour = Tour(visit, demo)
    _public(tour)
    _resident(tour)
    _desk(tour)
    _bank_and_four_eyes(tour)
    _control_room(tour)
    _operator(tour)
    assert tour.seen == [*PAGES]
    if IS_DRAWING:
        keep_digests()


def test_the_documents_show_the_pictures_of_the_walk() -> None:
    told = {
        name
        for document in TOLD_IN
        for name in re.findall(r"pictures/tour/([\w-]+)\.png", document.read_text("utf-8"))
    }
    assert told == set(PAGES)
    sizes = {picture.stem: picture.stat().st_size for picture in PICTURES.glob("*.png")}
    assert set(sizes) == told
    assert {name: size for name, size in sizes.items() if size >= MOST_BYTES} == {}


def test_no_picture_is_older_than_its_page() -> None:
    kept = kept_digests()
    stale = [name for name, digest in digests().items() if kept.get(name) != digest]
    assert stale == [], "these pages have changed: draw their pictures anew with `make tour`"


def _public(tour: Tour) -> None:
    visitor = tour.visit(*DESK_SIZE, **HERE)
    page = visitor.go("/")
    expect(page.locator("h1")).to_have_text("Satu kartu untuk seluruh Jakarta")
    tour.see(page, "public")
    page.get_by_role("link", name="Tarif", exact=True).first.click()
    page.get_by_label("Dari", exact=True).fill(FROM)
    page.get_by_label("Ke", exact=True).fill(TO)
    page.get_by_role("button", name="Hitung").click()
    expect(page.locator(".tarif-besar")).to_contain_text("Rp")
    tour.see(page, "fares")
    page.get_by_role("link", name="Coba kartu").first.click()
    _touch(page, FROM, "07:10")
    _touch(page, TO, "07:35")
    expect(page.locator(".sejarah li")).to_have_count(2)
    page.evaluate("scrollTo(0, 0)")
    tour.see(page, "tap")


def _touch(page: Page, place: str, clock: str) -> None:
    """Hold the card that is played with to a reader."""
    before = page.locator("#layar").get_attribute("data-nomor") or "none"
    page.get_by_label("Tempat pembaca kartu").fill(place)
    page.get_by_label("Waktu", exact=True).fill(clock)
    page.get_by_role("button", name="Tap", exact=True).click()
    expect(page.locator("#layar[data-nomor]")).to_be_visible()
    expect(page.locator("#layar")).not_to_have_attribute("data-nomor", before)


def _resident(tour: Tour) -> None:
    visitor = tour.visit(*PHONE_SIZE, **HERE)
    page = visitor.go("/masuk/")
    page.get_by_label("Nomor ponsel atau email").fill(PHONE)
    page.get_by_role("button", name="Kirim kode").click()
    page.get_by_label("Kode", exact=True).fill(_code(visitor))
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_text(NAME)).to_be_visible()
    tour.see(page, "home")
    visitor.go("/saya/riwayat/")
    page.mouse.wheel(0, 450)
    tour.see(page, "history")
    page.locator("a.judul-baris").first.click()
    expect(page.locator("h1")).to_contain_text("→")
    page.mouse.wheel(0, 2_000)
    tour.see(page, "why")
    _mend(visitor)
    visitor.go("/saya/")
    page.get_by_role("link", name="Hilang", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    tour.see(page, "lost")


def _mend(visitor: Any) -> None:
    """The one evening without a tap out: say where it was, and the difference is back."""
    page = visitor.go("/saya/")
    page.get_by_role("link", name="Lengkapi", exact=True).click()
    page.get_by_role("link", name="Lengkapi perjalanan").click()
    page.get_by_role("button", name="Di situ").click()
    expect(page.get_by_text(re.compile(r"Rp\s[1-9][\d.]* kembali ke kartu Anda"))).to_be_visible()


def _code(visitor: Any) -> str:
    """The newest code that a demo shows instead of sending it, above the messages that it sent."""
    outbox = visitor.context.new_page()
    outbox.goto(f"{visitor.address}/masuk/pesan/")
    expect(outbox.get_by_role("listitem").filter(has_text="Terkirim").first).to_be_visible()
    code = outbox.get_by_role("listitem").first
    expect(code).to_contain_text(PHONE[-3:])
    found = re.search(r"\d{6}", code.inner_text())
    assert found is not None
    outbox.close()
    return found[0]


def _desk(tour: Tour) -> None:
    page = tour.enter("desk").page
    page.get_by_role("searchbox").fill(PHONE)
    page.keyboard.press("Enter")
    expect(page.locator(".lembar")).to_contain_text("Ini menyebut seseorang")
    page.get_by_role("textbox", name="Laporan").fill("K-1")
    tour.see(page, "find")
    page.locator(".lembar").get_by_role("button", name="Cari").click()
    expect(page.locator("h1")).to_contain_text("Warga")
    page.locator(".lembar").get_by_role("link", name="••••").first.click()
    expect(page.locator("h1")).to_contain_text("Kartu ••••")
    tour.see(page, "card")


def _bank_and_four_eyes(tour: Tour) -> None:
    visitor = tour.enter("bank")
    tour.see(visitor.page, "bank")
    page = visitor.go("/console/approvals/")
    page.locator(".lembar").get_by_role("link", name="Ganti rugi ke kartu").first.click()
    expect(page.get_by_role("button", name="Setujui")).to_be_visible()
    tour.see(page, "four-eyes")


def _control_room(tour: Tour) -> None:
    visitor = tour.enter("administrator")
    page = visitor.go("/console/live/")
    deadline = time.monotonic() + BUSY_S
    while _figure(page, "all") < BUSY:
        assert time.monotonic() < deadline
        page.wait_for_timeout(500)
    expect(page.locator("[data-part=books]")).to_have_attribute("data-keadaan", "baik")
    tour.see(page, "control-room")


def _figure(page: Page, part: str) -> int:
    digits = re.sub(r"\D", "", page.locator(f"[data-part={part}]").inner_text())
    return int(digits or 0)


def _operator(tour: Tour) -> None:
    page = tour.enter("operator").page
    expect(page.locator("h1")).to_be_visible()
    tour.see(page, "operator")
