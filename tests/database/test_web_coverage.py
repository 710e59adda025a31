"""The page of who is still without a card: the counts, one kecamatan alone, the file."""

from __future__ import annotations

from satu.people.areas import keep_areas
from tests.database.cards_support import issue, open_banks
from tests.database.people_support import ACTOR, AT, register
from tests.database.test_coverage import AREAS, GAMBIR, SENEN, link
from tests.support import Database
from tests.web_doors import staff_client

PAGE = "/console/coverage/"


def test_coverage_is_told_and_narrowed(database: Database) -> None:
    client = staff_client("agus", "auditor")
    assert "Belum ada kelurahan" in client.get(PAGE).content.decode()


def test_coverage_counts_by_kelurahan(database: Database) -> None:
    open_banks()
    keep_areas(areas=AREAS, actor=ACTOR, at=AT)
    people = [register(None, area=area) for area in (GAMBIR, GAMBIR, SENEN)]
    link(issue(count=1)[0], people[0])
    client = staff_client("agus", "auditor")
    lines = client.get(PAGE + "?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert (
        lines[0] == "Kelurahan,Kecamatan,Warga terdaftar,Punya kartu,Belum punya,Bagian yang punya"
    )
    assert set(lines[1:]) == {
        'Gambir,Kecamatan Gambir,2,1,1,"50,0\u00a0%"',
        'Senen,Kecamatan Senen,1,0,1,"0,0\u00a0%"',
        "Cideng,Kecamatan Gambir,0,0,0,–",
    }
    asked = {"kecamatan": "Kecamatan Senen", "urut": "name"}
    told = client.get(PAGE, asked, headers={"Accept-Language": "id"}).content.decode()
    assert "1–1 dari 1 kelurahan" in told and "Cideng" not in told
    assert staff_client("rina", "operator", acts_for="operator:bus").get(PAGE).status_code == 404
