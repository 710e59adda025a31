"""Writing down who did what. Every action of the other domains calls this in its transaction."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from satu.kernel.days import from_ms


def record(*, action: str, subject: str, actor: str, at: int, **details: Any) -> None:
    """Add one row: `actor` (`staff:ani`) did `action` (`cards.block_card`) to `subject`
    (`card:17`) at the instant `at` (milliseconds). Details are what a reader would ask next.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into audit_record (at, actor, action, subject, details)"
            " values (%s, %s, %s, %s, %s)",
            [from_ms(at), actor, action, subject, json.dumps(details, default=str)],
        )
