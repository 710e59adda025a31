"""The public's pages by Django's client: fares, a played card, riders of past days, contracts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client

from satu.city.load import load_city
from satu.city.pack import read_pack
from satu.cli.replay import CITIES
from satu.insight.open_data import riders_of_day
from satu.ledger.actions import raw_connection
from satu.taps.drafts import keep_draft
from satu.taps.places import load_bundle
from satu.web import pictures
from satu.web.api import fares as api_fares
from satu.web.public import fares, riders, tap
from tests.live_city import MONDAY, MORNING, LiveCity
from tests.web_doors import staff_client

AT = datetime(2026, 3, 20, 12, tzinfo=UTC)
QUESTION = {"tanggal": "2026-03-23", "jam": "08:00"}
KEPT = ("ledger_posting", "taps_tap", "taps_use", "audit_entry")


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has seen no city, and whom nobody asked yet."""
    pictures._picture.cache_clear()
    monkeypatch.setattr(pictures, "_snapshots", {})
    for buckets in (api_fares.QUOTES, fares.QUESTIONS, fares.NAMES, tap.TOUCHES, riders.LOOKS):
        monkeypatch.setattr(buckets, "_left", type(buckets._left)())


@pytest.fixture
def contoh(database: Any) -> Any:
    load_city(pack=read_pack(CITIES / "contoh"), actor="test", at=AT)
    return database


