"""Everything a reader can send wrong: what it is told, that the books stand still, and that the
gateway takes the next good tap. One table a kind of mistake."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest

from satu.kernel.ids import MAX_SEQUENCE
from satu.validator.keys import DeviceKeys, simulated_keys
from satu.validator.request import MSGPACK, TAPS_PATH, UPLOADS_PATH, build_request, signed_headers
from satu.wire.messages import BatchResult, Decision, Tap
from tests.journeys.gateway_support import (
    ACTOR,
    BALANCE,
    RunningGateway,
    Town,
    encoded,
    gateway,
    now_ms,
    problem,
)

MINUTE_MS = 60_000
DAY_MS = 86_400_000
UNKNOWN_CARD = 999_999_999
GOOD_TAPS = 100

BOOKS = """
select (select count(*) from ledger_posting), (select count(*) from ledger_hold),
       (select sum(balance)::bigint from ledger_account),
       (select sum(held)::bigint from ledger_account),
       (select sum(id * balance)::bigint from ledger_account),
       (select count(*) from taps_use), (select count(*) from taps_card_day)
"""


class Case(NamedTuple):
    """A mistake, and the problem that answers it."""

    name: str
    status: int
    code: str
    send: Callable[[], httpx.Response]


class Desk:
    """A town, a gateway before it, and a reader that can do everything wrong."""

    def __init__(self, town: Town, door: RunningGateway) -> None:
        self.town = town
        self.door = door
        self.keys = town.reader()
        self.fresh = iter(town.cards(GOOD_TAPS))
        (self.card,) = town.cards()

    def tap(self, **more: Any) -> Tap:
        return self.town.tap(**{"card": self.card, **more})

    def changed(self, **fields: Any) -> bytes:
        """A good tap's JSON with other fields."""
        return msgspec.json.encode({**msgspec.to_builtins(self.tap()), **fields})

    def one(self, body: bytes, **headers: str) -> Callable[[], httpx.Response]:
        return lambda: self.door.post_tap(self.keys, body, **headers)

    def many(self, body: bytes, **headers: str) -> Callable[[], httpx.Response]:
        return lambda: self.door.post_upload(self.keys, body, **headers)

    def books(self) -> tuple[Any, ...]:
        row = self.town.conn.execute(BOOKS).fetchone()
        assert row is not None
        return tuple(row)

    def kept(self) -> tuple[int, ...]:
        """How many taps, taps set aside and uploads are stored."""
        return tuple(self.town.count(f"taps_{name}") for name in ("tap", "quarantine", "upload"))

    def serves(self) -> None:
        """A good tap is taken and charged, whatever came before."""
        card = next(self.fresh)
        answer = self.door.post_tap(self.keys, msgspec.json.encode(self.tap(card=card)))
        decision = msgspec.json.decode(answer.content, type=Decision)
        assert (answer.status_code, decision.code, decision.meaning) == (200, "accepted", "entry")
        assert decision.charge in (2_000, 3_500)  # early bird or not, by the hour this test runs
        assert decision.balance == BALANCE - decision.charge == self.town.balance(card)

    def refuses(self, cases: list[Case]) -> None:
        """Each case is answered by its problem and changes nothing; nothing is even stored."""
        for case in cases:
            before = self.books(), self.kept()
            answer = case.send()
            assert (answer.status_code, problem(answer).code) == (case.status, case.code), case.name
            assert problem(answer).type == f"urn:satu:problem:{case.code}", case.name
            assert (self.books(), self.kept()) == before, case.name
            self.serves()
        assert '"request_failed"' not in self.door.log()


@pytest.fixture
def desk(database: Any) -> Iterator[Desk]:
    town = Town(database)
    with gateway() as door:
        yield Desk(town, door)


