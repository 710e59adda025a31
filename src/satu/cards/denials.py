"""The deny list as versions and exact serials. psycopg alone: the gateway answers readers with it.

A card is denied if its last change says so. satu.wire codes the serials for the way.
"""

from __future__ import annotations

from typing import NamedTuple

import psycopg


class DeniedSerials(NamedTuple):
    """Every denied card's serial, ascending, as of a version (0: nothing was ever denied)."""

    version: int
    serials: list[int]


class DenialChanges(NamedTuple):
    """What brings a list from one version to another: serials to add and to remove, ascending."""

    version: int
    added: list[int]
    removed: list[int]


# One statement each, so that the version and the serials are of the same instant.
DENIED = """
with last as (
    select distinct on (card) card, denied from cards_denial order by card, version desc
)
select (select coalesce(max(version), 0) from cards_denial),
       (select coalesce(array_agg(card order by card), '{}') from last where denied)
"""

CHANGES = """
with last as (
    select distinct on (card) card, denied from cards_denial
     where version > %(since)s order by card, version desc
), changed as (
    select last.card, last.denied
      from last
      left join lateral (
          select b.denied from cards_denial b
           where b.card = last.card and b.version <= %(since)s
           order by b.version desc limit 1) before on true
     where last.denied <> coalesce(before.denied, false)
)
select (select coalesce(max(version), 0) from cards_denial),
       (select coalesce(array_agg(card order by card), '{}') from changed where denied),
       (select coalesce(array_agg(card order by card), '{}') from changed where not denied)
"""


def denied_serials(conn: psycopg.Connection) -> DeniedSerials:
    """The whole list as it stands."""
    row = conn.execute(DENIED).fetchone()
    assert row is not None
    return DeniedSerials(*row)


def denial_changes(conn: psycopg.Connection, since: int) -> DenialChanges:
    """What changed on balance after version `since`: blocked and unblocked again is no change.

    If the version answered is below `since`, the asker's list is not of this database: it needs
    the whole list.
    """
    row = conn.execute(CHANGES, {"since": since}).fetchone()
    assert row is not None
    return DenialChanges(*row)
