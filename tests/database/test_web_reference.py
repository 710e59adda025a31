"""Reference data: every table can be read, searched and taken along; a name changes on record."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.insight.reference import TABLES, rows_of
from satu.people.areas import keep_areas
from satu.people.models import Organisation
from tests.database.people_support import ACTOR, prepare
from tests.live_city import LiveCity
from tests.support import Database
from tests.web_doors import staff_client

ROOT = "/console/reference/"


@pytest.fixture
def sari(database: Database) -> Client:
    LiveCity(database)
    prepare()
    keep_areas(areas=[("31.71.01.1001", "Gambir")], actor=ACTOR, at=timezone.now())
    return staff_client("sari", "administrator")


def told(client: Client, path: str = "", **asked: str) -> str:
    answer = client.get(ROOT + path, asked)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_every_table_is_read_row_by_row(database: Database, sari: Client) -> None:
    index = told(sari)
    conn = database.connect()
    for name, table in TABLES.items():
        assert f"{ROOT}{name}/" in index
        page = told(sari, f"{name}/")
        for column in table.columns:
            told(sari, f"{name}/", urut=f"-{column}")
        rows, count = rows_of(conn, name, sort=next(iter(table.columns)), is_down=False)
        assert len(rows) == count and (rows or name in ("products",)), name
        for row in rows[:2]:
            assert f"{ROOT}{name}/{row.key}/" in page
            told(sari, f"{name}/{row.key}/")
        lines = sari.get(f"{ROOT}{name}/?format=csv").getvalue().decode().splitlines()
        assert len(lines) == count + 1
        assert sari.get(f"{ROOT}{name}/zz-none/").status_code == 404
    assert sari.get(f"{ROOT}residents/").status_code == 404


def test_a_table_is_searched_without_wildcards(sari: Client) -> None:
    found = told(sari, "points/", q="halte k")
    assert "Halte Kota" in found and "Monas" not in found
    assert "Tidak ada baris yang cocok" in told(sari, "points/", q="%")
    assert "Gambir" in told(sari, "areas/", q="GAMB")


def test_an_organisation_is_added_and_renamed_on_record(sari: Client) -> None:
    given = {"code": "dinas-pajak", "name": "Dinas Pajak", "acts_for": "bogus"}
    wrong = sari.post(ROOT + "organisations/new", given)
    page = wrong.content.decode()
    assert '<optgroup label="Operator">' in page and 'value="operator:zoo">Ragunan<' in page
    assert Organisation.objects.filter(code="dinas-pajak").count() == 0
    sari.post(ROOT + "organisations/new", given | {"acts_for": "operator:bus"})
    taken = sari.post(ROOT + "organisations/new", given | {"acts_for": ""})
    assert "sudah dipakai" in taken.content.decode()
    path = ROOT + "organisations/dinas-pajak/"
    sari.post(path + "edit", {"name": "Badan Pendapatan", "acts_for": "", "code": "x"})
    kept = Organisation.objects.get(code="dinas-pajak")
    assert (kept.name, kept.acts_for) == ("Badan Pendapatan", "operator:bus")
    done = entries_on(Subject("organisation", "dinas-pajak"))
    assert [(one.action, one.actor) for one in done] == [("organisation.kept", "staff:sari")] * 2
    assert "Data organisasi disimpan" in told(sari, "organisations/dinas-pajak/")
    assert sari.get(ROOT + "organisations/none/edit").status_code == 404


def test_who_may_not_write_only_reads_and_staff_are_not_for_all(sari: Client) -> None:
    agus = staff_client("agus", "auditor")
    assert "Organisasi baru" not in told(agus, "organisations/")
    assert agus.post(ROOT + "organisations/new", {"code": "x", "name": "X"}).status_code == 404
    joko = staff_client("joko", "technician")
    assert f"{ROOT}staff/" not in told(joko) and "Titik" in told(joko)
    assert joko.get(ROOT + "staff/").status_code == 404
