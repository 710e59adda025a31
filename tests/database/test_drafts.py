"""A draft on its way: kept once, fit for its city, rehearsed by a job on taps that are stored."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from satu.fares.tariff import Flat
from satu.taps import drafts
from satu.taps.drafts import Refusal
from satu.taps.models import Draft
from tests.database.fares_support import NOW, cards, loaded_city, postings, with_price
from tests.small_city import MONDAY, TARIFF, SmallCity, at

CITY = "small"


@pytest.fixture
def city(database: Any) -> SmallCity:
    return loaded_city(database)


def kept(tariff: Any) -> drafts.Kept:
    return drafts.keep_tariff(city=CITY, tariff=tariff, notes=(), actor="staff:sari", at=NOW)


def ride(city: SmallCity, card: int, hour: int) -> None:
    city.send(city.tap(card, "A", at(hour), route="R1", direction="entry"))
    city.send(city.tap(card, "C", at(hour, 30), route="R1", direction="exit"))


def test_a_draft_is_kept_once_and_fits_its_city(city: SmallCity) -> None:
    one, again = kept(with_price("bus", 5_000)), kept(with_price("bus", 5_000))
    assert one.draft is not None and again.draft == one.draft and Draft.objects.count() == 1
    assert drafts.tariff_of(one.draft) == with_price("bus", 5_000)
    foreign = msgspec.structs.replace(TARIFF, asset="USD", networks=TARIFF.networks[:1])
    refused = kept(foreign)
    assert refused.draft is None and Draft.objects.count() == 1
    assert {fault.field for fault in refused.faults} == {"currency", "network_id"}


def test_a_job_rehearses_on_stored_taps_and_writes_no_fare(city: SmallCity) -> None:
    rider, other = cards(2)
    ride(city, rider, 9)
    ride(city, other, 15)
    before = postings(city)
    (bus,) = {one.price for one in TARIFF.products if one.id == "bus" and not one.category}
    assert isinstance(bus, Flat)
    draft = kept(with_price("bus", bus.amount + 1_000)).draft
    assert draft is not None
    asked = drafts.ask_rehearsal(
        draft=draft.id, first=MONDAY, last=MONDAY, actor="staff:sari", at=NOW
    )
    assert not isinstance(asked, Refusal)
    url = city.database.app_url
    assert drafts.run_rehearsals(url=url, processes=1, clock=lambda: NOW) == 1
    found = drafts.rehearsal(asked.id)
    assert found is not None and found.done == found.serials > 0
    counted = drafts.rehearsed(found)
    assert counted is not None and (counted.cards, counted.taps) == (2, 4)
    total = counted.total
    assert total.after.revenue - total.before.revenue == 2_000
    assert counted.differences == {1_000: 2} and total.before.uses == 2
    assert postings(city) == before


def test_what_cannot_be_rehearsed_is_refused(city: SmallCity) -> None:
    def asked(draft: int, first: date, days: int) -> object:
        last = first + timedelta(days=days)
        return drafts.ask_rehearsal(draft=draft, first=first, last=last, actor="x", at=NOW)

    draft = kept(with_price("bus", 5_000)).draft
    assert draft is not None
    assert asked(99, MONDAY, 0) is Refusal.DRAFT_UNKNOWN
    assert asked(draft.id, MONDAY, -1) is Refusal.PERIOD_INVALID
    assert asked(draft.id, MONDAY, 92) is Refusal.PERIOD_TOO_LONG
    first, second = asked(draft.id, MONDAY, 91), asked(draft.id, MONDAY, 91)
    assert first == second
