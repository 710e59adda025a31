"""`satu messages`: what a person and a program see of the outbox."""

from __future__ import annotations

import json

from satu.kernel.days import from_ms
from satu.messages.actions import enqueue
from satu.messages.kinds import Kind
from satu.project.clock import now_ms
from tests.commands import satu
from tests.database.people_support import SITI, prepare, register
from tests.support import Database


def test_the_outbox_is_listed_and_sent(database: Database) -> None:
    prepare()
    siti = register()
    enqueue(
        resident=siti,
        kind=Kind.CARD_LOST,
        parameters={"card": "0012"},
        name="lost:1",
        at=from_ms(now_ms()),
    )
    shown = satu("messages", "outbox")
    assert shown.returncode == 0 and "Kartu •0012 tidak membuka gerbang" in shown.stdout
    assert "1 waiting" in shown.stdout
    assert json.loads(satu("messages", "deliver", "--json").stdout.splitlines()[-1]) == {"sent": 1}
    told = json.loads(satu("messages", "outbox", "--json", "--state", "sent").stdout)
    assert told["counts"] == {"sent": 1}
    assert [one["channel"] for one in told["messages"]] == ["sms"]
    assert SITI.phone not in json.dumps(told)
    assert satu("messages", "outbox", "--state", "lost").returncode == 1
