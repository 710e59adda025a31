"""What Satu asks and tells banks, bank by bank: payouts, numbers for top-ups, what was booked."""

from __future__ import annotations

from datetime import datetime

import httpx

from satu.partners import banks, notices, payouts, va_requests


def call_banks(*, at: datetime) -> int:
    """Go on with all whose time has come; how much of it became known. A job runs this.

    A bank that is out is probed, and else left alone.
    """
    known = 0
    with httpx.Client() as http:
        for bank in banks.due(at):
            client = banks.client(bank, http)
            if banks.is_reached(bank, client, at):
                known += payouts.go_on(bank, client, at)
                known += va_requests.go_on(bank, client, at)
                known += notices.go_on(bank, client, at)
    return known
