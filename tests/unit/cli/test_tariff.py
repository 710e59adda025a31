"""`satu tariff check` and `show`: what they say, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from satu.cli.main import build
from satu.cli.tariff_words import WORDS, Language, word
from tests.unit.fares.files.feeds import FEED, changed, write_feed, write_zip

IN_ENGLISH = ("--language", "en")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build("tariff"), ["tariff", *arguments])


def test_a_sound_tariff_is_said_to_be_so(tmp_path: Path) -> None:
    done = run("check", str(write_zip(tmp_path / "kota.zip", FEED)), *IN_ENGLISH)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].strip() == "leg rules: 3 of 3 reached by a journey"
    assert lines[1].strip() == "transfer rules: 1 of 1 reached by a journey"
    assert lines[2].startswith("✓ 2026-1, from 2026-01-01, IDR: no faults, 0 note(s), content ")


def test_faults_end_with_1_and_name_their_place(tmp_path: Path) -> None:
    files = changed("fare_leg_rules.txt", "rail,rail,,rail,\n", "rail,rail,,boat,\n")
    done = run("check", str(write_feed(tmp_path, files)), *IN_ENGLISH)
    assert done.exit_code == 1
    assert "✕ fare_leg_rules.txt:4: fare_product_id: 'boat' is not defined" in done.stdout
    assert done.stdout.endswith("1 fault(s): this tariff cannot be used\n")


def test_what_no_journey_reaches_is_named(tmp_path: Path) -> None:
    files = changed("fare_leg_rules.txt", "bus,early,early", "bus,[night],early")
    done = run("check", str(write_feed(tmp_path, files)), *IN_ENGLISH)
    assert done.exit_code == 0
    assert "! 1 leg rules: timeframe '[night]' is not defined" in done.stdout
    assert "    bus, bus, * → *, [night], early\n" in done.stdout


def test_all_of_it_as_json(tmp_path: Path) -> None:
    files = changed("fare_leg_rules.txt", "bus,early,early", "bus,night,early")
    done = run("check", "--json", str(write_feed(tmp_path, files)))
    told = json.loads(done.stdout)
    assert (told["ok"], told["faults"], told["version"]) == (True, [], "2026-1")
    assert [note["file"] for note in told["notes"]] == ["fare_leg_rules.txt"]
    assert told["reached"] == {
        "leg_rule": {"reached": 2, "of": 3},
        "transfer": {"reached": 1, "of": 1},
    }
    assert told["unreached"] == [
        {
            "kind": "leg_rule",
            "number": 0,
            "name": "bus, bus, * → *, night, early",
            "code": "timeframe_undefined",
            "values": {"name": "night"},
            "words": {
                "id": "jam berlaku 'night' belum ditetapkan",
                "en": "timeframe 'night' is not defined",
            },
        }
    ]
    assert len(told["content"]) == 64


def test_faults_as_json(tmp_path: Path) -> None:
    done = run("check", "--json", str(tmp_path / "nowhere"))
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert (told["ok"], told["notes"]) == (False, [])
    assert told["faults"] == [
        {
            "file": str(tmp_path / "nowhere"),
            "row": 0,
            "field": "",
            "code": "feed_missing",
            "values": {},
            "words": {
                "id": "zip atau folder ini tidak ada; periksa namanya",
                "en": "no such zip or folder; check its name",
            },
        }
    ]


def test_faults_notes_and_reasons_are_told_in_indonesian_first(tmp_path: Path) -> None:
    files = changed("fare_leg_rules.txt", "rail,rail,,rail,\n", "rail,rail,,boat,\n")
    done = run("check", str(write_feed(tmp_path / "faulty", files)))
    assert done.stdout.splitlines() == [
        "✕ fare_leg_rules.txt:4: fare_product_id: 'boat' belum ditetapkan; boleh: bus, early, rail",
        "1 kesalahan: tarif ini belum dapat dipakai",
    ]
    files = changed("fare_leg_rules.txt", "bus,early,early", "bus,{night},early")
    lines = run("check", str(write_feed(tmp_path / "odd", files))).stdout.splitlines()
    assert lines[:2] == [
        "! fare_leg_rules.txt: from_timeframe_group_id: '{night}' tidak ada di timeframes.txt: "
        "yang menyebutnya tidak pernah berlaku (baris 2)",
        "! 1 aturan perjalanan: jam berlaku '{night}' belum ditetapkan",
    ]
    assert lines[-1].startswith("✓ 2026-1, sejak 2026-01-01, IDR: tanpa kesalahan, 2 catatan, isi ")


def test_a_currency_that_no_account_counts_is_a_note(tmp_path: Path) -> None:
    products = FEED["fare_products.txt"].replace("IDR", "PLN").replace("00,PLN", ".00,PLN")
    files = FEED | {"fare_products.txt": products}
    done = run("check", str(write_feed(tmp_path, files)), *IN_ENGLISH)
    assert done.exit_code == 0
    assert "! fare_products.txt: currency: no account counts PLN" in done.stdout


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", ["Versi", "Jaringan", "Tarif", "Saldo", "Rp 3.500", "05:00 - 07:00", "Sen, Sel"]),
        (
            "en",
            ["Version", "Networks", "Prices", "balance", "Rp 3,500", "05:00 - 07:00", "Mon, Tu"],
        ),
    ],
)
def test_a_tariff_is_shown_in_words(tmp_path: Path, language: str, words: list[str]) -> None:
    done = run("show", str(write_feed(tmp_path, FEED)), "--language", language)
    assert done.exit_code == 0
    assert [one for one in words if one not in done.stdout] == []


def test_indonesian_is_first(tmp_path: Path) -> None:
    folder = str(write_feed(tmp_path, FEED))
    assert run("show", folder).stdout == run("show", folder, "--language", "id").stdout


def test_everything_that_a_tariff_can_say_is_shown(tmp_path: Path) -> None:
    files = FEED | {
        "satu_caps.txt": "cap_id,period,limit_amount\nharian,day,20000\n",
        "satu_concessions.txt": "rider_category_id,percent\nchild,50\n",
        "satu_special_days.txt": "date,amount,name\n20260622,1,HUT\n",
        "satu_passes.txt": "fare_product_id,price,network_ids,whole_days\nminggu,50000,bus,7\n",
        "satu_packages.txt": (
            "package_id,base,per_unit,unit_m,cap,duration_minutes,change_minutes,rounding\n"
            "terpadu,2500,250,1000,10000,180,45,nearest\n"
        ),
        "satu_package_networks.txt": (
            "package_id,network_id,mode\nterpadu,bus,bus\nterpadu,rail,rail\n"
        ),
        "satu_apportionment.txt": "scope,method\npackage:terpadu,distance\n",
        "fare_leg_join_rules.txt": "from_network_id,to_network_id\nrail,rail\n",
    }
    shown = run("show", str(write_feed(tmp_path, files))).stdout
    titles = ("networks", "incomplete", "prices", "timeframes", "transfers", "joins", "packages",
              "caps", "concessions", "special days", "passes", "shares")  # fmt: skip
    lines = [line.strip() for line in shown.splitlines()]
    assert [one for one in titles if word(one, Language.INDONESIAN) not in lines] == []
    for part in ("Rp 20.000", "50 %", "2026-06-22", "Rp 50.000", "Rp 2.500", "terpadu", "Rp 1"):
        assert part in shown


def test_what_cannot_be_used_is_not_shown(tmp_path: Path) -> None:
    done = run("show", str(tmp_path))
    assert done.exit_code == 1
    assert done.stdout == ""


def test_every_word_has_two_languages() -> None:
    assert [name for name, pair in WORDS.items() if len(pair) != 2 or not all(pair)] == []
    assert word("no word of ours", Language.ENGLISH) == "no word of ours"
