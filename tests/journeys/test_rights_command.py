"""A service desk's day at the command line: rights, a pass, a missing tap; exit codes and JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from satu.fares.tariff import Category, Concession, Pass
from satu.kernel.days import from_ms
from satu.project.clock import now_ms
from tests import commands
from tests.database.repairs_support import RepairCity, tariff_with
from tests.small_city import CALENDAR
from tests.support import Database

MINUTE_MS = 60_000
TARIFF = tariff_with(
    categories=(Category("adult", is_default=True), Category("student")),
    concessions=(Concession("student", percent=50),),
    passes=(Pass("month", 20_000, ("metro",), whole_days=30),),
)


def run(*arguments: str, code: int = 0) -> dict[str, Any]:
    done = commands.satu(*arguments, "--json")
    assert done.returncode == code, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.fixture
def city(database: Database) -> RepairCity:
    return RepairCity(database, TARIFF)


def test_a_missing_exit_is_found_told_and_paid_back(city: RepairCity) -> None:
    # The commands read the real clock: the ride was yesterday, an hour after the day began.
    today = CALENDAR.day_of(now_ms())
    started = CALENDAR.start_ms(today) - 23 * 60 * MINUTE_MS
    card = city.card()
    city.ride_without_exit(card, "X", started)
    city.close(today, now_ms())

    (journey,) = run("journeys", "list", "--card", str(card))["journeys"]
    assert (journey["use_class"], journey["point_in"], journey["fare"]) == (
        "missing_exit",
        "X",
        9_000,
    )
    told = from_ms(started + 20 * MINUTE_MS).astimezone(CALENDAR.zone)
    asking = (
        "journeys", "repair", "--card", str(card), "--use", str(journey["id"]),
        "--at", f"{told:%Y-%m-%dT%H:%M}", "--point",
    )  # fmt: skip
    refused = run(*asking, "NOWHERE", code=1)
    assert refused["refused"] == "point_unknown" and refused["en"]
    done = run(*asking, "Y")
    assert (done["state"], done["refunded"]) == ("approved", 3_000)
    assert run(*asking, "Y") == done
    (kept,) = run("journeys", "repairs", "--card", str(card))["repairs"]
    assert kept["evidence"]["use"]["fare"] == 9_000
    assert run("journeys", "repairs", "--waiting")["repairs"] == []
    assert city.money(card) == (44_000, 0, 0) and city.is_sound()


def test_rights_are_granted_replaced_shown_and_a_pass_is_sold(city: RepairCity) -> None:
    today = CALENDAR.day_of(now_ms())
    card, day = city.card(), today.isoformat()
    granted = run("card", "grant", "--card", str(card), "--category", "student", "--from", day)
    student = {"category": "student", "first": day, "last": day}
    assert granted == {
        "card": card,
        "entitlements": [student],
        "changed": True,
        "difference": 0,
    }
    unknown = run(
        "card", "grant", "--card", str(card), "--category", "pilot", "--from", day, code=1
    )
    assert unknown["refused"] == "category_unknown"
    right = f"student:{day}:2199-01-01"
    replaced = run("card", "entitle", "--card", str(card), "--right", right)
    assert replaced["entitlements"] == [{**student, "last": "2199-01-01"}]
    selling = ("card", "pass", "--card", str(card), "--product", "month", "--key", "K-1")
    assert run(*selling) == {"result": "posted", "pass": 1, "balance": 30_000}
    assert run(*selling) == {"result": "exists", "pass": 1, "balance": 30_000}
    shown = run("card", "rights", "--card", str(card), "--purpose", "a test")
    assert shown == {
        "card": card,
        "entitlements": [{**student, "last": "2199-01-01"}],
        "passes": [{"pass": 1, "product": "month", "bought_on": day}],
    }
    ((who, why),) = city.trail("card.rights_looked_at")
    assert who.startswith("command:card:") and why == {"purpose": "a test"}
    assert run("card", "rights", "--card", "999", code=1)["refused"] == "card_unknown"
    assert city.money(card) == (30_000, 0, 0) and city.is_sound()
