"""Fills what offices have beside rides: the audit trail, cases, messages. By sets, as the owner.

Nobody wrote the texts of these cases, so they have none; entries of the trail are sealed as always.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg

from satu.audit.store import seal
from satu.bench.stage import Tell

DAYS = 30
STAFF = 40
AUDIT_EACH = 1  # so many entries a card
CASE_EACH = 50  # of so many cards one had a case
OPEN_EACH = 20  # of so many cases one is open

AUDIT = """
insert into audit_entry (at, actor, action, subject_kind, subject_id, detail)
select %(first)s::timestamptz + %(span)s * (n::float8 / %(entries)s),
       case when n %% 10 = 0 then 'staff:bench' || n / 10 %% {staff}
            when n %% 10 < 4 then 'partner:bank' || n %% 5
            else 'resident:' || n %% %(cards)s + 1 end,
       case when n %% 10 = 0 then
                (array['card.looked_at', 'card.history_looked_at', 'person.opened',
                       'card.journeys_looked_at'])[1 + n / 10 %% 4]
            when n %% 10 < 4 then 'partner.va_paid'
            else 'session.begun' end,
       case when n %% 10 >= 4 or n / 10 %% 4 = 2 then 'person' else 'card' end,
       (n::bigint * 7919 %% %(cards)s + 1)::text,
       case when n %% 10 = 0 then '{{"purpose": "bench", "case": "K-1", "role": "desk"}}'::jsonb
            else '{{}}'::jsonb end
  from generate_series(0, %(entries)s - 1) n
""".format(staff=STAFF)
CASES = """
insert into cases_case
      (key, kind, channel, resident, card, about, state, team, owner, step, opened_at, opened_by,
       answer_by, due_at, left_s, answered_at, outcome, closed_at, is_forgotten)
select 'bench ' || c.n, (array['complaint', 'refund', 'lost_card'])[1 + c.n %% 3],
       (array['page', 'phone', 'counter', 'message'])[1 + c.n %% 4], k.owner, k.id, '',
       case when not c.is_open then 4 else c.n / {open} %% 2 end,
       (array['desk', 'supervisor'])[1 + c.n / 7 %% 2],
       case when c.is_open and c.n / {open} %% 2 = 0 then '' else 'bench' || c.n %% {staff} end,
       0, c.at, 'resident:' || k.owner, c.at + interval '5 days',
       case when c.is_open then c.at + interval '2 days' end, null,
       case when not c.is_open then c.at + interval '1 day' end,
       case when not c.is_open then 'informed' else '' end,
       case when not c.is_open then c.at + interval '8 days' end, false
  from (select n, n %% {open} = 0 as is_open,
               %(first)s::timestamptz + %(span)s * (n::float8 / %(cases)s) as at
          from generate_series(0, %(cases)s - 1) n) c
  join cards_card k on k.id = c.n * 31 %% %(cards)s + 1
 where k.owner is not null
""".format(open=OPEN_EACH, staff=STAFF)
STORIES = """
insert into cases_entry (\"case\", what, at, actor, text, answer, parameters, is_inner)
select id, 'opened', opened_at, opened_by, null, '', '{}'::jsonb, false from cases_case
"""
MESSAGES = """
insert into messages_message
      (name, resident, kind, parameters, made_at, next_at, tries, state, why, channel, sent_to,
       ended_at)
select 'bench ' || c.id, c.owner, 'low_balance',
       jsonb_build_object('card', right(c.number, 4), 'balance', 4500),
       %(first)s::timestamptz + %(span)s * (c.id::float8 / %(cards)s), null, 1, 1, '', 'sms', '',
       %(first)s::timestamptz + %(span)s * (c.id::float8 / %(cards)s) + interval '1 minute'
  from cards_card c where c.owner is not null
"""
PARTS = (
    ("audit_entry where actor like 'staff:bench%'", (AUDIT,)),
    ("cases_case", (CASES, STORIES)),
    ("messages_message", (MESSAGES,)),
)


def fill_offices(owner: str, *, cards: int, at: datetime, tell: Tell) -> None:
    """Fill what lacks, up to `at`; what is there already stays as it is."""
    values = {
        "first": at - timedelta(days=DAYS),
        "span": timedelta(days=DAYS),
        "cards": cards,
        "entries": AUDIT_EACH * cards,
        "cases": max(1, cards // CASE_EACH),
    }
    with psycopg.connect(owner, autocommit=True) as conn:
        for place, (where, statements) in enumerate(PARTS):
            tell("Offices", place, len(PARTS) + 1)
            row = conn.execute(f"select not exists (select from {where})").fetchone()
            if row and row[0]:
                with conn.transaction():
                    for statement in statements:
                        conn.execute(statement, values)
        tell("Offices", len(PARTS), len(PARTS) + 1)
        seal(conn, at=at)
        tell("Offices", len(PARTS) + 1, len(PARTS) + 1)
