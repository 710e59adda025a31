"""The programs' door: exact fares, refusals with codes, staff alone see a card, looks are kept."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from psycopg.conninfo import make_conninfo
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from satu.audit.entry import Subject
from satu.audit.queries import entries_on
from satu.kernel.days import from_ms
from satu.project.database import point_django
from satu.web.api.problems import CATALOGUE
from tests.database.fares_support import cards, loaded_city, postings, stored_days
from tests.small_city import MONDAY, SmallCity, at
from tests.web_doors import new_resident, resident_client, staff_client

QUOTE = "/api/fares/quote"
DAY = f"/days/{MONDAY.isoformat()}/fares"
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES = 40


@pytest.fixture
def city(database: Any) -> SmallCity:
    return loaded_city(database)


@pytest.fixture
def client() -> Client:
    return Client()


def staff() -> Client:
    """A client whose session a staff link opened."""
    return staff_client("ani", "desk")


def iso(at_ms: int) -> str:
    return from_ms(at_ms).isoformat()


def ask(client: Client, *legs: dict[str, Any], **more: Any) -> Any:
    body = {"legs": list(legs), **more}
    return client.post(QUOTE, body, content_type="application/json")


def bus(hour: int, minute: int = 0, **more: Any) -> dict[str, Any]:
    return {"start": "A", "started_at": iso(at(hour, minute)), "route": "R1", **more}


def test_a_quote_is_what_the_ride_would_cost(city: SmallCity, client: Client) -> None:
    legs = (
        bus(7, end="C", ended_at=iso(at(7, 30))),
        {"start": "X", "started_at": iso(at(7, 40)), "end": "Z", "ended_at": iso(at(8))},
    )
    before = postings(city), stored_days(city)
    answer = ask(client, *legs)
    assert (answer.status_code, answer["content-type"]) == (200, "application/json")
    told = answer.json()
    assert (told["fare"], told["asset"], told["category"]) == (7_500, "IDR", "adult")
    (journey,) = told["journeys"]
    assert [leg["fare"] for leg in journey["legs"]] == [5_500, 2_000]
    rules = journey["legs"][1]["paid_by"][0]["rules"]
    assert [(one["rule"], one["amount"]) for one in rules] == [
        ("product:metro", 9_000),
        ("integrated", -7_000),
    ]
    assert rules[1]["words"] == {
        "id": "Tarif terpadu integrated",
        "en": "Combined fare integrated",
    }
    assert (postings(city), stored_days(city)) == before

    (rider,) = cards(1)
    city.send(
        city.tap(rider, "A", at(7), route="R1", direction="entry"),
        city.tap(rider, "C", at(7, 30), route="R1", direction="exit"),
        city.tap(rider, "X", at(7, 40), direction="entry"),
        city.tap(rider, "Z", at(8), direction="exit"),
    )
    assert 50_000 - city.money(rider)[0] == told["fare"]


def test_what_has_not_ended_waits_or_is_known_at_entry(city: SmallCity, client: Client) -> None:
    (open_bus,) = ask(client, bus(9)).json()["journeys"][0]["legs"]
    assert (open_bus["fare"], open_bus["is_known"], open_bus["use_class"]) == (3_500, True, "open")
    (gate,) = ask(client, {"start": "X", "started_at": iso(at(9))}).json()["journeys"][0]["legs"]
    assert (gate["fare"], gate["is_known"]) == (0, False)
    (alone,) = ask(client, {"end": "X", "ended_at": iso(at(9))}).json()["journeys"][0]["legs"]
    assert (alone["fare"], alone["use_class"], alone["start"]) == (9_000, "missing_entry", None)


def test_bad_questions_are_told_what_to_do(city: SmallCity, client: Client) -> None:
    cases = [
        (ask(client), 422, "body_invalid", "legs"),
        (ask(client, *[bus(9)] * 21), 422, "body_invalid", "legs"),
        (ask(client, bus(9, riders=0)), 422, "body_invalid", "legs.0.riders"),
        (ask(client, bus(9, colour="red")), 422, "body_invalid", "legs.0.colour"),
        (ask(client, bus(9) | {"started_at": "2026-11-23T09:00:00"}), 422, "body_invalid", "0"),
        (ask(client, bus(9) | {"started_at": "9999-12-31T23:59:59Z"}), 422, "body_invalid", "year"),
        (ask(client, bus(9) | {"start": "Q"}), 422, "point_unknown", "legs.0.start"),
        (ask(client, bus(9), bus(10) | {"route": "Q"}), 422, "route_unknown", "legs.1.route"),
        (ask(client, bus(9), category="king"), 422, "category_unknown", "category"),
        (ask(client, {"route": "R1"}), 422, "leg_without_ends", "legs.0"),
        (ask(client, bus(9, end="C")), 422, "leg_without_ends", "legs.0.end"),
        (ask(client, bus(9), bus(8)), 422, "times_out_of_order", "legs.1.start"),
        (ask(client, bus(9), bus(30)), 422, "days_differ", ""),
        (ask(client, bus(9) | {"started_at": "2001-01-01T09:00:00Z"}), 422, "tariff_missing", ""),
        (client.post(QUOTE, "{", content_type="application/json"), 400, "body_malformed", ""),
        (client.post(QUOTE, "[]", content_type="application/json"), 422, "body_invalid", ""),
        (
            client.post(QUOTE, "[" * 9_999, content_type="application/json"),
            400,
            "body_malformed",
            "",
        ),
        (
            client.post(QUOTE, " " * 16_385 + "{}", content_type="application/json"),
            413,
            "body_too_large",
            "",
        ),
    ]
    for number, (answer, status, code, about) in enumerate(cases):
        told = answer.json()
        assert (number, answer.status_code, told["code"]) == (number, status, code)
        assert answer["content-type"] == "application/problem+json"
        kind = CATALOGUE[code]
        assert (told["title"], told["words"]) == (kind.title, msgspec.to_builtins(kind.words))
        assert about in told["detail"] and told["detail"].endswith(kind.words.en)


def test_staff_alone_see_a_cards_day_and_every_look_is_kept(
    city: SmallCity, client: Client
) -> None:
    rider, other = cards(2)
    city.send(city.tap(rider, "A", at(9), route="R1", direction="entry"))
    known = f"/api/cards/{rider}{DAY}?purpose=complaint+17"
    for who, path in (
        (client, known),
        (client, f"/api/cards/{rider}{DAY}"),
        (staff(), f"/api/cards/{other}{DAY}?purpose=complaint+17"),
        (staff(), f"/api/cards/999{DAY}?purpose=complaint+17"),
    ):
        answer = who.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    for path in (
        f"/api/cards/{rider}{DAY}",
        f"/api/cards/{rider}{DAY}?purpose=+++",
        f"/api/cards/{rider}/days/yesterday/fares?purpose=complaint",
        f"/api/cards/me{DAY}?purpose=complaint",
    ):
        answer = staff().get(path)
        assert (answer.status_code, answer.json()["code"]) == (422, "parameter_invalid")
    assert entries_on(Subject("card", rider)) == []

    told = staff().get(known).json()
    assert (told["card"], told["told"]["fare"]) == (rider, 3_500)
    assert [(one["kind"], one["amount"]) for one in told["posted"]] == [("fare", 3_500)]
    (look,) = entries_on(Subject("card", rider))
    assert (look.actor, look.action) == ("staff:ani", "card.day_looked_at")
    assert look.detail == {"day": MONDAY.isoformat(), "purpose": "complaint 17"}


def test_without_a_city_it_says_so(database: Any, client: Client) -> None:
    answer = ask(client, bus(9))
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")


def test_without_a_database_it_says_so(city: SmallCity, client: Client) -> None:
    point_django("default", make_conninfo(city.database.app_url, dbname="nowhere"))
    answer = ask(client, bus(9))
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")


@pytest.mark.parametrize("who", ["staff", "resident", "nobody"])
def test_made_up_requests_meet_no_fault(city: SmallCity, who: str) -> None:
    (rider,) = cards(1)
    city.send(city.tap(rider, "A", at(9), route="R1", direction="entry"))
    before = postings(city), stored_days(city)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    cookie = ""
    if who != "nobody":
        signed_in = staff() if who == "staff" else resident_client(new_resident())
        cookie = signed_in.cookies["sessionid"].value
    statuses: set[int] = set()
    operations = [found.ok() for found in schema.get_all_operations()]
    assert {operation.path for operation in operations} == {
        "/api/cards/{number}/days/{day}/fares",
        "/api/fares/quote",
        "/api/mine/cards/{serial}/history",
        "/api/mine/cards/{serial}/days/{day}/fares",
    }
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(mode))
            def send(case: schemathesis.Case) -> None:
                answer = case.call(cookies={"sessionid": cookie})
                case.validate_response(answer, checks=list(CHECKS))
                statuses.add(answer.status_code)

            send()
    assert {404, 422} <= statuses and not any(status >= 500 for status in statuses)
    assert (postings(city), stored_days(city)) == before
