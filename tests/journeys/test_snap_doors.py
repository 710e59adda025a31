"""A bank tops up cards by the standard: what it is answered, and that money moves once."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from satu.cards.actions import block_card
from tests.journeys.gateway_support import ACTOR, held_rows
from tests.journeys.partners_support import (
    BALANCE,
    Banks,
    Mandiri,
    Web,
    amount,
    at_once,
    crash,
    stamp,
    told,
    web,
)

IDR = {"currency": "IDR"}


@pytest.fixture
def bank(banks: Banks, running: Web) -> Mandiri:
    client = Mandiri(running.base_url, banks.secret)
    client.sign_in()
    return client


def test_a_bank_inquires_tops_up_and_asks_what_became_of_it(bank: Mandiri, banks: Banks) -> None:
    number = banks.mandiri[0]
    masked = f"{number[:6]}******{number[-4:]}"
    inquired = bank.call("37", {"customerNumber": number, "amount": amount(50_000)})
    assert told(inquired) == (200, "2003700", "Successful")
    found = inquired.json()
    assert found["customerNumber"] == masked
    assert found["customerName"] == f"Kartu Satu {number[-4:]}"
    assert found["minAmount"] == {"value": "1.00", **IDR}
    assert found["amount"] == {"value": "50000.00", **IDR}
    assert found["feeAmount"] == {"value": "0.00", **IDR}

    done = bank.top_up(number, 50_000, "R-1")
    assert told(done) == (200, "2003800", "Successful")
    assert done.json() == {
        "responseCode": "2003800",
        "responseMessage": "Successful",
        "referenceNo": done.json()["referenceNo"],
        "partnerReferenceNo": "R-1",
        "customerNumber": masked,
        "amount": {"value": "50000.00", **IDR},
    }
    assert banks.balance(number) == BALANCE + 50_000
    assert banks.top_ups() == [(1, "R-1", 50_000)]

    asked = {"originalPartnerReferenceNo": "R-1", "serviceCode": "38"}
    status = bank.call("39", asked)
    assert told(status) == (200, "2003900", "Successful")
    assert status.json()["originalReferenceNo"] == done.json()["referenceNo"]
    assert status.json()["latestTransactionStatus"] == "00"
    assert status.json()["amount"] == {"value": "50000.00", **IDR}

    balance = bank.call("11", {"accountNo": number})
    assert told(balance) == (200, "2001100", "Successful")
    (info,) = balance.json()["accountInfos"]
    assert info["availableBalance"] == {"value": "150000.00", **IDR} and info["status"] == "0001"
    assert balance.json()["accountNo"] == masked
    assert number not in balance.text + status.text + done.text + inquired.text


def test_another_banks_card_is_topped_up_within_the_deposit(bank: Mandiri, banks: Banks) -> None:
    number = banks.bca[0]
    banks.conn.execute("update cards_prefund set amount = 60000 where bank = 1")
    inquired = bank.call("37", {"customerNumber": number, "amount": amount(50_000)})
    assert told(inquired) == (200, "2003700", "Successful")
    assert inquired.json()["maxAmount"] == {"value": "20000000.00", **IDR}, "no limit, no balance"
    first = bank.top_up(number, 50_000, "R-1")
    assert told(first) == (200, "2003800", "Successful")
    books = banks.books()
    refused = bank.top_up(number, 10_001, "R-2")
    assert told(refused) == (403, "4033814", "Insufficient Funds")
    assert banks.books() == books and banks.balance(number) == BALANCE + 50_000
    assert bank.top_up(number, 50_000, "R-1").content == first.content
    assert told(bank.top_up(number, 10_000, "R-2"))[1] == "2003800", "as much as was deposited"
    assert banks.top_ups() == [(1, "R-1", 50_000), (1, "R-2", 10_000)]
    asked = {"originalPartnerReferenceNo": "R-1", "serviceCode": "38"}
    assert told(bank.call("39", asked))[1] == "2003900"
    assert told(bank.call("11", {"accountNo": number}))[1] == "4041111", "it is not theirs to see"


def test_a_repeat_is_answered_alike_and_other_data_are_refused(bank: Mandiri, banks: Banks) -> None:
    number, other = banks.mandiri
    first = bank.top_up(number, 20_000, "R-1", "E-1")
    books = banks.books()
    assert bank.top_up(number, 20_000, "R-1", "E-1").content == first.content
    assert bank.top_up(number, 20_000, "R-1", "E-2").content == first.content
    for moved in (number, 20_001, "R-1", "E-1"), (number, 20_000, "R-2", "E-1"):
        assert told(bank.top_up(*moved)) == (409, "4093800", "Conflict")
    for moved in (number, 20_001, "R-1"), (other, 20_000, "R-1"):
        assert told(bank.top_up(*moved)) == (409, "4093801", "Duplicate partnerReferenceNo")
    used = bank.call("11", {"accountNo": number}, external_id="E-1")
    assert told(used) == (409, "4091100", "Conflict")
    assert banks.books() == books


def test_what_only_looks_is_looked_at_anew(bank: Mandiri, banks: Banks) -> None:
    number = banks.mandiri[0]
    asked = {"originalPartnerReferenceNo": "R-1", "serviceCode": "38"}
    balance = bank.call("11", {"accountNo": number}, external_id="E-2")
    again = bank.call("11", {"accountNo": number}, external_id="E-2")
    assert again.content == balance.content
    assert told(bank.call("39", asked, external_id="E-1"))[1] == "4043901"
    assert told(bank.top_up(number, 4_000, "R-1"))[1] == "2003800"
    assert told(bank.call("39", asked, external_id="E-1"))[1] == "2003900"
    other = {**asked, "originalPartnerReferenceNo": "R-2"}
    assert told(bank.call("39", other, external_id="E-1"))[1] == "4093900"
    kept = banks.conn.execute(
        "select external_id, length(body) > 0 from partners_call order by external_id"
    ).fetchall()
    assert [row for row in kept if row[0] in ("E-1", "E-2")] == [("E-1", False), ("E-2", False)]
    assert sum(has_body for _, has_body in kept) == 1, "a balance is not kept"


def test_a_repeat_may_be_spaced_otherwise(bank: Mandiri, banks: Banks) -> None:
    asked = {
        "partnerReferenceNo": "R-1",
        "customerNumber": banks.mandiri[0],
        "amount": amount(7_000),
    }
    first = bank.call("38", asked, external_id="E-1")
    spaced = json.dumps(asked, indent=3).encode()
    assert bank.call("38", None, body=spaced, external_id="E-1").content == first.content
    assert banks.top_ups() == [(1, "R-1", 7_000)]


def test_fifty_at_once_change_the_books_once(bank: Mandiri, banks: Banks) -> None:
    number = banks.mandiri[0]
    same = [lambda: bank.top_up(number, 5_000, "R-1", "E-1")] * 25
    again = [lambda n=n: bank.top_up(number, 5_000, "R-1", f"F-{n}") for n in range(25)]
    answers = at_once(same + again)
    assert {told(answer) for answer in answers} == {(200, "2003800", "Successful")}
    assert len({answer.content for answer in answers}) == 1
    assert banks.balance(number) == BALANCE + 5_000
    assert banks.top_ups() == [(1, "R-1", 5_000)]

    fighting = at_once([lambda n=n: bank.top_up(number, 1_000 + n, "R-2") for n in range(50)])
    codes = sorted(answer.json()["responseCode"] for answer in fighting)
    assert codes == ["2003800"] + ["4093801"] * 49
    (winner,) = [answer.json() for answer in fighting if answer.status_code == 200]
    assert banks.balance(number) == BALANCE + 5_000 + int(winner["amount"]["value"][:-3])
    assert len(banks.top_ups()) == 2


def test_order_does_not_matter(bank: Mandiri, banks: Banks) -> None:
    number = banks.mandiri[0]
    calls = [(1_000 * n, f"R-{n}", f"E-{n}") for n in (1, 2, 3)]
    first = {call: bank.top_up(number, *call).content for call in reversed(calls)}
    for call in (calls[1], calls[0], calls[2], calls[1]):
        assert bank.top_up(number, *call).content == first[call]
    assert banks.balance(number) == BALANCE + 6_000
    assert sorted(banks.top_ups()) == [(1, "R-1", 1_000), (1, "R-2", 2_000), (1, "R-3", 3_000)]


def test_a_crash_in_the_middle_books_nothing_and_the_repeat_books_once(banks: Banks) -> None:
    number = banks.mandiri[0]
    token = crash(banks, number, lambda bank: bank.top_up(number, 9_000, "R-1", "E-1"))
    with web() as second:
        again = Mandiri(second.base_url, banks.secret)
        again.token = token
        asked = {"originalPartnerReferenceNo": "R-1", "serviceCode": "38"}
        assert told(again.call("39", asked))[1] == "4043901"
        done = again.top_up(number, 9_000, "R-1", "E-1")
        assert told(done)[1] == "2003800"
        assert again.top_up(number, 9_000, "R-1", "E-1").content == done.content
    assert banks.balance(number) == BALANCE + 9_000
    assert banks.top_ups() == [(1, "R-1", 9_000)]


def test_an_answer_nobody_waited_for_is_kept(database: Any, bank: Mandiri, banks: Banks) -> None:
    number = banks.mandiri[0]
    with held_rows(database, [banks.serial(number)]):
        bank.http.timeout = 0.5
        with pytest.raises(Exception, match=r"timed out"):
            bank.top_up(number, 3_000, "R-1", "E-1")
        bank.http.timeout = 60
        began = time.monotonic()
    asked = {"originalPartnerReferenceNo": "R-1", "serviceCode": "38"}
    assert told(bank.call("39", asked))[1] == "2003900", "what is under way is waited for"
    assert time.monotonic() - began < 30
    assert told(bank.top_up(number, 3_000, "R-1", "E-1"))[1] == "2003800"
    assert banks.top_ups() == [(1, "R-1", 3_000)]


REFUSED = [
    ({"customerNumber": None}, "4003802", "Invalid Mandatory Field customerNumber"),
    ({"partnerReferenceNo": ""}, "4003802", "Invalid Mandatory Field partnerReferenceNo"),
    ({"amount": {"value": "1.00"}}, "4003802", "Invalid Mandatory Field amount.currency"),
    ({"amount": amount("1000")}, "4003801", "Invalid Field Format amount.value"),
    ({"amount": amount("10.50")}, "4003801", "Invalid Field Format amount.value"),
    ({"amount": amount("-5.00")}, "4003801", "Invalid Field Format amount.value"),
    (
        {"amount": {"value": "1.00", "currency": "USD"}},
        "4003801",
        "Invalid Field Format amount.currency",
    ),
    ({"customerNumber": "0812-345"}, "4003801", "Invalid Field Format customerNumber"),
    ({"customerNumber": "6281234567890"}, "4043811", "Invalid Card/Account/Customer"),
    ({"customerNumber": "1"}, "4043811", "Invalid Card/Account/Customer"),
    ({"amount": amount(0)}, "4043813", "Invalid Amount"),
    ({"amount": amount(20_000_001)}, "4033802", "Exceeds Transaction Amount Limit"),
]


def test_what_is_refused_says_why_and_moves_nothing(bank: Mandiri, banks: Banks) -> None:
    number, blocked = banks.mandiri
    block_card(card=banks.serial(blocked), reason="lost", actor=ACTOR, at=datetime.now(UTC))
    books = banks.books()
    good = {"partnerReferenceNo": "R-1", "customerNumber": number, "amount": amount(1_000)}
    for changed, code, message in REFUSED:
        assert told(bank.call("38", {**good, **changed})) == (int(code[:3]), code, message)
    inactive = "Inactive Card/Account/Customer"
    asked = {**good, "customerNumber": blocked}
    assert told(bank.call("38", asked)) == (403, "4033818", inactive)
    assert told(bank.call("37", asked)) == (403, "4033718", inactive)
    assert told(bank.call("11", {"accountNo": banks.bca[0]}))[1] == "4041111"
    assert told(bank.call("11", {}))[1:] == ("4001102", "Invalid Mandatory Field accountNo")
    for body in (b"", b"[]", b"{", b"\xff\xfe", b" " * 70_000):
        assert told(bank.call("38", None, body=body))[1:] == ("4003800", "Bad Request")
    status = {"originalPartnerReferenceNo": "R-9", "serviceCode": "38"}
    assert told(bank.call("39", status)) == (404, "4043901", "Transaction Not Found")
    assert told(bank.call("39", {**status, "serviceCode": "17"}))[1] == "4003901"
    for path, code in (
        ("/snap-service/v1/account-inquiry-internal", "4031501"),
        ("/v1.0/transfer-va/create-va", "4032701"),
        ("/v1.0/debit/payment-host-to-host.htm", "4035401"),
    ):
        assert told(bank.call("", good, path=path)) == (403, code, "Feature Not Allowed")
    assert banks.books() == books


def test_who_does_not_prove_who_it_is_moves_nothing(
    bank: Mandiri, banks: Banks, running: Web
) -> None:
    number = banks.mandiri[0]
    books = banks.books()
    good = {"partnerReferenceNo": "R-1", "customerNumber": number, "amount": amount(1_000)}
    long_ago = stamp(datetime.now(UTC) - timedelta(minutes=6))
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"X_SIGNATURE": "AAAA"}, "4013800", "Unauthorized. [Signature]"),
        ({"X_SIGNATURE": "no base64"}, "4013800", "Unauthorized. [Signature]"),
        ({"X_SIGNATURE": None}, "4003802", "Invalid Mandatory Field X-SIGNATURE"),
        ({"X_TIMESTAMP": "yesterday"}, "4003801", "Invalid Field Format X-TIMESTAMP"),
        ({"X_TIMESTAMP": None}, "4003802", "Invalid Mandatory Field X-TIMESTAMP"),
        ({"X_TIMESTAMP": long_ago}, "4013800", "Unauthorized. [X-TIMESTAMP is too far from now]"),
        ({"X_PARTNER_ID": "nobody"}, "4013800", "Unauthorized. [Unknown client]"),
        ({"X_PARTNER_ID": None}, "4003802", "Invalid Mandatory Field X-PARTNER-ID"),
        ({"X_EXTERNAL_ID": None}, "4003802", "Invalid Mandatory Field X-EXTERNAL-ID"),
        ({"X_EXTERNAL_ID": "x" * 37}, "4003801", "Invalid Field Format X-EXTERNAL-ID"),
        ({"CHANNEL_ID": None}, "4003802", "Invalid Mandatory Field CHANNEL-ID"),
        ({"Authorization": None}, "4013803", "Token Not Found (B2B)"),
        ({"Authorization": "Bearer made-up"}, "4013801", "Invalid Token (B2B)"),
        ({"path": "/v1.1/emoney/topup"}, "4033801", "Feature Not Allowed"),
    ]
    for changed, code, message in wrong:
        assert told(bank.call("38", good, **changed)) == (int(code[:3]), code, message), changed
    banks.conn.execute("update partners_partner set secret_generation = 2 where code = 'mandiri'")
    assert told(bank.call("38", good))[1] == "4013800", "an old secret signs nothing"
    banks.conn.execute("update partners_partner set secret_generation = 1 where code = 'mandiri'")
    assert told(bank.call("38", good))[1] == "2003800"
    assert banks.books() != books

    for method in ("GET", "PUT", "DELETE"):
        answer = bank.http.request(method, "/v1.0/emoney/topup")
        assert told(answer) == (400, "4003800", "Bad Request")
    assert told(bank.http.put("/v1.0/transfer-va/update-va"))[1] == "4032801"
    assert told(bank.http.delete("/v1.0/transfer-va/delete-va"))[1] == "4033101"
    assert bank.http.post("/v1.0/emoney/transfer").status_code == 404
    log = running.log()
    assert number not in log and banks.secret not in log and bank.token not in log


def test_a_token_is_for_who_signs_and_ends_after_fifteen_minutes(
    bank: Mandiri, banks: Banks
) -> None:
    granted = bank.ask_token()
    assert told(granted) == (200, "2007300", "Successful")
    assert granted.json()["tokenType"] == "Bearer" and granted.json()["expiresIn"] == "900"
    for changed, code, message in [
        ({"X_CLIENT_KEY": "nobody"}, "4017300", "Unauthorized. [Unknown client]"),
        ({"X_CLIENT_KEY": None}, "4007302", "Invalid Mandatory Field X-CLIENT-KEY"),
        ({"X_SIGNATURE": "AAAA"}, "4017300", "Unauthorized. [Signature]"),
        ({"X_CLIENT_KEY": "bca-key"}, "4037301", "Feature Not Allowed"),
        ({"body": {"grantType": "password"}}, "4007301", "Invalid Field Format grantType"),
        ({"body": {}}, "4007302", "Invalid Mandatory Field grantType"),
    ]:
        assert told(bank.ask_token(**changed)) == (int(code[:3]), code, message)

    asked = {"accountNo": banks.mandiri[0]}
    (life,) = banks.conn.execute(
        "select max(expires_at) - now() from partners_token where card is null"
    ).fetchone() or (None,)
    assert timedelta(minutes=14) < life <= timedelta(minutes=15)
    (stored,) = banks.conn.execute("select string_agg(token_hash::text, ' ') from partners_token")
    assert bank.token.encode().hex() not in stored[0]
    assert told(bank.call("11", asked))[1] == "2001100"
    banks.conn.execute("delete from partners_token")
    assert told(bank.call("11", asked))[1] == "4011101"


def test_a_partner_that_is_closed_or_too_fast_is_refused(
    database: Any, bank: Mandiri, banks: Banks
) -> None:
    owner = database.owner()
    asked = {"accountNo": banks.mandiri[0]}
    owner.execute(
        "update partners_partner set profile = profile || '{\"calls_per_minute\": 2}'"
        " where code = 'mandiri'"
    )
    codes = [told(bank.call("11", asked))[1] for _ in range(4)]
    assert codes == ["2001100", "2001100", "4291100", "4291100"]
    owner.execute("update partners_partner set is_open = false where code = 'mandiri'")
    assert told(bank.call("11", asked))[1] == "4011100"
    assert told(bank.ask_token())[1] == "4017300"