def test_bodies_that_cannot_be_read(desk: Desk) -> None:
    good = msgspec.json.encode(desk.tap())
    batch = encoded([desk.tap()])
    bomb = gzip.compress(bytes(50_000_000))
    malformed = [
        ("an empty body", desk.one(b"")),
        ("cut JSON", desk.one(good[:-1])),
        ("JSON with a tail", desk.one(good + b"x")),
        ("no UTF-8", desk.one(b'{"token": "\xff\xfe"}')),
        ("cut msgpack", desk.one(msgspec.msgpack.encode(desk.tap())[:-2], Content_Type=MSGPACK)),
        ("an empty upload", desk.many(b"")),
        ("a cut upload", desk.many(batch[:-2])),
        ("no gzip", desk.many(batch, Content_Encoding="gzip")),
        ("cut gzip", desk.many(gzip.compress(batch)[:-5], Content_Encoding="gzip")),
        ("gzip with a tail", desk.many(gzip.compress(batch) + b"x", Content_Encoding="gzip")),
        ("gzip of rubbish", desk.many(gzip.compress(b"{" * 99), Content_Encoding="gzip")),
    ]
    twice = desk.many(gzip.compress(bomb), Content_Encoding="gzip, gzip")
    too_large = [
        ("a tap of 65 KiB", desk.one(b" " * (65 * 1024))),
        ("an upload of 9 MB", desk.many(b" " * 9_000_000)),
        ("a gzip bomb", desk.many(bomb, Content_Encoding="gzip")),
    ]
    desk.refuses([Case(name, 400, "body_malformed", send) for name, send in malformed])
    desk.refuses([Case(name, 413, "body_too_large", send) for name, send in too_large])
    desk.refuses([Case("a bomb in a bomb", 415, "content_encoding_unknown", twice)])


def test_a_line_goes_on_after_a_body_that_is_refused(desk: Desk) -> None:
    """The whole body is taken in before the answer: nothing of either is lost on the way."""
    sends = [desk.one(b" " * (65 * 1024)), desk.many(b" " * 9_000_000)]
    for send in sends * 20:
        answer = send()
        assert (answer.status_code, answer.headers.get("connection")) == (413, None)
        desk.serves()


def test_bodies_that_do_not_fit(desk: Desk) -> None:
    tap = desk.tap()
    fields: list[dict[str, Any]] = [
        {"sequence": "1"}, {"sequence": -1}, {"sequence": MAX_SEQUENCE + 1}, {"sequence": 1.5},
        {"sequence": 10**30}, {"sequence": True}, {"sequence": None},
        {"at_ms": "now"}, {"at_ms": -1}, {"at_ms": 10**15}, {"at_ms": 1e300},
        {"token": 7}, {"token": ""}, {"token": "9" * 65}, {"token": "1\n2"}, {"token": "kartu é"},
        {"token": "1\n"}, {"point": "A\n"},
        {"point": None}, {"point": ""}, {"point": ["A"]}, {"point": "\x00"},
        {"medium": "nfc"}, {"direction": "up"}, {"decided": "maybe"}, {"route": 1},
        {"riders": 0}, {"riders": 10}, {"riders": "2"}, {"riders": 1.5}, {"riders": None},
        {"charge": -5_000}, {"amount": 10**18}, {"balance": 1},
    ]  # fmt: skip
    cases = [
        Case(str(wrong), 422, "body_invalid", desk.one(desk.changed(**wrong))) for wrong in fields
    ]
    others = {
        "a list": b"[]",
        "null": b"null",
        "a number": b"-1",
        "depth without end": b"[" * 50_000,
        "nothing in it": b"{}",
        "a tap in a list": msgspec.json.encode([tap]),
        "an upload as a tap": encoded([tap]),
    }
    cases += [Case(name, 422, "body_invalid", desk.one(body)) for name, body in others.items()]
    as_msgpack = desk.one(msgspec.json.encode(tap), Content_Type=MSGPACK)
    cases.append(Case("JSON called msgpack", 422, "body_invalid", as_msgpack))
    uploads = {
        "no taps": encoded([]),
        "5,001 taps": encoded([tap] * 5_001),
        "a tap as an upload": msgspec.json.encode(tap),
        "one wrong among good": msgspec.json.encode({"taps": [tap, {"sequence": 1}]}),
        "an unknown field": msgspec.json.encode({"taps": [tap], "total": 1}),
    }
    cases += [Case(name, 422, "body_invalid", desk.many(body)) for name, body in uploads.items()]
    desk.refuses(cases)


