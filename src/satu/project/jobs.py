"""The jobs that the clock starts, in the same database (procrastinate). Run by `satu up`."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django import app

from satu.approvals.actions import expire
from satu.audit.proofs import ask_proof, make_asked
from satu.cards.accounts import end_accounts
from satu.cards.closing import pay_closed
from satu.cards.dormant import sweep_dormant
from satu.cards.lifecycle import expire_cards
from satu.cases.chores import close_old, escalate_due, unlink_rides
from satu.cases.chores import forget_old as forget_cases
from satu.cases.repairs import follow_repairs
from satu.insight.jobs import forget as forget_quarters
from satu.insight.jobs import keep_tallies, keep_watch
from satu.kernel.days import from_ms, to_ms
from satu.ledger import actions as ledger
from satu.messages.delivering import deliver_due
from satu.messages.forgetting import forget_old as forget_messages
from satu.messages.looks import tell_looks
from satu.messages.ports import ports
from satu.partners.actions import forget_old
from satu.partners.calling import call_banks
from satu.payments.orders import run_orders
from satu.people.forgetting import forget_old as forget_people
from satu.people.rotation import rewrap
from satu.project import environment
from satu.project.clock import now_ms
from satu.settlement.checks import keep_checks
from satu.taps.closing import close_days
from satu.taps.drafts import run_rehearsals
from satu.taps.notices import tell_riders
from satu.taps.places import NoCityLoaded
from satu.taps.repairs import withdraw_repairs
from satu.taps.retention import unlink_trips
from satu.web.doors.forgetting import forget_old as forget_doors

EVERY_TEN_SECONDS = "* * * * * */10"
EVERY_MINUTE = "* * * * *"
EVERY_TEN_MINUTES = "*/10 * * * *"
EVERY_HOUR = "5 * * * *"
EVERY_DAY = "25 21 * * *"  # UTC: 04:25 in Jakarta, when the service day is new


def _job(name: str, cron: str, work: Callable[[datetime], Any]) -> None:
    """Have `work` run when the cron line says so; a run still queued is not queued twice."""

    @app.periodic(cron=cron)
    @app.task(name=name, queueing_lock=name, lock=name)
    def run(timestamp: int) -> None:
        close_old_connections()  # one that the database dropped is not used again
        work(from_ms(now_ms()))


def _close_days(at: datetime) -> int:
    """End the days that are over; before a city is loaded there are none."""
    try:
        return close_days(url=environment.app_url(), now_ms=to_ms(at))
    except NoCityLoaded:
        return 0


def _withdraw_repairs(at: datetime) -> int:
    """Told taps give way to readers' own that came late."""
    return withdraw_repairs(url=environment.app_url(), actor="job:withdraw_repairs", at=at)


def _unlink_trips(at: datetime) -> int:
    """Old trips lose their cards, and then cases let go of them."""
    unlink_trips(actor="job:unlink", at=at)
    return unlink_rides(actor="job:unlink", at=at)


def _prove_trail(at: datetime) -> bool:
    """Prove the audit trail's chain, if somebody asked for it."""
    return make_asked(url=environment.app_url(), at=at) is not None


def _rehearse(at: datetime) -> int:
    """Rehearse the tariffs that were asked for, with half of the processors."""
    processes = max((os.cpu_count() or 1) // 2, 1)
    return run_rehearsals(
        url=environment.app_url(), processes=processes, clock=lambda: from_ms(now_ms())
    )


def _rewrap(at: datetime) -> int:
    """Go on with a rotation of the master keys that its command did not end."""
    moved = 0
    while chunk := rewrap(actor="job:rewrap", at=at).moved:
        moved += chunk
    return moved


_job("audit.ask_proof", EVERY_DAY, lambda at: ask_proof(actor="job:audit", at=at))
_job("audit.prove", EVERY_TEN_SECONDS, _prove_trail)
_job("ledger.roll_up", EVERY_MINUTE, lambda at: ledger.roll_up(at=at))
_job("ledger.expire_holds", EVERY_MINUTE, lambda at: ledger.expire_holds(at=at))
_job("partners.forget_old", EVERY_TEN_MINUTES, lambda at: forget_old(at=at))
_job("partners.call_banks", EVERY_MINUTE, lambda at: call_banks(at=at))
_job("cards.expire", EVERY_HOUR, lambda at: expire_cards(actor="job:expire", at=at))
_job("cards.pay_closed", EVERY_HOUR, lambda at: pay_closed(actor="job:pay_closed", at=at))
_job("cards.end_accounts", EVERY_HOUR, lambda at: end_accounts(actor="job:end_accounts", at=at))
_job("cards.sweep_dormant", EVERY_DAY, lambda at: sweep_dormant(actor="job:sweep_dormant", at=at))
_job("payments.orders", EVERY_MINUTE, lambda at: run_orders(actor="job:orders", at=at))
_job("taps.close_days", EVERY_TEN_MINUTES, _close_days)
_job("taps.rehearse", EVERY_TEN_SECONDS, _rehearse)
_job("taps.withdraw_repairs", EVERY_TEN_MINUTES, _withdraw_repairs)
_job("taps.unlink_trips", EVERY_DAY, _unlink_trips)
_job("approvals.expire", EVERY_HOUR, lambda at: expire(actor="job:approvals", at=at))
_job("cases.escalate", EVERY_TEN_MINUTES, lambda at: escalate_due(actor="job:cases", at=at))
_job("cases.repairs", EVERY_TEN_MINUTES, lambda at: follow_repairs(actor="job:cases", at=at))
_job("cases.close_old", EVERY_DAY, lambda at: close_old(actor="job:cases", at=at))
_job("cases.forget", EVERY_DAY, lambda at: forget_cases(actor="job:forget", at=at))
_job("messages.tell_riders", EVERY_MINUTE, lambda at: tell_riders(at=at))
_job("messages.tell_looks", EVERY_MINUTE, lambda at: tell_looks(at=at))
_job("messages.deliver", EVERY_MINUTE, lambda at: deliver_due(ports=ports(), at=at))
_job("messages.forget", EVERY_DAY, lambda at: forget_messages(actor="job:forget", at=at))
_job("insight.keep_watch", EVERY_TEN_SECONDS, lambda at: keep_watch(at=at))
_job("insight.keep_tallies", EVERY_TEN_MINUTES, lambda at: keep_tallies(at=at))
_job("insight.forget", EVERY_DAY, lambda at: forget_quarters(at=at))
_job("settlement.keep_checks", EVERY_TEN_MINUTES, lambda at: keep_checks(at=at))
_job("doors.forget", EVERY_DAY, lambda at: forget_doors(at=at))
_job("people.rewrap", EVERY_HOUR, _rewrap)
_job("people.forget", EVERY_DAY, lambda at: forget_people(actor="job:forget", at=at))
