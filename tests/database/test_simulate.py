"""A draft tariff on recorded taps: before is what is posted, after is exact, nothing is written."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from satu.fares.tariff import Cap, Category, Concession, Tariff
from satu.kernel.days import from_ms
from satu.project.clock import now_ms
from satu.taps.rehearsal import (
    Change,
    Rehearsed,
    Side,
    missing_networks,
    quantiles,
    rehearse,
)
from satu.taps.rerate import Period
from tests.commands import satu
from tests.database.fares_support import (
    activate,
    cards,
    loaded_city,
    postings,
    stored_days,
    with_price,
)
from tests.small_city import (
    BUNDLE,
    BUS,
    CALENDAR,
    METRO,
    MONDAY,
    TARIFF,
    ZOO,
    SmallCity,
    at,
)
from tests.unit.fares.files.feeds import write_feed

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


@pytest.fixture
def city(database: Any) -> SmallCity:
    return loaded_city(database)


def rehearsed(
    city: SmallCity, draft: Tariff, period: Period = Period(MONDAY, MONDAY), processes: int = 1
) -> Rehearsed:
    return rehearse(
        url=city.database.app_url,
        bundle=city.rules.bundle,
        draft=draft,
        period=period,
        processes=processes,
    )


def three_riders(city: SmallCity) -> tuple[int, int, int]:
    """Two bus rides of one card, a metro ride and a visit of another, a bus and the metro."""
    bus, metro, both = cards(3)
    city.send(
        city.tap(bus, "A", at(9), route="R1", direction="entry"),
        city.tap(bus, "C", at(9, 30), route="R1", direction="exit"),
        city.tap(bus, "C", at(15), route="R1", direction="entry"),
        city.tap(metro, "X", at(9), direction="entry"),
        city.tap(metro, "Y", at(9, 30), direction="exit"),
        city.tap(metro, "GATE", at(10), direction="entry"),
        city.tap(both, "A", at(7), route="R1", direction="entry"),
        city.tap(both, "C", at(7, 30), route="R1", direction="exit"),
        city.tap(both, "X", at(7, 40), direction="entry"),
        city.tap(both, "Z", at(8), direction="exit"),
    )
    return bus, metro, both


def test_a_raise_on_the_bus_is_paid_by_those_who_pay_the_bus(city: SmallCity) -> None:
    three_riders(city)
    was = postings(city), stored_days(city)
    done = rehearsed(city, with_price("bus", 4_000))
    assert (done.cards, done.taps) == (3, 10)
    # The combined journey costs 7,500 by its metres, whatever a bus alone costs.
    assert done.total == Change(Side(6, 6, 24_500), Side(6, 6, 25_500))
    assert done.by_operator[BUS].before == Side(3, 3, city.owed_to(BUS))
    assert done.by_operator[BUS].after == Side(3, 3, city.owed_to(BUS) + 1_000)
    assert done.by_operator[METRO] == Change(Side(2, 2, 8_000), Side(2, 2, 8_000))
    assert done.by_operator[ZOO] == Change(Side(1, 1, 4_000), Side(1, 1, 4_000))
    assert done.by_category == {"adult": done.total}
    assert done.differences == {1_000: 1, 0: 2}
    assert (postings(city), stored_days(city)) == was
    assert rehearsed(city, with_price("bus", 4_000), processes=2) == done


def test_before_is_what_the_books_hold_and_the_same_tariff_changes_nothing(
    city: SmallCity,
) -> None:
    three_riders(city)
    done = rehearsed(city, msgspec.structs.replace(TARIFF, version="draft"))
    assert done.total.before == done.total.after and done.differences == {0: 3}
    paid = sum(50_000 - city.money(card)[0] for card in (1, 2, 3))
    assert done.total.before.revenue == paid == 24_500


def test_a_cap_of_the_draft_is_carried_from_day_to_day(city: SmallCity) -> None:
    (rider,) = cards(1, balance=100_000)
    for day in range(3):
        city.send(
            city.tap(rider, "A", at(9, day=day), route="R1", direction="entry"),
            city.tap(rider, "A", at(18, day=day), route="R1", direction="entry"),
        )
    weekly = msgspec.structs.replace(
        TARIFF, version="weekly", caps=(Cap("week", "week", limit=10_000),)
    )
    done = rehearsed(city, weekly, Period(MONDAY, WEDNESDAY))
    assert done.total == Change(Side(6, 6, 21_000), Side(6, 6, 10_000))
    assert done.differences == {-11_000: 1}
    # Rehearsed from Tuesday on, Monday's rides are not counted by a cap that did not exist then.
    later = rehearsed(city, weekly, Period(TUESDAY, WEDNESDAY))
    assert later.total == Change(Side(4, 4, 14_000), Side(4, 4, 10_000))


def test_what_runs_on_by_rules_that_the_draft_lacks_is_let_go(database: Any) -> None:
    replace = msgspec.structs.replace
    capped = replace(TARIFF, caps=(Cap("week", "week", limit=5_000),))
    city = loaded_city(database, capped)
    (rider,) = cards(1)
    city.send(
        city.tap(rider, "A", at(9), route="R1", direction="entry"),
        city.tap(rider, "A", at(18), route="R1", direction="entry"),
        city.tap(rider, "X", at(3, 30, day=1), direction="entry"),
        city.tap(rider, "Z", at(4, 10, day=1), direction="exit"),
        city.tap(rider, "A", at(9, day=1), route="R1", direction="entry"),
    )
    assert 50_000 - city.money(rider)[0] == 5_000
    bare = replace(TARIFF, version="bare", caps=(), packages=(), transfers=())
    done = rehearsed(city, bare, Period(TUESDAY, TUESDAY))
    # The ride over night is one of Monday's; Tuesday's bus is no longer free.
    assert done.total.before.revenue == 0
    assert done.total.after.revenue == 3_500
    whole = rehearsed(city, bare, Period(MONDAY, TUESDAY))
    assert whole.total.after.revenue == 3 * 3_500 + 9_000


def test_riders_are_told_by_category(database: Any) -> None:
    replace = msgspec.structs.replace
    both = replace(
        TARIFF, categories=(Category("adult", is_default=True), Category("pupil", "Pelajar"))
    )
    city = loaded_city(database, both)
    (adult,), (pupil,) = cards(1), cards(1, category="pupil")
    city.send(
        city.tap(adult, "A", at(9), route="R1", direction="entry"),
        city.tap(pupil, "A", at(9), route="R1", direction="entry", riders=1),
    )
    half = replace(both, version="half", concessions=(Concession("pupil", percent=50),))
    done = rehearsed(city, half)
    assert done.by_category == {
        "adult": Change(Side(1, 1, 3_500), Side(1, 1, 3_500)),
        "pupil": Change(Side(1, 1, 3_500), Side(1, 1, 1_750)),
    }
    assert done.differences == {0: 1, -1_750: 1}


def test_a_draft_that_lacks_networks_is_named(city: SmallCity) -> None:
    draft = msgspec.structs.replace(TARIFF, networks=TARIFF.networks[:1])
    assert missing_networks(BUNDLE, draft) == ["metro", "zoo"]


def test_quantiles_are_those_of_the_cards() -> None:
    assert quantiles({0: 90, 500: 10}, (0.05, 0.5, 0.95)) == {0.05: 0, 0.5: 0, 0.95: 500}
    assert quantiles({-500: 1}, (0.5,)) == {0.5: -500}
    assert quantiles({}, (0.5,)) == {}


DRAFT = {
    "feed_info.txt": (
        "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_version\n"
        "Kota,https://kota.example,id,20270101,draft-2027\n"
    ),
    "networks.txt": "network_id,network_name\nbus,Bus\nmetro,Metro\nzoo,Zoo\n",
    "rider_categories.txt": (
        "rider_category_id,rider_category_name,is_default_fare_category\nadult,Umum,1\n"
    ),
    "fare_products.txt": (
        "fare_product_id,fare_product_name,amount,currency\n"
        "bus,Bus,4000,IDR\nmetro,Metro,6000,IDR\nzoo,Zoo,4000,IDR\n"
    ),
    "fare_leg_rules.txt": "network_id,fare_product_id\nbus,bus\nmetro,metro\nzoo,zoo\n",
    "satu_networks.txt": "network_id,closed\nbus,false\nmetro,true\nzoo,false\n",
}
SVG = "{http://www.w3.org/2000/svg}"


def test_the_command_tells_it_as_json_as_a_chart_and_as_a_page(
    city: SmallCity, tmp_path: Path
) -> None:
    three_riders(city)
    was = postings(city), stored_days(city)
    draft, days = str(write_feed(tmp_path / "draft", DRAFT)), ["--from", "2026-11-23"]
    asked = ["simulate", "--tariff", draft, *days, "--to", "2026-11-23", "--processes", "1"]
    ran = satu("fare", *asked, "--json", "--out", str(tmp_path / "chart.svg"))
    assert ran.returncode == 0
    told = ran.told
    quantiles_told = told.pop("difference_quantiles")
    assert quantiles_told == {"0.05": 0, "0.25": 0, "0.5": 1_000, "0.75": 2_500, "0.95": 2_500}
    groups = {name: told.pop(name) for name in ("by_category", "by_operator")}
    assert told == {
        "tariff": "draft-2027",
        "from": "2026-11-23",
        "to": "2026-11-23",
        "asset": "IDR",
        "cards": 3,
        "taps": 10,
        "uses_before": 6,
        "uses_after": 6,
        "riders_before": 6,
        "riders_after": 6,
        "revenue_before": 24_500,
        "revenue_after": 28_000,
        "difference": 3_500,
        "cards_paying_less": 0,
        "cards_paying_same": 1,
        "cards_paying_more": 2,
    }
    assert {name: one["difference"] for name, one in groups["by_operator"].items()} == {
        "Bus": -500,
        "Metro": 4_000,
        "Zoo": 0,
    }
    assert list(groups["by_category"]) == ["adult"]

    chart = ElementTree.parse(tmp_path / "chart.svg").getroot()
    assert chart.tag == f"{SVG}svg" and chart.get("lang") == "id"
    words = " ".join(text.text or "" for text in chart.iter(f"{SVG}text"))
    assert "Gladi tarif draft-2027" in words and "▲ 2 kartu membayar lebih banyak" in words
    assert "Sesudah Rp\N{NO-BREAK SPACE}12.000 · −4,0\N{NO-BREAK SPACE}%" in words

    ran = satu("fare", *asked, "--language", "en", "--out", str(tmp_path / "page.html"))
    assert ran.returncode == 0
    assert "Rehearsal of tariff draft-2027" in ran.stdout
    page = (tmp_path / "page.html").read_text()
    assert page.count("<svg") == 2 and page.count("<table") == 4
    assert 'lang="id"' in page and 'lang="en"' in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert (postings(city), stored_days(city)) == was


def test_the_command_refuses_what_it_cannot_rehearse(city: SmallCity, tmp_path: Path) -> None:
    days = ["--from", "2026-11-23", "--to", "2026-11-23"]
    few = {name: text.replace("zoo,", "park,") for name, text in DRAFT.items()}
    few["networks.txt"] = "network_id,network_name\nbus,Bus\nmetro,Metro\npark,Zoo\n"
    few["fare_products.txt"] = few["fare_products.txt"].replace("park,Zoo", "zoo,Zoo")
    few["fare_leg_rules.txt"] = few["fare_leg_rules.txt"].replace("park,zoo", "park,zoo")
    lacking = str(write_feed(tmp_path / "few", few))
    broken = str(write_feed(tmp_path / "broken", DRAFT | {"fare_products.txt": "amount\nmany\n"}))
    good = str(write_feed(tmp_path / "good", DRAFT))
    for words, said in (
        (["--tariff", lacking, *days], "tidak memberi harga untuk zoo"),
        (["--tariff", lacking, *days, "--language", "en"], "it does not price zoo"),
        (["--tariff", broken, *days], "fare_products.txt"),
        (["--tariff", good, "--from", "2026-11-23", "--to", "2026-11-22"], "before"),
        (["--tariff", good, *days, "--out", "chart.png"], "FILE.svg"),
    ):
        ran = satu("fare", "simulate", *words)
        assert ran.returncode == 1
        assert said in ran.stderr


def test_a_city_without_taps_changes_by_nothing(city: SmallCity, tmp_path: Path) -> None:
    draft = str(write_feed(tmp_path / "draft", DRAFT))
    days = ["--from", "2026-11-23", "--to", "2026-11-23"]
    chart = str(tmp_path / "chart.svg")
    ran = satu("fare", "simulate", "--tariff", draft, *days, "--json", "--out", chart)
    assert ran.returncode == 0
    told = ran.told
    assert (told["cards"], told["difference"], told["difference_quantiles"]) == (0, 0, {})
    ElementTree.parse(chart)


def test_the_command_corrects_and_tells_what_it_did(city: SmallCity) -> None:
    (rider,) = cards(1)
    today = from_ms(now_ms()).astimezone(CALENDAR.zone)
    on = CALENDAR.day_of(now_ms()) - timedelta(days=1)
    city.send(
        city.tap(rider, "A", CALENDAR.start_ms(on) + 3_600_000 * 5, route="R1", direction="entry"),
        now_ms=now_ms(),
    )
    activate(with_price("bus", 4_000))
    ran = satu("fare", "rerate", "--day", on.isoformat(), "--processes", "1", "--json")
    assert ran.returncode == 0
    told = ran.told
    assert told.pop("seconds") >= 0
    assert told == {
        "cards": 1,
        "taps": 1,
        "changed": 1,
        "difference": 500,
        "by_operator": {str(BUS): 500},
    }
    assert city.money(rider)[0] == 46_000
    (settled,) = city.conn.execute(
        "select settlement_day from ledger_posting order by serial desc limit 1"
    ).fetchone()
    assert settled == today.date()
    ran = satu("fare", "rerate", "--day", (on - timedelta(days=4)).isoformat())
    assert ran.returncode == 1
    assert "days_are_final" in ran.stderr