def test_uploads_full_of_one_name(desk: Desk) -> None:
    """The largest upload is taken; what comes again within it is a repeat, and costs nothing."""
    replace = msgspec.structs.replace

    def sent(*taps: Tap) -> list[Decision]:
        answer = desk.many(encoded(taps))()
        return msgspec.json.decode(answer.content, type=BatchResult).results

    ride = desk.tap(card=next(desk.fresh), decided="open")
    results = sent(*[ride] * 5_000)
    assert [result.repeat for result in results] == [False] + [True] * 4_999
    assert {(result.accepted, result.charge) for result in results} == {(True, results[0].charge)}
    assert desk.town.balance(int(ride.token)) == BALANCE - results[0].charge
    assert desk.kept() == (1, 0, 1)

    results = sent(*[desk.tap(card=UNKNOWN_CARD, decided="open")] * 300)
    assert [result.repeat for result in results] == [False] + [True] * 299
    assert {result.code for result in results} == {"quarantined_card_unknown"}
    results = sent(*[replace(ride, point="BC"[place % 2]) for place in range(300)])
    assert [result.repeat for result in results] == [False] * 2 + [True] * 298
    assert {result.code for result in results} == {"quarantined_name_reused"}
    assert desk.kept() == (1, 3, 3)

    asked = desk.tap(card=next(desk.fresh))
    own = [replace(asked, decided=decided) for decided in ("ask", "refused", "open")]
    results = sent(*own * 50)
    # Its own decision replaces what it asked, once: the money moves back, and stays.
    assert [result.code for result in results] == ["accepted"] + ["reader_refused"] * 149
    assert sum(result.charge for result in results if not result.repeat) == 0
    assert desk.town.balance(int(asked.token)) == BALANCE
    assert desk.kept() == (2, 3, 4)
    assert '"batch_broken"' not in desk.door.log()
    desk.serves()


def test_bodies_that_come_in_pieces_or_not_at_all(desk: Desk) -> None:
    def chunked(path: str, pieces: int) -> Callable[[], httpx.Response]:
        headers = signed_headers(desk.keys, "POST", path, now_ms(), b"")
        body = [b" " * 64 * 1024] * pieces
        return lambda: desk.door.http.post(path, content=iter(body), headers=headers)

    desk.refuses([
        Case("a tap of two pieces", 413, "body_too_large", chunked(TAPS_PATH, 2)),
        Case("an upload of 129 pieces", 413, "body_too_large", chunked(UPLOADS_PATH, 129)),
    ])  # fmt: skip
    body = msgspec.json.encode(desk.tap())
    headers = signed_headers(desk.keys, "POST", TAPS_PATH, now_ms(), body)
    whole = build_request(desk.door.host, "POST", TAPS_PATH, headers, body)
    rubbish = [whole[:-9], whole[:99], b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"\x00" * 9_999]
    before = desk.books(), desk.kept()
    for sent in rubbish:
        with socket.create_connection(("127.0.0.1", desk.door.port), timeout=10) as line:
            line.sendall(sent)
        assert (desk.books(), desk.kept()) == before
    desk.serves()
    assert desk.kept() == (before[1][0] + 1, 0, 0)
    assert '"request_failed"' not in desk.door.log()


def test_senders_that_are_not_heard(desk: Desk) -> None:
    keys, other, blocked = desk.keys, desk.town.reader("other"), desk.town.reader("blocked")
    desk.town.database.owner().execute(
        "update taps_device set state = 1 where id = %s", [blocked.device]
    )
    stranger = simulated_keys(8_000_000, desk.town.master)
    forged = DeviceKeys(keys.device, other.hmac_key, other.private_key)
    one, many = msgspec.json.encode(desk.tap()), encoded([desk.tap()])
    sends = ((desk.door.post_tap, one, "tap"), (desk.door.post_upload, many, "upload"))
    cases = []
    for post, body, what in sends:
        # A loop's variables would be those of its last turn when the case is sent.
        def wrong(
            code: str,
            sender: DeviceKeys = keys,
            time_ms: int = 0,
            post: Callable[..., httpx.Response] = post,
            body: bytes = body,
            what: str = what,
            **headers: str,
        ) -> Case:
            def send() -> httpx.Response:
                return post(sender, body, now_ms() + time_ms, **headers)

            status = 403 if code == "device_blocked" else 401
            return Case(f"{what}: {code} {headers}", status, code, send)

        cases += [
            wrong("device_unknown", stranger),
            wrong("device_blocked", blocked),
            wrong("signature_wrong", forged),
            wrong("signature_wrong", Satu_Device=str(other.device)),
            wrong("signature_wrong", Satu_Time=str(now_ms() - 1_000)),
            wrong("signature_wrong", Satu_Signature="0" * 64),
            wrong("signature_wrong", Satu_Signature="f" * 128),
            wrong("signature_wrong", Satu_Signature="zz"),
            wrong("request_too_old", time_ms=-5 * MINUTE_MS - 1_000),
            wrong("request_too_old", Satu_Time="0"),
            wrong("request_from_future", time_ms=5 * MINUTE_MS + 5_000),
            wrong("request_from_future", Satu_Time="9" * 15),
            wrong("signature_missing", Satu_Time="-1"),
            wrong("signature_missing", Satu_Time="9" * 16),
            wrong("signature_missing", Satu_Time="today"),
            wrong("signature_missing", Satu_Device="0"),
            wrong("signature_missing", Satu_Device="-1"),
            wrong("signature_missing", Satu_Device="reader-1"),
            wrong("signature_missing", Satu_Device="9" * 30),
            wrong("signature_missing", Satu_Signature=""),
        ]
    cases += [unsigned(desk, path, left_out) for path in (TAPS_PATH, UPLOADS_PATH)
              for left_out in ("Satu-Device", "Satu-Time", "Satu-Signature")]  # fmt: skip
    desk.refuses(cases)


