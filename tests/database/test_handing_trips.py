"""Whoever gets a card over sees nothing of where it went before; whoever gave it away, nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from satu.cards.queries import card as card_of
from satu.messages.actions import keep_rules
from satu.messages.kinds import Kind, Rules
from satu.messages.queries import outbox
from satu.taps.history import last_tap, own_history
from satu.taps.looking import own_day
from satu.taps.missing import missing_tap
from satu.taps.notices import tell_riders
from satu.taps.statements import own_statement
from satu.web import handing
from satu.web.doors import codes, sending
from satu.web.own_data import export_of
from satu.web.portal.names import Named, name_of
from tests.pdfs import pages_of
from tests.portal_city import ONE_DAY, PortalCity, then, today, when
from tests.web_doors import new_resident, resident_client

BEFORE, AFTER = 8, 10  # hours of the rides of yesterday; between them the card passes


class Passed(NamedTuple):
    """A card of Tono's that is Dian's since yesterday, 08:45, and what rode it: a ride of his,
    and at ten one of hers."""

    city: PortalCity
    tono: int
    dian: int
    card: int
    his: int
    hers: int

    def sees(self, who: int) -> list[str]:
        """The lines of the card's whole history that somebody sees; none if they see no card."""
        page = own_history(
            viewer=who, card=self.card, since=when(0, ago=40), until=when(0, ago=-2), at=now()
        )
        if page is None:
            return []
        return [f"{one.kind} {one.amount}" for one in page.lines]

    def journey(self, who: int, use: int) -> str:
        return f"/saya/riwayat/{name_of(Named(self.card, use, when(12).date()), who)}/"


def now() -> datetime:
    return when(23, ago=0)


def pass_on(city: PortalCity, card: int, asker: int, at: datetime) -> None:
    found = card_of(card)
    assert found is not None
    actor = f"resident:{asker}"
    code = handing.ask_holder(
        number=found.number, asker=asker, usual="adult", machine="m", actor=actor, at=at
    )
    assert not isinstance(code, str), code
    sending.wait_for_all()
    shown = codes.outbox(at)
    assert shown
    done = handing.take_over(
        code=code, typed=shown[0].code, asker=asker, usual="adult", actor=actor, at=at
    )
    assert done == card


def still_his(database: Any) -> Passed:
    """Before it passes, and before any ride."""
    city = PortalCity(database)
    tono = new_resident("Tono Contoh", "+6281200008888")
    dian = new_resident("Dian Contoh", "+6281200007777")
    return Passed(city, tono, dian, city.linked(tono), 0, 0)


@pytest.fixture
def passed(database: Any) -> Iterator[Passed]:
    begun = still_his(database)
    city, card = begun.city, begun.card
    city.ride(card, BEFORE, ago=3)
    city.ride(card, BEFORE)
    his = max(use for use, *_ in used(city, card))
    pass_on(city, card, begun.dian, when(8, 45))
    city.ride(card, AFTER)
    hers = max(use for use, *_ in used(city, card))
    assert his != hers
    yield begun._replace(his=his, hers=hers)
    sending.wait_for_all()


def used(city: PortalCity, card: int) -> list[tuple[Any, ...]]:
    rows = city.conn.execute("select id, started_at from taps_use where card = %s", [card])
    return rows.fetchall()


def test_the_history_begins_when_the_card_became_theirs(passed: Passed) -> None:
    assert passed.sees(passed.tono) == []
    assert passed.sees(passed.dian) == ["journey -6000"]
    dian, tono = resident_client(passed.dian), resident_client(passed.tono)
    for query in ("", "?dari=2020-01-01", f"?kartu={passed.card}&dari=2020-01-01"):
        html = dian.get(f"/saya/riwayat/{query}").content.decode()
        assert html.count("Station X → Station Y") == 1 and "10.07" in html
        assert "08.07" not in html and "+Rp" not in html
    answer: Any = dian.get("/saya/riwayat/?dari=2020-01-01&format=csv")
    file = b"".join(answer.streaming_content).decode()
    assert file.count("Station X") == 1
    assert "Station" not in tono.get("/saya/riwayat/?dari=2020-01-01").content.decode()
    assert tono.get(f"/saya/riwayat/?kartu={passed.card}").status_code == 404
    assert "Station X" not in tono.get("/saya/").content.decode()


def test_programs_see_no_more_than_pages(passed: Passed) -> None:
    span = "since=2020-01-01T00:00:00Z&until=2090-01-01T00:00:00Z"
    history = f"/api/mine/cards/{passed.card}/history?{span}"
    day = f"/api/mine/cards/{passed.card}/days/{when(12).date()}/fares"
    dian, tono = resident_client(passed.dian), resident_client(passed.tono)
    assert [tono.get(path).status_code for path in (history, day)] == [404, 404]
    told = json.loads(dian.get(history).content)
    assert [one["ride"]["use"] for one in told["lines"]] == [passed.hers]
    seen = json.loads(dian.get(day).content)["told"]
    assert [leg["use"] for one in seen["journeys"] for leg in one["legs"]] == [passed.hers]
    assert seen["fare"] == seen["charged"] == 6_000
    earlier = when(12, ago=3).date()
    assert dian.get(day.replace(str(when(12).date()), str(earlier))).status_code == 404


