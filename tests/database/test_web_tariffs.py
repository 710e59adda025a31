"""Tariffs in the console: compared in words, uploaded, rehearsed, in force by two people alone."""

from __future__ import annotations

import zipfile
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from satu.city.load import load_city
from satu.city.pack import read_pack
from satu.taps import drafts
from satu.taps.models import Activation, Draft, Rehearsal
from tests.support import Database
from tests.unit.city.packs import TOWN, write_pack
from tests.web_doors import hire, staff_client

ROOT = "/console/tariffs/"
START = "tariffs/2025-01-01/"
FILES = {name.removeprefix(START): text for name, text in TOWN.items() if START in name}
VERSION = "version,valid_from\ntown-2,20260101\n"


ONLY_BUS = {
    "networks": "network_id\ntown-bus\n",
    "satu_networks": "network_id,closed,charge_at\ntown-bus,false,entry\n",
    "fare_leg_rules": "network_id,fare_product_id\ntown-bus,bus\n",
}


def packed(**changed: str | bytes) -> bytes:
    """The town's tariff from 2026 on with other files, as a zip."""
    files = FILES | {"satu_tariff.txt": VERSION} | {f"{k}.txt": v for k, v in changed.items()}
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def dearer() -> bytes:
    head = "fare_product_id,fare_product_name,amount,currency\n"
    return packed(fare_products=f"{head}bus,Bus Kota,4000,IDR\n")


@pytest.fixture
def sari(database: Database, tmp_path: Path) -> Client:
    pack = read_pack(write_pack(tmp_path / "town"))
    load_city(pack=pack, actor="test", at=timezone.now())
    return staff_client("sari", "administrator")


def told(client: Client, path: str = "", **asked: str) -> str:
    answer = client.get(ROOT + path, asked)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def in_force(client: Client) -> str:
    """The versions in force, as their table tells them."""
    return told(client).split("Versi yang berlaku</h2>")[1].split("<h2>")[0]


def uploaded(client: Client, files: bytes, name: str = "tarif.zip") -> str:
    answer = client.post(ROOT + "upload", {"draft": SimpleUploadedFile(name, files)}, follow=True)
    return answer.content.decode()


def key(page: str) -> str:
    return page.split('name="key" value="')[1].split('"')[0]


def test_a_draft_is_uploaded_and_told_in_words(sari: Client) -> None:
    assert "town-1" in told(sari) and "Belum ada yang diunggah" in told(sari)
    page = uploaded(sari, dearer())
    assert "disimpan sebagai rancangan" in page
    assert "Yang berubah terhadap town-1" in page and "harga: Rp\u00a03.500 → Rp\u00a04.000" in page
    assert ">Bus Kota</td>" in page
    uploaded(sari, dearer())
    draft = Draft.objects.get()
    assert "Belum digladi. Pilih harinya di bawah." in page
    reader = told(staff_client("ani", "desk"), f"drafts/{draft.id}/")
    assert "Belum digladi." in reader and "di bawah" not in reader
    assert (draft.version, draft.actor) == ("town-2", "staff:sari")
    assert f"drafts/{draft.id}/" in told(sari)
    name = draft.hash[:12]
    same = told(sari, "compare", dari=name, ke=name)
    assert "keduanya sama" in same
    lines = sari.get(ROOT + "compare", {"dari": name, "ke": name, "format": "csv"}).getvalue()
    assert lines.decode("utf-8-sig").strip() == "Bagian,Aturan,Yang terjadi,Bagaimana"
    assert "Pilih dua tarif" in told(sari, "compare", dari="x")
    assert sari.get(ROOT + "drafts/99/").status_code == 404