def unsigned(desk: Desk, path: str, left_out: str) -> Case:
    """A request that lacks one of the three headers."""
    body = encoded([desk.tap()])

    def send() -> httpx.Response:
        headers = signed_headers(desk.keys, "POST", path, now_ms(), body)
        del headers[left_out]
        headers["Content-Type"] = "application/json"
        return desk.door.http.post(path, content=body, headers=headers)

    return Case(f"{path} without {left_out}", 401, "signature_missing", send)


def test_addresses_methods_and_content_types_that_are_not_taken(desk: Desk) -> None:
    good, batch = msgspec.json.encode(desk.tap()), encoded([desk.tap()])
    cases = [
        Case(content_type, 415, "content_type_unknown", send)
        for content_type in ("", "text/plain", "application/xml", "application/jsonx", "json")
        for send in (
            desk.one(good, Content_Type=content_type),
            desk.many(batch, Content_Type=content_type),
        )
    ]
    cases += [
        Case("a tap in gzip", 415, "content_encoding_unknown",
             desk.one(gzip.compress(good), Content_Encoding="gzip")),
        Case("brotli", 415, "content_encoding_unknown", desk.many(batch, Content_Encoding="br")),
    ]  # fmt: skip
    for path in ("/nowhere", "/v1", "/v1/taps/", "/v1/taps/1", "/v2/taps", "/v1/TAPS", "/../etc"):
        cases.append(Case(path, 404, "not_found", asks(desk, "POST", path)))
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        for path in (TAPS_PATH, UPLOADS_PATH):
            cases.append(Case(method, 405, "method_not_allowed", asks(desk, method, path)))
    for path in ("/v1/tariff", "/v1/deny-list", "/healthz", "/metrics", "/openapi.json"):
        cases.append(Case(path, 405, "method_not_allowed", asks(desk, "POST", path)))
    desk.refuses(cases)


def asks(desk: Desk, method: str, path: str) -> Callable[[], httpx.Response]:
    return lambda: desk.door.http.request(method, path)


