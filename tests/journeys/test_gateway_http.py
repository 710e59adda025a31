"""A reader sends taps to a real gateway: rides, uploads, and everything that can be wrong."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from satu.validator.client import SealBrokenError
from satu.validator.keys import DeviceKeys, simulated_keys
from satu.validator.request import MSGPACK, signed_headers, upload_body
from satu.validator.tariff import TariffKept
from satu.wire.denylist import Denied, DenyList
from satu.wire.messages import BatchResult, Decision, Health, Tap
from satu.wire.signing import Sealed
from tests.journeys.gateway_support import (
    ACTOR,
    BALANCE,
    JSON_TYPE,
    RunningGateway,
    Town,
    encoded,
    gateway,
    now_ms,
    problem,
    wait_until,
)


@pytest.fixture
def town(database: Any) -> Town:
    return Town(database)


@pytest.fixture
def door(town: Town) -> Iterator[RunningGateway]:
    with gateway() as running:
        yield running


def test_a_ride_is_charged_once_however_often_it_is_sent(town: Town, door: RunningGateway) -> None:
    keys, (card,) = town.reader(), town.cards()
    tap = town.tap(card)

    async def three_times() -> list[Decision]:
        async with door.client(town, keys) as client:
            return [await client.tap(tap) for _ in range(3)]

    first, second, third = asyncio.run(three_times())
    assert (first.accepted, first.code, first.meaning) == (True, "accepted", "entry")
    assert first.charge in (2_000, 3_500)  # early bird or not, by the hour this test runs
    assert first.balance == BALANCE - first.charge
    assert (first.device, first.sequence, first.repeat) == (keys.device, tap.sequence, False)
    assert second == third == msgspec.structs.replace(first, repeat=True)
    assert town.balance(card) == BALANCE - first.charge
    assert town.count("taps_tap") == 1


def test_an_upload_is_answered_in_order_and_kept_as_evidence(
    town: Town, door: RunningGateway
) -> None:
    keys, cards = town.reader(), town.cards(3)
    taps = [town.tap(card, decided="open") for card in cards] + [town.tap(999_999_999)]
    body, described = upload_body(taps, MSGPACK, compress=True)
    answer = door.post_upload(keys, body, **described)
    results = msgspec.msgpack.decode(answer.content, type=BatchResult).results
    assert [result.sequence for result in results] == [tap.sequence for tap in taps]
    assert [result.code for result in results] == ["accepted"] * 3 + ["card_unknown"]
    assert all(result.words is None for result in results)
    assert [town.balance(card) for card in cards] == [result.balance for result in results[:3]]

    row = town.conn.execute(
        "select device, taps, body_sha256, signature, body from taps_upload"
    ).fetchone()
    assert row is not None
    device, count, digest, signature, message = row
    assert (device, count) == (keys.device, 4)
    assert digest == hashlib.sha256(message).digest()
    # Nothing but what is stored is needed to show that the device signed these taps.
    Ed25519PublicKey.from_public_bytes(keys.public_key).verify(signature, message)
    assert message.startswith(b"POST\n/v1/tap-batches\n") and message.endswith(body)

    again = door.post_upload(keys, encoded(taps))
    repeated = msgspec.json.decode(again.content, type=BatchResult).results
    assert repeated == [msgspec.structs.replace(result, repeat=True) for result in results]
    assert town.count("taps_tap") == 4


def test_refusals_say_why_and_move_nothing(town: Town, door: RunningGateway) -> None:
    from satu.cards.actions import block_card

    keys, (blocked, good) = town.reader(), town.cards(2)
    (poor,) = town.cards(balance=1_000)
    block_card(card=blocked, reason="lost", actor=ACTOR, at=datetime(2026, 1, 6, tzinfo=UTC))
    before = town.count("ledger_posting")
    wanted = {
        "card_unknown": town.tap(999_999_999),
        "card_blocked": town.tap(blocked),
        "point_unknown": town.tap(good, "NOWHERE"),
        "route_unknown": town.tap(good, route="R99"),
        "riders_too_many": town.tap(good, riders=9),
        "balance_insufficient": town.tap(poor),
    }
    for code, tap in wanted.items():
        answer = door.post_tap(keys, msgspec.json.encode(tap))
        decision = msgspec.json.decode(answer.content, type=Decision)
        assert (answer.status_code, decision.accepted, decision.code) == (200, False, code)
        assert decision.charge == 0
        assert decision.words is not None
        assert decision.words.id.endswith(".") and decision.words.en.endswith(".")
    assert "Rp 1.000" in decision.words.id and "Rp 1,000" in decision.words.en
    assert town.count("ledger_posting") == before
    samples = door.metrics()
    assert samples['satu_taps_total{outcome="card_blocked"}'] == 1
    assert samples['satu_requests_total{path="/v1/taps",status="200"}'] == len(wanted)
    assert samples["satu_batch_taps_sum"] == samples["satu_travel_seconds_count"] == len(wanted)
    parts = ("satu_commit_seconds_sum", "satu_database_seconds_sum", "satu_travel_seconds_sum")
    commit, database, travel = (samples[part] for part in parts)
    assert 0 < commit < database < travel


def test_times_and_names_that_cannot_be_are_kept_aside(town: Town, door: RunningGateway) -> None:
    keys, (card,) = town.reader(), town.cards()
    ride = town.tap(card)
    two_years_ms = 2 * 365 * 86_400_000
    sent = {
        "accepted": ride,
        "quarantined_name_reused": msgspec.structs.replace(ride, point="B"),
        "quarantined_time_past": town.tap(card, at_ms=now_ms() - two_years_ms),
        "quarantined_time_future": town.tap(card, at_ms=now_ms() + 3_600_000),
    }
    for code, tap in sent.items():
        answer = door.post_tap(keys, msgspec.json.encode(tap))
        assert answer.status_code == 200
        assert msgspec.json.decode(answer.content, type=Decision).code == code
    assert (town.count("taps_tap"), town.count("taps_quarantine")) == (1, 3)


def malformed_bodies(tap: Tap) -> list[tuple[int, str, bytes]]:
    """Bodies of single taps that no decoder should take."""
    good = msgspec.to_builtins(tap)

    def changed(**fields: Any) -> bytes:
        return msgspec.json.encode({**good, **fields})

    return [
        (400, "body_malformed", b""),
        (400, "body_malformed", b"{"),
        (400, "body_malformed", b"\xff\xfe"),
        (400, "body_malformed", msgspec.json.encode(tap)[:-1]),
        (422, "body_invalid", b"[]"),
        (422, "body_invalid", b"null"),
        (422, "body_invalid", b"{}"),
        (422, "body_invalid", changed(sequence="1")),
        (422, "body_invalid", changed(sequence=-1)),
        (422, "body_invalid", changed(sequence=10**30)),
        (422, "body_invalid", changed(sequence=1.5)),
        (422, "body_invalid", changed(at_ms=-1)),
        (422, "body_invalid", changed(at_ms=10**15)),
        (422, "body_invalid", changed(token="")),
        (422, "body_invalid", changed(token="1\x00")),
        (422, "body_invalid", changed(token="9" * 65)),
        (422, "body_invalid", changed(point=None)),
        (422, "body_invalid", changed(medium="nfc")),
        (422, "body_invalid", changed(decided="maybe")),
        (422, "body_invalid", changed(charge=-5_000)),
    ]


def test_bodies_that_are_wrong_are_problems(town: Town, door: RunningGateway) -> None:
    keys, (card,) = town.reader(), town.cards()
    tap = town.tap(card)
    before = town.count("ledger_posting")
    for status, code, body in malformed_bodies(tap):
        answer = door.post_tap(keys, body)
        assert (answer.status_code, problem(answer).code) == (status, code), body
    body = msgspec.json.encode(tap)
    checks = [
        (413, "body_too_large", door.post_tap(keys, b" " * 2_000_000)),
        (413, "body_too_large", door.post_upload(keys, b" " * 9_000_000)),
        (413, "body_too_large", door.post_upload(keys, bomb(), Content_Encoding="gzip")),
        (400, "body_malformed", door.post_upload(keys, body, Content_Encoding="gzip")),
        (400, "body_malformed", door.post_upload(keys, cut(body), Content_Encoding="gzip")),
        (415, "content_encoding_unknown", door.post_upload(keys, body, Content_Encoding="br")),
        (415, "content_type_unknown", door.post_tap(keys, body, Content_Type="text/xml")),
        (422, "body_invalid", door.post_upload(keys, encoded([]))),
        (422, "body_invalid", door.post_upload(keys, encoded([tap] * 5_001))),
        (422, "body_invalid", door.post_upload(keys, body)),
    ]
    for status, code, answer in checks:
        assert (answer.status_code, problem(answer).code) == (status, code)
    assert town.count("ledger_posting") == before
    assert (town.count("taps_tap"), town.count("taps_quarantine")) == (0, 0)


def bomb() -> bytes:
    return gzip.compress(bytes(20_000_000))


def cut(body: bytes) -> bytes:
    return gzip.compress(body)[:-4]


def test_who_does_not_sign_rightly_is_not_heard(town: Town, door: RunningGateway) -> None:
    keys, other, (card,) = town.reader("one"), town.reader("other"), town.cards()
    stranger = simulated_keys(8_000_000, town.master)
    forged = DeviceKeys(keys.device, other.hmac_key, other.private_key)
    body = msgspec.json.encode(town.tap(card))
    batch = encoded([town.tap(card)])
    six_minutes_ms = 360_000
    checks = [
        ("signature_missing", door.http.post("/v1/taps", content=body)),
        ("signature_missing", door.post_tap(keys, body, Satu_Device="many")),
        ("signature_missing", door.post_tap(keys, body, Satu_Device="0")),
        ("signature_missing", door.post_tap(keys, body, Satu_Time="-1")),
        ("device_unknown", door.post_tap(stranger, body)),
        ("device_unknown", door.post_upload(stranger, batch)),
        ("signature_wrong", door.post_tap(forged, body)),
        ("signature_wrong", door.post_upload(forged, batch)),
        ("signature_wrong", door.post_tap(keys, body, Satu_Signature="0" * 64)),
        ("signature_wrong", door.post_tap(keys, body, Satu_Signature="zz")),
        ("signature_wrong", door.post_tap(keys, body, Satu_Time=str(now_ms() - 1_000))),
        ("request_too_old", door.post_tap(keys, body, now_ms() - six_minutes_ms)),
        ("request_too_old", door.post_upload(keys, batch, now_ms() - six_minutes_ms)),
        ("request_from_future", door.post_tap(keys, body, now_ms() + six_minutes_ms)),
    ]
    for code, answer in checks:
        assert (answer.status_code, problem(answer).code) == (401, code)
        assert answer.headers["WWW-Authenticate"] == "Satu-Signature"
    assert (town.count("taps_tap"), town.count("taps_upload")) == (0, 0)


def test_addresses_and_methods_that_do_not_exist(door: RunningGateway) -> None:
    assert problem(door.http.get("/nowhere")).code == "not_found"
    for path in ("/v1/taps", "/v1/tap-batches"):
        answer = door.http.get(path)
        assert problem(answer).code == "method_not_allowed"
        assert answer.headers["Allow"] == "POST"
    answer = door.http.post("/v1/tariff")
    assert problem(answer).code == "method_not_allowed"
    assert "GET" in answer.headers["Allow"]


def test_a_blocked_device_is_refused(town: Town) -> None:
    keys, (card,) = town.reader(), town.cards()
    town.database.owner().execute("update taps_device set state = 1 where id = %s", [keys.device])
    with gateway() as door:
        answer = door.post_tap(keys, msgspec.json.encode(town.tap(card)))
        assert (answer.status_code, problem(answer).code) == (403, "device_blocked")
        answer = door.post_upload(keys, encoded([town.tap(card)]))
        assert (answer.status_code, problem(answer).code) == (403, "device_blocked")
    assert (town.count("taps_tap"), town.count("taps_upload")) == (0, 0)


def test_a_reader_follows_the_deny_list(town: Town, door: RunningGateway) -> None:
    from satu.cards.actions import block_card, unblock_card

    keys, cards = town.reader(), town.cards(4)
    at = datetime(2026, 1, 6, tzinfo=UTC)
    for card in cards[:3]:
        block_card(card=card, reason="lost", actor=ACTOR, at=at)
    denied = Denied()

    async def fetch(since: int) -> DenyList:
        async with door.client(town, keys) as client:
            return await client.deny_list(since)

    denied.apply(asyncio.run(fetch(0)))
    assert [card in denied for card in cards] == [True, True, True, False]
    unblock_card(card=cards[0], reason="found", actor=ACTOR, at=at)
    block_card(card=cards[3], reason="lost", actor=ACTOR, at=at)
    wait_until(lambda: asyncio.run(fetch(denied.version)).version > denied.version)
    change = asyncio.run(fetch(denied.version))
    assert change.since == denied.version
    denied.apply(change)
    assert [card in denied for card in cards] == [False, True, True, True]
    of_another_database = asyncio.run(fetch(denied.version + 1_000))
    assert (of_another_database.since, of_another_database.version) == (0, denied.version)


def test_a_reader_fetches_the_tariff_and_trusts_only_the_scheme(
    town: Town, door: RunningGateway, tmp_path: Path
) -> None:
    keys = town.reader()
    kept = TariffKept(tmp_path / "tariff", town.scheme_key)

    async def fetch() -> None:
        async with door.client(town, keys) as client:
            handed = await client.tariff()
            assert kept.offer(handed)
            assert kept.opened is not None
            assert kept.opened.rules.bundle == town.bundle
            assert await client.tariff() == handed
            client.scheme_key = Ed25519PublicKey.from_public_bytes(keys.public_key)
            with pytest.raises(SealBrokenError):
                await client.deny_list()

    asyncio.run(fetch())


def test_documents_are_asked_for_again_with_their_etag(town: Town, door: RunningGateway) -> None:
    keys = town.reader()
    first = door.http.get("/v1/tariff")
    assert first.headers["Content-Type"] == "application/json"
    assert msgspec.json.decode(first.content, type=Sealed).kind == "tariff"
    again = door.http.get("/v1/tariff", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    def deny_list(target: str, **more: str) -> httpx.Response:
        signed = signed_headers(keys, "GET", target, now_ms())
        return door.http.get(target, headers={**signed, **more})

    assert problem(door.http.get("/v1/deny-list")).code == "signature_missing"
    first = deny_list("/v1/deny-list?since=0")
    assert first.status_code == 200
    tag = {"If-None-Match": first.headers["ETag"]}
    assert deny_list("/v1/deny-list", **tag).status_code == 304
    assert deny_list("/v1/deny-list", **tag, Accept="application/msgpack").status_code == 200
    for wrong in ("-1", "x", "1" * 30, "%00", "1.0"):
        assert problem(deny_list(f"/v1/deny-list?since={wrong}")).code == "since_invalid"


def test_a_gateway_keeps_its_city_until_another_verifies(town: Town, door: RunningGateway) -> None:
    """Facts that were changed behind the scheme's back are not used, whoever wrote them."""
    keys, (card,) = town.reader(), town.cards()
    first = door.http.get("/v1/tariff")
    town.database.owner().execute(
        "update taps_bundle set digest = decode(repeat('00', 32), 'hex'),"
        " content = overlay(content placing '\\x00'::bytea from 1)"
    )
    wait_until(lambda: "bundle_refused" in door.log())
    again = door.http.get("/v1/tariff")
    assert (again.status_code, again.content) == (200, first.content)
    answer = door.post_tap(keys, msgspec.json.encode(town.tap(card)))
    assert msgspec.json.decode(answer.content, type=Decision).accepted


