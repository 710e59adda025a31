"""The jobs of the clock: each is known, runs as satu_app and may run again."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django import app

import satu.project.jobs  # noqa: F401  (registers them)
from tests.support import Database

ROOMS = (
    "approvals",
    "audit",
    "cards",
    "cases",
    "doors",
    "insight",
    "ledger",
    "messages",
    "partners",
    "payments",
    "people",
    "settlement",
    "taps",
)
NAMES = sorted(name for name in app.tasks if name.split(".")[0] in ROOMS)


def test_the_jobs_of_the_clock_are_known() -> None:
    assert NAMES == [
        "approvals.expire",
        "audit.ask_proof",
        "audit.prove",
        "cards.end_accounts",
        "cards.expire",
        "cards.pay_closed",
        "cards.sweep_dormant",
        "cases.close_old",
        "cases.escalate",
        "cases.forget",
        "cases.repairs",
        "doors.forget",
        "insight.forget",
        "insight.keep_tallies",
        "insight.keep_watch",
        "ledger.expire_holds",
        "ledger.roll_up",
        "messages.deliver",
        "messages.forget",
        "messages.tell_looks",
        "messages.tell_riders",
        "partners.call_banks",
        "partners.forget_old",
        "payments.orders",
        "people.forget",
        "people.rewrap",
        "settlement.keep_checks",
        "taps.close_days",
        "taps.rehearse",
        "taps.unlink_trips",
        "taps.withdraw_repairs",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_job_finds_nothing_to_do_in_an_empty_city(database: Database, name: str) -> None:
    for _ in range(2):
        app.tasks[name].func(timestamp=0)
    assert database.connect().execute("select count(*) from ledger_posting").fetchone() == (0,)