def read(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def page(path: str, client: Client | None = None, **asked: str) -> str:
    answer = (client or Client()).get(path, asked)
    assert answer.status_code == 200, path
    return read(answer)


def rows(database: Any) -> list[int]:
    conn = database.connect()
    return [conn.execute(f"select count(*) from {table}").fetchone()[0] for table in KEPT]


def test_without_a_city_every_page_says_so(database):
    for path in ("/", "/kota/", "/tarif/", "/tap/", "/penumpang/", "/pengembang/"):
        assert "<h1>" in page(path), path
    assert "Belum ada kota" in page("/tarif/") and "Belum ada kota" in page("/tap/")


def test_the_first_page_leads_everywhere(contoh):
    told = page("/")
    assert "Satu kartu untuk seluruh Contoh" in told
    paths = ("/tarif/", "/kota/", "/penumpang/", "/tap/", "/pengembang/", "/saya/")
    for where in ("/", "/kota/"):
        assert [path for path in paths if f'href="{path}"' not in page(where)] == [], where
    assert 'href="/masuk/"' in told


def test_a_fare_is_told_with_its_reasons_and_the_way(contoh):
    told = page("/tarif/", **QUESTION, dari="Hills · Metro Contoh", ke="Castle")
    assert re.search(r'class="tarif-besar">EUR 3,20<', told)  # 1.80, and 2.20 less 0.80
    for words in (
        "berlaku sejak 1 Jan 2026",
        "Potongan pindah kendaraan",
        "1 kali pindah",
    ):
        assert words in told, words
    assert "<svg" in told.partition("peta-jalan")[2]
    reduced = page(
        "/tarif/", **QUESTION, dari="Hills · Metro Contoh", ke="Castle", golongan="reduced"
    )
    assert "EUR 1,60" in reduced


def test_by_trains_alone_or_buses_alone(contoh):
    asked = {**QUESTION, "dari": "Hills · Metro Contoh", "ke": "Harbour"}
    assert "EUR 3,40" in page("/tarif/", **asked, moda="rel")
    assert "Tidak ada jalan di antara" in page("/tarif/", **asked, moda="bus")


ASKED = (
    ({"dari": "Hills", "ke": "Lake"}, "Beberapa tempat bernama begini"),
    ({"dari": "Atlantis", "ke": "Lake"}, "Tidak ada tempat bernama begini"),
    ({"dari": "Lake", "ke": "lake"}, "Ini tempat Anda berangkat"),
    ({"dari": "Lake", "ke": "Harbour", "tanggal": "1999-01-01"}, "Tarif untuk hari itu"),
    ({"dari": "Lake", "ke": "Harbour", "tanggal": "x", "jam": "99:99"}, "salah"),
    ({"dari": "", "ke": "\x00" * 10}, "salah"),
    ({"dari": "Lake", "ke": "Harbour", "cara": "-1"}, "EUR 3,40"),
    ({"dari": "Lake", "ke": "Harbour", "cara": "9" * 50}, "EUR 3,40"),
)


def test_whatever_is_asked_is_answered(contoh):
    for asked, words in ASKED:
        assert words in page("/tarif/", **(QUESTION | asked)), asked
    # Choices are links that keep the rest of the question.
    told = page("/tarif/", **QUESTION, dari="Hills", ke="Lake")
    link = re.search(r'href="(\?[^"]*Metro[^"]*)"', told)
    assert link is not None
    chosen = Client().get("/tarif/" + link[1].replace("&amp;", "&"))
    assert "EUR 2,20" in read(chosen)

    # A question without a time is asked now; so are the examples, which are links.
    links = re.findall(r'href="(\?dari=[^"]*)"', page("/tarif/"))
    assert links
    for link in (*links, "?dari=Lake&amp;ke=Harbour"):
        told = read(Client().get("/tarif/" + link.replace("&amp;", "&")))
        assert 'class="jawaban"' in told, link

    told = page("/tarif/tempat", dari="hil")
    assert re.findall(r'value="([^"]*)"', told) == ["Hills · Metro Contoh", "Hills · Bus Contoh"]
    assert page("/tarif/tempat").strip() == ""


def test_a_played_card_is_charged_as_a_real_one_and_leaves_no_trace(contoh):
    before = rows(contoh)
    client = Client()
    told = page("/tap/", client)
    assert "EUR 20,00" in told and "Tempel di sini" in told
    answer = touch(client, "Hills · Metro Contoh", "08:00", arah="1")
    assert answer.status_code == 200 and "Bayar saat keluar" in read(answer)
    told = read(touch(client, "Harbour", "08:30", arah="2"))
    assert 'data-keadaan="accepted"' in told and "EUR 3,40" in told and "Sisa EUR 16,60" in told
    assert "Tarif Metro, two zones, peak" in told
    told = read(move(client, "isi"))
    assert "EUR 36,60" in told
    assert "EUR 20,00" in read(move(client, "baru"))
    assert rows(contoh) == before
    # A refusal tells how much is lacking.
    client = Client()
    card = {"golongan": "adult", "saldo": "0", "aksi": "kartu"}
    assert client.post("/tap/", card, follow=True).status_code == 200
    told = read(touch(client, "Lake", "12:00", arah="1"))
    assert 'data-keadaan="refused"' in told and "Saldo kurang" in told and "EUR 1,00" in told


def test_a_blocked_card_and_a_day_that_ends(contoh):
    client = Client()
    touch(client, "Lake", "12:00", arah="1")
    told = read(move(client, "akhir"))
    assert "Tanpa tap keluar" in told and "Hari berakhir" in told
    client.post("/tap/", {"golongan": "adult", "saldo": "20", "blokir": "on", "aksi": "kartu"})
    assert "Kartu diblokir" in read(touch(client, "Lake", "12:00"))


def test_a_reader_that_cannot_be_set_up_says_why(contoh):
    for asked, words in (
        ({"tempat": "nowhere"}, "Tempat itu tidak kami kenal"),
        ({"tempat": "Lake", "jam": "25:00"}, "salah"),
        ({"tempat": "Lake", "orang": "10"}, "salah"),
    ):
        answer = Client().post("/tap/", QUESTION | asked | {"aksi": "tap"})
        assert answer.status_code == 422 and words in read(answer), asked
    client = Client()
    for forged in ("x", "eyJ4IjoxfQ:1:2"):
        client.cookies["satu_tap"] = forged
        assert "Tempel di sini" in page("/tap/", client)
    # A line of the place before is forgotten with it.
    client = Client()
    bus = touch(client, "School", "09:00", garis=line_of(client, "School"))
    assert "EUR 1,80" in read(bus)
    assert touch(client, "Lake", "10:00", garis=line_of(client, "School")).status_code == 200


def test_staff_can_ride_by_any_tariff_and_others_cannot(contoh):
    assert 'name="tarif"' not in page("/tap/")
    client = staff_client("ani", "administrator")
    assert 'name="tarif"' in page("/tap/", client)
    (tariff,) = load_bundle(raw_connection()).tariffs
    given = {"golongan": "adult", "saldo": "20", "aksi": "kartu"}
    client.post("/tap/", given | {"tarif": f"version:{tariff.version}"})
    told = read(touch(client, "Lake", "12:00", tanggal="2020-01-06", arah="1"))
    assert "Silakan masuk" in told and "Tarif untuk hari itu belum ada" not in told
    draft = keep_draft(city="contoh", files=zipped(), name="a.zip", actor="staff:ani", at=AT).draft
    assert draft is not None
    client.post("/tap/", given | {"tarif": f"draft:{draft.id}"})
    assert "EUR 1,50" in read(touch(client, "School", "12:00"))
    assert client.post("/tap/", given | {"tarif": "draft:999"}).status_code == 422
    assert "Tarif untuk hari itu belum ada" in read(
        touch(Client(), "Lake", "12:00", tanggal="2020-01-06")
    )


def test_who_computes_too_much_waits(contoh, monkeypatch):
    monkeypatch.setattr(fares.QUESTIONS, "burst", 2.0)
    asked = {**QUESTION, "dari": "Lake", "ke": "Harbour"}
    answers = [Client().get("/tarif/", asked) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    assert Client().get("/tarif/").status_code == 200
    monkeypatch.setattr(api_fares.QUOTES, "burst", 1.0)
    leg = {"start": "lake", "started_at": "2026-03-23T08:00:00+00:00"}
    quotes = [
        Client().post("/api/fares/quote", {"legs": [leg]}, content_type="application/json")
        for _ in range(2)
    ]
    assert [one.status_code for one in quotes] == [200, 429]
    assert quotes[1].json()["code"] == "too_many" and int(quotes[1].headers["Retry-After"]) > 0


def test_riders_of_a_day_that_is_over(database):
    city = LiveCity(database)
    count(city, MONDAY - timedelta(days=1), {1: 1_234, 2: 57, 0: 4})
    count(city, MONDAY, {1: 999})
    city.tap("H0", 20, at=MORNING)
    pictures._picture.cache_clear()
    told = page("/penumpang/", tanggal="2026-11-22")
    told = told.partition("<main")[2].partition("</main")[0]  # addresses of files have figures
    assert "1.230" in told and "57" not in told.partition("<table")[2]
    assert "999" not in told and "990" not in told
    answer = Client().get("/penumpang/", {"tanggal": "2026-11-22", "format": "csv"})
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert lines == ["Hari,Operator,Jalur,Nama,\"Penumpang, paling sedikit\"",
                     "2026-11-22,Bus Kota,1,Kota - Blok M,1230"]  # fmt: skip
    for asked in ({"tanggal": "x"}, {"tabel": "tempat", "hal": "99", "urut": "-x"}):
        page("/penumpang/", **asked)


def count(city: LiveCity, day: date, by_route: dict[int, int]) -> None:
    """Riders of a day as insight counts them."""
    begins = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    for route, n in by_route.items():
        city.conn.execute(
            "insert into insight_line_quarter values (%s, %s, %s, %s, %s, 0, %s, 0, 0)",
            [day, city.operators["bus"], route, begins, n, n],
        )


def test_places_are_counted_by_their_names(database):
    city = LiveCity(database)
    begins = datetime(2026, 11, 22, 1, tzinfo=UTC)
    for code, n in (("H0", 400), ("H1", 60), ("H2", 300)):
        city.conn.execute(
            "insert into insight_quarter values (%s, %s, 0, 0, %s, %s, 0, 0)",
            [city.points[code], begins, n, n],
        )
    count(city, MONDAY - timedelta(days=1), {1: 760})
    places = pictures.current_picture().places
    assert places is not None and load_bundle(raw_connection()).city == "kota-contoh"
    told = riders_of_day(
        raw_connection(),
        places.calendar,
        MONDAY - timedelta(days=1),
        operator_of=places.operator_of,
        group=places.point_name,
    )
    bus = city.operators["bus"]
    names = {name: n for (operator, name), n in told.places.items() if operator == bus}
    assert names == {"Halte Kota": 400, "Halte Harmoni": 60, "Halte Monas": 300}
    assert told.hours == {8: 760}


def test_contracts_are_shown_and_given(contoh):
    for name, words in (
        ("bank", "/v1.0/emoney/topup"),
        ("pembaca", "/v1/taps"),
        ("tarif", "quote"),
    ):
        assert words in page(f"/pengembang/{name}/")
        document = Client().get(f"/pengembang/{name}/openapi.json")
        assert document.json()["openapi"].startswith("3.1")
    assert Client().get("/pengembang/none/").status_code == 404
    assert Client().get("/pengembang/none/openapi.json").status_code == 404


def zipped() -> bytes:
    """The town's tariff with a bus for 1.50, as staff upload it."""
    made = BytesIO()
    folder = CITIES / "contoh" / "tariffs" / "2026-01-01"
    with ZipFile(made, "w") as archive:
        for file in folder.iterdir():
            archive.writestr(
                file.name, file.read_text().replace("bus,Bus,adult,1.80", "bus,Bus,adult,1.50")
            )
    return made.getvalue()


def touch(client: Client, place: str, clock: str, **more: str) -> Any:
    asked = QUESTION | {"tempat": place, "jam": clock, "aksi": "tap"} | more
    return client.post("/tap/", asked, follow=True)


def move(client: Client, action: str) -> Any:
    return client.post("/tap/", {"aksi": action}, follow=True)


def line_of(client: Client, place: str) -> str:
    """The number of a place's line, as the page offers it."""
    client.post("/tap/", QUESTION | {"tempat": place, "aksi": "tempat"})
    found = re.search(r'<option value="(\d+)"[^>]*>10 ·', page("/tap/", client))
    assert found is not None
    return found[1]