def test_taps_of_what_is_not_known_or_not_allowed(desk: Desk) -> None:
    """A tap that asks is refused in words; one that was decided offline is kept aside."""
    from satu.cards.actions import block_card

    (blocked,), (poor,) = desk.town.cards(), desk.town.cards(balance=1_000)
    block_card(card=blocked, reason="lost", actor=ACTOR, at=datetime(2026, 1, 6, tzinfo=UTC))
    wrong: list[tuple[str, str, dict[str, Any]]] = [
        ("card_unknown", "quarantined_card_unknown", {"card": UNKNOWN_CARD}),
        ("card_unknown", "quarantined_card_unknown", {"card": "0"}),
        ("card_unknown", "quarantined_card_unknown", {"card": "-1"}),
        ("card_unknown", "quarantined_card_unknown", {"card": "9" * 18}),
        ("card_unknown", "quarantined_card_unknown", {"card": "9" * 64}),
        ("card_unknown", "quarantined_card_unknown", {"card": "'; drop table taps_tap"}),
        ("card_unknown", "quarantined_card_unknown", {"medium": "plate", "card": "B 1234 XYZ"}),
        ("point_unknown", "quarantined_point_unknown", {"point": "NOWHERE"}),
        ("point_unknown", "quarantined_point_unknown", {"point": "a"}),
        ("route_unknown", "quarantined_route_unknown", {"route": "R99"}),
        ("card_blocked", "accepted", {"card": blocked}),
        ("balance_insufficient", "accepted", {"card": poor}),
        ("riders_too_many", "accepted", {"riders": 2}),
    ]
    for refused, _, fields in wrong:
        before = desk.books()
        decision = told(desk, desk.tap(**fields))
        assert (decision.accepted, decision.code, decision.charge) == (False, refused, 0), fields
        assert desk.books() == before, fields
        desk.serves()
    assert desk.town.count("taps_quarantine") == 0
    for _, aside, fields in wrong:
        if aside == "accepted":
            continue  # a ride that was taken is posted, whoever took it: the road's own tests
        before = desk.books()
        answer = desk.door.post_upload(desk.keys, encoded([desk.tap(decided="open", **fields)]))
        (result,) = msgspec.json.decode(answer.content, type=BatchResult).results
        assert (result.accepted, result.code, result.charge) == (False, aside, 0), fields
        assert desk.books() == before, fields
        desk.serves()
    assert desk.town.count("taps_quarantine") == 10


def told(desk: Desk, tap: Tap) -> Decision:
    """What a single tap is told, in words of both languages."""
    answer = desk.door.post_tap(desk.keys, msgspec.json.encode(tap))
    assert answer.status_code == 200
    decision = msgspec.json.decode(answer.content, type=Decision)
    assert decision.words is not None
    assert decision.words.id.endswith(".") and decision.words.en.endswith(".")
    assert decision.words.id != decision.words.en
    return decision


def test_times_that_cannot_be(desk: Desk) -> None:
    now = now_ms()
    times = {
        0: "quarantined_time_past",
        now - 2 * 365 * DAY_MS: "quarantined_time_past",
        now - 5 * DAY_MS: "quarantined_time_past",
        now + 6 * MINUTE_MS: "quarantined_time_future",
        now + 365 * DAY_MS: "quarantined_time_future",
        4_102_444_800_000: "quarantined_time_future",
    }
    for at_ms, code in times.items():
        for decided in ("ask", "open", "refused"):
            before = desk.books()
            decision = told(desk, desk.tap(at_ms=at_ms, decided=decided))
            assert (decision.accepted, decision.code, decision.charge) == (False, code, 0), at_ms
            assert desk.books() == before, at_ms
            desk.serves()
    assert desk.town.count("taps_quarantine") == 3 * len(times)
    almost = desk.tap(card=next(desk.fresh), at_ms=now_ms() + 4 * MINUTE_MS)
    assert told(desk, almost).code == "accepted"


def test_a_name_that_is_used_for_another_tap(desk: Desk) -> None:
    other_card = next(desk.fresh)
    ride = desk.tap(at_ms=now_ms())
    first = told(desk, ride)
    assert first.accepted
    changes: list[dict[str, Any]] = [
        {"token": str(other_card)}, {"token": str(UNKNOWN_CARD)}, {"point": "B"},
        {"point": "NOWHERE"}, {"route": ""}, {"direction": "exit"}, {"at_ms": ride.at_ms + 1},
        {"medium": "plate"}, {"at_ms": ride.at_ms - 60_000, "decided": "open"},
    ]  # fmt: skip
    for number, change in enumerate(changes, 1):
        before = desk.books()
        for is_again in (False, True):
            decision = told(desk, msgspec.structs.replace(ride, **change))
            assert (decision.accepted, decision.code) == (False, "quarantined_name_reused"), change
            assert (decision.charge, decision.repeat) == (0, is_again), change
        assert desk.books() == before, change
        assert desk.town.count("taps_quarantine") == number
        again = told(desk, ride)
        assert again == msgspec.structs.replace(first, repeat=True)
        desk.serves()
    assert desk.town.balance(other_card) == BALANCE
    both = [desk.tap(card=next(desk.fresh), decided="open")] * 2
    both[1] = msgspec.structs.replace(both[0], point="B")
    answer = desk.door.post_upload(desk.keys, encoded(both))
    results = msgspec.json.decode(answer.content, type=BatchResult).results
    assert [result.code for result in results] == ["accepted", "quarantined_name_reused"]