def test_a_journeys_page_is_there_for_ones_own_alone(passed: Passed) -> None:
    dian, tono = resident_client(passed.dian), resident_client(passed.tono)
    page = dian.get(passed.journey(passed.dian, passed.hers))
    assert page.status_code == 200 and "08.07" not in page.content.decode()
    for client, who, use in (
        (dian, passed.dian, passed.his),
        (tono, passed.tono, passed.his),
        (tono, passed.tono, passed.hers),
    ):
        for more in ("", "tap/", "pengembalian/"):
            assert client.get(passed.journey(who, use) + more).status_code == 404
    found = own_day(viewer=passed.dian, card=passed.card, day=when(12).date(), at=now())
    assert found is not None
    assert {one.use for one in found.posted} == {passed.hers}
    assert sum(one.amount for one in found.posted) == 6_000


def test_the_statement_begins_with_the_money_that_came(passed: Passed) -> None:
    told = own_statement(
        viewer=passed.dian, card=passed.card, since=when(0, ago=30), until=when(0, ago=-1), at=now()
    )
    assert told is not None
    (purse,) = told.purses
    assert (purse.opening, purse.closing) == (38_000, 32_000)
    assert [(one.amount, one.point_in) for one in purse.moved] == [(-6_000, "Station X")]
    before = own_statement(
        viewer=passed.dian, card=passed.card, since=when(0, ago=30), until=when(8), at=now()
    )
    assert before is not None and before.purses == ()
    of_tono = own_statement(
        viewer=passed.tono, card=passed.card, since=when(0, ago=30), until=when(8), at=now()
    )
    assert of_tono is None
    dian = resident_client(passed.dian)
    month = (today().replace(day=1) - 40 * ONE_DAY).replace(day=1)
    answer = dian.get(f"/saya/riwayat/laporan.pdf?kartu={passed.card}&bulan={month:%Y-%m}")
    assert answer.status_code == 200 and len(pages_of(answer.content)) == 1
    tono = resident_client(passed.tono)
    path = f"/saya/riwayat/laporan.pdf?kartu={passed.card}&bulan={today():%Y-%m}"
    assert tono.get(path).status_code == 404


def test_a_ride_of_before_that_is_told_late_names_no_place(passed: Passed) -> None:
    city, card = passed.city, passed.card
    city.send(*city.way(card, 6), now_ms=then(12))
    assert passed.sees(passed.dian) == ["journey -6000"]
    told = own_statement(
        viewer=passed.dian, card=card, since=when(0), until=when(0, ago=-1), at=now()
    )
    assert told is not None
    moved = told.purses[0].moved
    assert [one.point_in for one in moved if one.amount < 0].count("Station X") == 1
    assert {one.started_at for one in moved} == {when(10, 7), None}
    assert sum(one.amount for one in moved) == told.purses[0].closing - told.purses[0].opening


def test_all_data_of_both_tells_each_their_own(passed: Passed) -> None:
    hers = export_of(resident=passed.dian, at=now())
    assert isinstance(hers, dict)
    (card,) = hers["cards"]
    assert [line["ride"]["use"] for line in card["history"]] == [passed.hers]
    assert hers["repairs"] == [{"card": passed.card, "asked": []}]
    his = export_of(resident=passed.tono, at=now())
    assert isinstance(his, dict) and his["cards"] == []
    assert "Station X" not in json.dumps(his)


def test_where_the_card_went_before_is_nobodys_habit(passed: Passed) -> None:
    city, card = passed.city, passed.card
    use = city.ride_without_exit(card, "X", then(15))
    city.close(today(), then(4, ago=0))
    found = missing_tap(card=card, use=use, at=now())
    assert found is not None
    assert [one.rides for one in found.choices if one.name == "Station Y"] == [0]
    city.conn.execute("update cards_card set owned_since = null where id = %s", [card])
    known = missing_tap(card=card, use=use, at=now())
    assert known is not None and max(one.rides for one in known.choices) == 1


def test_the_evidence_of_a_missing_tap_is_of_ones_own_rides(passed: Passed) -> None:
    city, card = passed.city, passed.card
    use = city.ride_without_exit(card, "X", then(15))
    city.close(today(), then(4, ago=0))
    asked = city.ask(card, use, "Y", then(15, 24), then(5, ago=0))
    assert not isinstance(asked, str), asked
    evidence = asked.repair.evidence
    assert {one["id"] for one in evidence["rides"]} == {passed.hers, use}
    assert [one["rides"] for one in evidence["habits"]] == []
    hers = export_of(resident=passed.dian, at=now())
    assert isinstance(hers, dict) and str(passed.his) not in json.dumps(hers)


def test_what_a_former_holders_ride_left_is_told_to_nobody_else(passed: Passed) -> None:
    keep_rules(rules=Rules("IDR", 45_000, 20), actor="t", at=when(5))
    before = len(outbox())
    tell_riders(at=when(7))
    tell_riders(at=when(11))
    told = [(one.resident, one.kind) for one in outbox()[: len(outbox()) - before]]
    assert (passed.dian, Kind.LOW_BALANCE) not in told, "the balance fell while it was Tono's"


def test_a_reader_whose_clock_is_ahead_gives_nothing_away(database: Any) -> None:
    passed = still_his(database)
    city, card, dian = passed.city, passed.card, passed.dian
    city.send(city.tap(card, "A", then(9, 31), route="R1", direction="entry"))
    assert last_tap([card]) == when(9, 31)
    pass_on(city, card, dian, when(9, 20))
    assert passed.sees(dian) == []
    city.ride(card, 18)
    assert passed.sees(dian) == ["journey -6000"]


def test_back_in_the_first_hands_it_begins_anew(passed: Passed) -> None:
    pass_on(passed.city, passed.card, passed.tono, when(13))
    assert passed.sees(passed.tono) == [] == passed.sees(passed.dian)
    passed.city.ride(passed.card, 15)
    assert passed.sees(passed.tono) == ["journey -6000"]
    client = resident_client(passed.tono)
    assert client.get(passed.journey(passed.tono, passed.his)).status_code == 404
