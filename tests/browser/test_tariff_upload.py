"""A tariff that cannot be used yet: every fault stands where it belongs, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.faces import SIZES, axe_faults, take_picture
from tests.browser.looks import faults_of
from tests.database.people_support import prepare
from tests.live_city import LiveCity
from tests.unit.fares.files.feeds import changed, write_zip
from tests.web_doors import hire, link_path

Visit = Callable[..., Any]

FAULTY = changed("fare_leg_rules.txt", "rail,rail,,rail,\n", "rail,rail,,kereta-cepat-utara,\n")
FAULTY |= {
    "satu_networks.txt": "network_id,minimum,langganan\nbus,3500,1\n",
    "satu_caps.txt": "cap_id,period,limit_amount\nharian,sehari,20000\nmingguan,week,2o000\n",
    "satu_passes.txt": "fare_product_id,price,network_ids,whole_days\nminggu,50000.75,bus,7\n",
    "areas.txt": "area_id\n" + "kawasan-pusat-kota-lama-utara-sekali\n",
    "satu_fare_table.txt": "fare_product_id,from_area_id,to_area_id,amount\nmrt,A,B,4000\n",
}


def sent(page: Page, name: str, content: bytes, press: str) -> None:
    file = {"name": name, "mimeType": "application/zip", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name=press).click()


@pytest.mark.parametrize(
    ("language", "light", "press", "not_a_zip", "undefined"),
    [
        ("id", "light", "Periksa", "Bukan zip: kemas", "'kereta-cepat-utara' belum ditetapkan"),
        ("en", "dark", "Check it", "Not a zip: pack", "'kereta-cepat-utara' is not defined"),
    ],
)
def test_faults_of_an_upload_stand_in_their_places(
    city: LiveCity, visit: Visit, language: str, light: str, press: str, not_a_zip: str,
    undefined: str, tmp_path: Path,
) -> None:  # fmt: skip
    prepare()
    visitor = visit()
    visitor.go(link_path(hire("sari", "administrator")))
    page: Page = visitor.page
    page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        visitor.go(f"/console/tariffs/upload?lang={language}")
        name = "tarif-angkutan-umum-kota-contoh-rancangan-kedua-2027.zip"
        sent(page, name, b"no zip", press)
        expect(page.locator(".isian .salah")).to_contain_text(not_a_zip)
        looked(page, f"console-tariff-no-zip-{language}-{width}-{light}")
        sent(page, name, write_zip(tmp_path / "t.zip", FAULTY).read_bytes(), press)
        expect(page.locator("main")).to_contain_text(undefined)
        expect(page.locator("main table tbody tr")).to_have_count(7)
        looked(page, f"console-tariff-faults-{language}-{width}-{light}")


def looked(page: Page, name: str) -> None:
    assert [*axe_faults(page), *faults_of(page)] == []
    take_picture(page, name)
