"""Whatever a bank sends, in whatever order and however often: a reference tops up once."""

from __future__ import annotations

import json
from importlib.resources import files
from itertools import count
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satu.cards.queries import card as card_of
from satu.formats.snap import signing
from satu.formats.snap.codes import Service
from satu.formats.snap.profile import read_profile
from satu.ledger.verify import verify
from satu.partners.actions import Added, NewPartner, add_partner
from satu.partners.calls import Answered, Call, answer
from tests.database.cards_support import ACTOR, AT, issue, money, one, open_banks, postings
from tests.journeys.partners_support import private_key, public_pem
from tests.support import Database

PATH = "/rest/v1.0/emoney/topup"
RUNS = count(1)


class Sent(NamedTuple):
    """A top-up as a bank may send it; small numbers, so that names meet again."""

    external_id: int
    reference: int
    card: int
    amount: int


SENT = st.builds(
    Sent,
    external_id=st.integers(1, 4),
    reference=st.integers(1, 3),
    card=st.integers(1, 2),
    amount=st.sampled_from([0, 1_000, 2_000]),
)


def send(run: int, sent: Sent) -> Answered:
    found = card_of(sent.card)
    assert found is not None
    told = {
        "partnerReferenceNo": f"{run}-{sent.reference}",
        "customerNumber": found.number,
        "amount": {"value": f"{sent.amount}.00", "currency": "IDR"},
    }
    body, stamp = json.dumps(told).encode(), AT.isoformat()
    text = signing.asymmetric_text("POST", PATH, body, stamp)
    headers = {
        "X-TIMESTAMP": stamp,
        "X-SIGNATURE": signing.sign_asymmetric(private_key(), text),
        "X-PARTNER-ID": "id",
        "X-EXTERNAL-ID": f"{run}-{sent.external_id}",
        "CHANNEL-ID": "95221",
    }
    return answer(Call(Service.TOP_UP, "POST", PATH, headers, body, AT))


def expected(sent: Sent, calls: dict[int, Sent], booked: dict[int, Sent]) -> str:
    """The response code, by a model of two dictionaries that it keeps."""
    first = calls.get(sent.external_id)
    if first is not None and first != sent:
        return "4093800"
    calls[sent.external_id] = sent
    before = booked.get(sent.reference)
    if sent.amount == 0:
        return "4043813"
    if before is not None and (before.card, before.amount) != (sent.card, sent.amount):
        return "4043818"
    booked[sent.reference] = sent
    return "2003800"


def test_any_mixture_of_calls_is_answered_as_the_model_says(database: Database) -> None:
    open_banks()
    issue(count=2)
    profile = read_profile((files("satu.partners") / "profiles" / "dana.toml").read_text())
    new = NewPartner("mandiri", "mandiri", "key", "id", public_pem(), profile)
    assert isinstance(add_partner(new=new, actor=ACTOR, at=AT), Added)
    conn = database.connect()

    @settings(
        max_examples=30,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(SENT, min_size=1, max_size=10))
    def run(mixture: list[Sent]) -> None:
        number = next(RUNS)
        before = {card: money(conn, card).purse for card in (1, 2)}
        were = postings(conn)
        calls: dict[int, Sent] = {}
        booked: dict[int, Sent] = {}
        answers: dict[int, Any] = {}
        for sent in mixture:
            answered = send(number, sent)
            code = json.loads(answered.body)["responseCode"]
            assert code == expected(sent, calls, booked), (sent, answered)
            if code != "4093800":
                assert answers.setdefault(sent.external_id, answered) == answered
        for card in (1, 2):
            came = sum(sent.amount for sent in booked.values() if sent.card == card)
            assert money(conn, card).purse == before[card] + came
        assert postings(conn) == were + len(booked)

    run()
    assert one(conn, "select count(*) from cards_top_up") == (postings(conn),)
    assert verify(conn).problems == []