def locked(files: bytes) -> bytes:
    """A zip whose members say that they need a password."""
    there = files.replace(b"PK\3\4\x14\0\0\0", b"PK\3\4\x14\0\1\0")
    return there.replace(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0")


def of_many() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(drafts.MOST_FILES + 1):
            archive.writestr(f"{number}.txt", "")
    return packed.getvalue()


NOT_UTF_8 = (
    "tidak terbaca sebagai UTF-8; simpan lagi dengan UTF-8",
    "not readable as UTF-8; save it again in UTF-8",
)
NOT_UNPACKED = (
    "tidak dapat dibuka dari zip; kemas lagi tanpa kata sandi",
    "cannot be unpacked; pack the zip again, without a password",
)
FAULTY = {
    "a price": (
        packed(fare_products="fare_product_id,amount,currency\nx,many,IDR\n"),
        "fare_products.txt",
        ("tidak dapat dibaca; tulis seperti 3500", "cannot be read: write it as 3500"),
    ),
    "a network": (
        packed(**ONLY_BUS),
        "networks.txt",
        ("tidak ada: kota ini punya tempat", "is missing: the city has places"),
    ),
    "latin-1": (packed(networks="network_id\nbus\nm\xe9tro\n".encode("latin-1")),
                "networks.txt", NOT_UTF_8),
    "utf-16": (packed(networks=FILES["networks.txt"].encode("utf-16")), "networks.txt", NOT_UTF_8),
    "a password": (locked(packed()), "networks.txt", NOT_UNPACKED),
    "damaged": (packed().replace(b"town-rail,rail", b"town-rail,bail", 1), "fare_leg_rules.txt",
                NOT_UNPACKED),
    "in a folder": (
        packed().replace(b"fare_leg_rules.txt", b"dir/leg_rules.txt_"),
        "fare_leg_rules.txt",
        ("bukan tarif (berkas berada di tingkat teratas zip)", "is not a tariff (files stand at "),
    ),
}  # fmt: skip


def in_english(client: Client) -> Client:
    client.cookies["satu_language"] = "en"
    return client


def in_indonesian(client: Client) -> Client:
    client.cookies["satu_language"] = "id"
    return client


@pytest.mark.parametrize("what", FAULTY)
def test_a_faulty_upload_says_where_in_the_pages_language(sari: Client, what: str) -> None:
    files, file, words = FAULTY[what]
    page, english = uploaded(sari, files), uploaded(in_english(sari), files)
    assert "Belum bisa dipakai" in page and "It cannot be used yet" in english
    assert file in page and file in english
    assert unescape(page).count(words[0]) >= 1 and words[1] not in page
    assert unescape(english).count(words[1]) >= 1 and words[0] not in english
    assert not Draft.objects.exists()


REFUSED = {
    "no zip": (b"no zip at all", "Bukan zip: kemas berkas tarif", "Not a zip: pack the tariff's"),
    "cut off": (packed()[:-60], "Bukan zip: kemas berkas tarif", "Not a zip: pack the tariff's"),
    "too large": (
        bytes(drafts.MOST_BYTES + 1),
        "Lebih besar dari 20 MB; kemas hanya berkas tarifnya",
        "Larger than 20 MB; pack the tariff's files alone",
    ),
    "too many": (of_many(), "Lebih dari 200 berkas atau 200 MB", "Over 200 files or 200 MB"),
    "empty": (b"", "Berkas ini kosong. Kemas berkas tarif", "This file is empty. Pack the tariff"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_honest_zip_is_refused_at_its_field(sari: Client, what: str) -> None:
    files, *words = REFUSED[what]
    for said, speaking in zip(words, (in_indonesian, in_english), strict=True):
        page = unescape(uploaded(speaking(sari), files))
        field = page.split('type="file"')[1].split("</form>")[0]
        assert said in field and 'aria-invalid="true"' in field
        assert "Belum bisa dipakai" not in page and "It cannot be used yet" not in page
    assert not Draft.objects.exists()


def test_a_form_without_a_file_asks_for_it(sari: Client) -> None:
    page = sari.post(ROOT + "upload", {}).content.decode()
    assert "Pilih zip yang berisi berkas tarif." in page
    assert "Pilih zip yang berisi" not in told(sari, "upload")


def test_notes_of_a_draft_are_told_in_the_pages_language(sari: Client) -> None:
    uploaded(sari, packed(fare_capping="cap_id\n"))
    draft = Draft.objects.get()
    assert ["fare_capping.txt", 0, "", "file_unread", []] in draft.notes
    assert "berkas tarif yang tidak dibaca" in told(sari, f"drafts/{draft.id}/")
    assert "a file of fares that is not read" in told(in_english(sari), f"drafts/{draft.id}/")


def test_a_note_of_an_earlier_version_is_told_as_it_was_kept() -> None:
    kept = ["a.txt", 0, "", "what it said"], ["a.txt", 2, "x", "codes_missing", [["names", ["b"]]]]
    old, new = drafts.notes_of(Draft(notes=list(kept)))
    assert str(old) == "a.txt: a note of an earlier version of Satu: what it said"
    assert new.told("id") == "a.txt:2: x: b tidak ada; tambahkan"


def test_two_people_bring_it_into_force_and_back(sari: Client) -> None:
    uploaded(sari, dearer())
    path = f"drafts/{Draft.objects.get().id}/"
    asked = {"key": key(told(sari, path + "activate")), "why": "Kepgub 12/2026"}
    assert sari.post(ROOT + path + "activate", asked | {"why": ""}).status_code == 200
    for _ in range(2):
        assert sari.post(ROOT + path + "activate", asked).status_code == 302
    decide = told(sari).split("proposals/")[1].split('"')[0]
    assert "proposals/" not in told(staff_client("agus", "auditor")), "not theirs to decide"
    page = told(sari, f"proposals/{decide}")
    assert "Kepgub 12/2026" in page and "Setujui" not in page
    sari.post(f"{ROOT}proposals/{decide}", {"what": "approve"})
    assert Activation.objects.count() == 1, "nobody approves their own"
    tono = staff_client("tono", "treasurer")
    assert "Setujui" in told(tono, f"proposals/{decide}")
    done = tono.post(f"{ROOT}proposals/{decide}", {"what": "approve"}, follow=True)
    assert "Sudah berlaku" in done.content.decode()
    newest = Activation.objects.order_by("-id")[0]
    assert (newest.actor, newest.reason) == ("staff:tono", "Kepgub 12/2026")
    assert "town-2" in in_force(sari)
    back = {"key": key(told(sari, "roll-back")), "why": "Salah hitung"}
    sari.post(ROOT + "roll-back", back)
    decide = told(sari).split("proposals/")[1].split('"')[0]
    hire("tini", "administrator")
    staff_client("tini", "administrator").post(f"{ROOT}proposals/{decide}", {"what": "approve"})
    assert Activation.objects.count() == 3
    assert "town-2" not in in_force(sari)


def test_a_proposal_is_declined_or_withdrawn(sari: Client) -> None:
    uploaded(sari, dearer())
    path = f"drafts/{Draft.objects.get().id}/"
    tono = staff_client("tono", "treasurer")
    for client, what, words in ((tono, "reject", "Ditolak."), (sari, "withdraw", "Ditarik.")):
        asked = {"key": key(told(sari, path + "activate")), "why": "Kepgub 12/2026"}
        sari.post(ROOT + path + "activate", asked)
        number = told(sari).split("proposals/")[1].split('"')[0]
        client.post(f"{ROOT}proposals/{number}", {"what": what})
        assert words in told(sari, f"proposals/{number}")
    assert Activation.objects.count() == 1
    assert tono.get(ROOT + "proposals/99/").status_code == 404
    assert tono.get(ROOT + "upload").status_code == 404


def test_a_rehearsal_is_asked_for_done_by_a_job_and_shown(database: Database, sari: Client) -> None:
    uploaded(sari, dearer())
    path = f"{ROOT}drafts/{Draft.objects.get().id}/rehearse"
    days = {"first": "2026-11-16", "last": "2026-11-22"}
    wrong = sari.post(path, {"first": "2026-11-22", "last": "2026-11-16"}, follow=True)
    assert "sebelum hari pertama" in wrong.content.decode()
    too_long = sari.post(path, {"first": "2026-01-01", "last": "2026-11-16"}, follow=True)
    assert "92 hari" in too_long.content.decode()
    for _ in range(2):
        page = sari.post(path, days, follow=True).content.decode()
    number = Rehearsal.objects.get().id
    assert "Sedang berjalan" in page and f'hx-get="/console/tariffs/rehearsals/{number}/"' in page
    assert sari.get(f"{ROOT}rehearsals/{number}.svg").status_code == 404
    done = drafts.run_rehearsals(url=database.app_url, processes=1, clock=timezone.now)
    assert (
        done == 1
        and drafts.run_rehearsals(url=database.app_url, processes=1, clock=timezone.now) == 0
    )
    page = told(sari, f"rehearsals/{number}/")
    assert "Pendapatan per operator" in page and "0 kartu" in page and "hx-get" not in page
    picture = sari.get(f"{ROOT}rehearsals/{number}.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml" and b"<svg" in picture.content
    assert b"style=" not in picture.content