def test_a_reader_tells_how_it_is(town: Town, door: RunningGateway) -> None:
    keys = town.reader()
    told = Health(queued=12, tariff="ab" * 32, deny_list=7, deny_list_ms=now_ms() - 90_000)

    async def tell(health: Health) -> None:
        async with door.client(town, keys) as client:
            await client.tell_health(health)

    def kept() -> list[Any]:
        return town.conn.execute(
            "select device, queued, tariff, deny_list, abs(clock_drift_ms) < 5000,"
            " deny_list_age_s between 90 and 150 from taps_device_health"
        ).fetchall()

    asyncio.run(tell(told))
    wait_until(lambda: kept() == [(keys.device, 12, "ab" * 32, 7, True, True)])
    asyncio.run(tell(Health(queued=0)))
    wait_until(lambda: kept() == [(keys.device, 0, "", 0, True, None)])
    unsigned = door.http.post("/v1/health", content=b'{"queued":1}', headers=JSON_TYPE)
    assert problem(unsigned).code == "signature_missing"


def test_what_a_reader_tells_is_bounded(town: Town, door: RunningGateway) -> None:
    keys = town.reader()
    for body in (b'{"queued":-1}', b'{"queued":0,"tariff":"' + b"x" * 65 + b'"}', b"{}"):
        headers = signed_headers(keys, "POST", "/v1/health", now_ms(), body)
        answer = door.http.post("/v1/health", content=body, headers={**headers, **JSON_TYPE})
        assert problem(answer).code == "body_invalid"
