"""Operators' and banks' own pages at every size and light, in two languages, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from satu.taps.actions import NewDevice, register_devices
from tests.browser.faces import check_page, keys_reach
from tests.database.party_support import a_morning, checked, clearing_file
from tests.live_city import MORNING, LiveCity
from tests.web_doors import hire, link_path

Visit = Callable[..., Any]
ONE = {"sizes": ((390, 844), (1280, 800)), "lights": ("light",)}


def test_an_operator_and_a_bank_look_at_their_own(city: LiveCity, visit: Visit) -> None:
    a_morning(city)
    reader = NewDevice("gate-H0", city.operators["bus"], city.points["H0"], bytes(32))
    register_devices(devices=[reader], actor="test", at=MORNING)
    checked(1, missing=1)
    clearing_file(1, 7_000)
    rina = visit()
    rina.go(link_path(hire("rina", "operator", acts_for="operator:bus")))
    page = check_page(rina, "/console/operator/", "operator-revenue")
    page.get_by_text("Bus Kota").first.wait_for()
    assert any('name="dari"' in one for one in keys_reach(page))
    for path in ("lines", "owed", "readers"):
        check_page(rina, f"/console/operator/{path}/", f"operator-{path}", **ONE)
    bayu = visit()
    bayu.go(link_path(hire("bayu", "bank", acts_for="issuer:bank-satria")))
    check_page(bayu, "/console/bank/", "bank-float")
    for path in ("owed", "clearing"):
        check_page(bayu, f"/console/bank/{path}/", f"bank-{path}", **ONE)
    bayu.context.add_cookies([{"name": "satu_language", "value": "en", "url": bayu.address}])
    page = check_page(bayu, "/console/bank/", "bank-float-en", sizes=((390, 844),))
    page.get_by_text("Not in balance with the bank").wait_for()
