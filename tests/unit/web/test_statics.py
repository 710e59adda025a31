"""What pages load: the style sheets in one, an address that changes with the files."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.test import Client

from satu.web.design import statics


def test_the_sheet_holds_every_topic_in_its_order() -> None:
    sheet = statics.joined_sheet()
    found = [
        sheet.index((statics.SHEETS / f"{topic}.css").read_text(encoding="utf-8"))
        for topic in statics.TOPICS
    ]
    assert found == sorted(found)
    assert found[0] == 0


def test_the_address_changes_with_a_files_content_and_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "satu" / "a.js"
    file.parent.mkdir()
    file.write_text("1")
    first = statics.address_of([tmp_path])
    assert statics.address_of([tmp_path]) == first
    file.write_text("2")
    second = statics.address_of([tmp_path])
    file.rename(file.with_name("b.js"))
    third = statics.address_of([tmp_path])
    assert len({first, second, third}) == 3


def test_what_pages_load_is_kept_for_a_year() -> None:
    client = Client()
    for name in ("css/satu.css", "css/public.css", "js/satu.js", "mark.svg"):
        answer = client.get(f"{settings.STATIC_URL}satu/{name}")
        assert answer.status_code == 200, name
        assert "immutable" in answer.headers["Cache-Control"], name
        answer.close()
    sheet = client.get(f"{settings.STATIC_URL}satu/css/satu.css")
    assert sheet.text == statics.joined_sheet()
    assert sheet.headers["Content-Type"].startswith("text/css")
    assert client.get("/static/satu/css/satu.css").status_code == 404


def test_a_page_of_another_version_still_finds_its_files() -> None:
    client = Client()
    answer = client.get("/static/0123456789ab/satu/js/satu.js")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{settings.STATIC_URL}satu/js/satu.js"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(f"{settings.STATIC_URL}satu/js/none.js").status_code == 404
