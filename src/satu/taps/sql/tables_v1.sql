-- The hot path's memory. Written by the functions of this folder alone.

create table taps_tap (
    id bigint primary key,               -- satu.kernel.ids.tap_id(device, sequence)
    card bigint,                         -- null: no card of ours was recognised
    card_group smallint not null,
    medium smallint not null,
    point integer not null,              -- 0: unknown
    route integer not null,              -- 0: not told
    direction smallint not null,
    riders smallint not null default 1,  -- how many go in on this touch
    at timestamptz not null,             -- device time, corrected
    received_at timestamptz not null,
    service_day date not null,
    decided smallint not null,           -- satu.taps.tap.Decided: 0 ask, 1 open, 2 refused
    outcome smallint not null,           -- satu.kernel.refusal.Outcome
    meaning smallint not null,           -- satu.kernel.refusal.Meaning
    charge bigint not null,
    full_fare bigint not null,
    balance bigint,                      -- the purse's, after this tap
    digest bigint not null,              -- of what the reader sent, less `decided`
    upload bigint                        -- the signed upload it came in; null: single
);
create index taps_tap_received on taps_tap using brin (received_at)
    with (pages_per_range = 32, autosummarize = on);

create table taps_card_day (
    card bigint not null,
    service_day date not null,
    card_group smallint not null,
    revision integer not null,           -- how often the day was folded and stored
    last_at timestamptz not null,        -- order key of the last tap folded: at, then id
    last_tap bigint not null,
    taps bigint[] not null,              -- the admitted taps, in order
    carried_in bytea not null,           -- what the day before handed on
    state bytea not null,                -- satu.taps.day.DayState
    is_closed boolean not null,          -- the day's closing has run
    primary key (card, service_day)
) with (fillfactor = 70);
-- Days that wait for their closing. Its condition changes once a day: updates stay in the page.
create index taps_card_day_open on taps_card_day (service_day) where not is_closed;

create table taps_use (
    id bigint primary key,               -- the use's first tap
    card bigint not null,
    card_group smallint not null,
    service_day date not null,
    kind text not null,                  -- journey, visit
    operator integer not null,
    point_in integer not null,
    point_out integer not null,          -- 0: none
    route integer not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    use_class smallint not null,         -- satu.kernel.refusal.UseClass
    full_fare bigint not null,
    fare bigint not null,                -- of all riders together, as full_fare is
    riders smallint not null default 1
) with (fillfactor = 70);
create index taps_use_started on taps_use using brin (started_at)
    with (pages_per_range = 32, autosummarize = on);
-- Visits are few among rides, and the live page adds up a day of them. None of what an update
-- changes is in it: updates stay in the page.
create index taps_use_visits on taps_use (service_day) where kind = 'visit';

-- An upload as it came, with its signature: evidence between operator and bank.
create table taps_upload (
    id bigint generated always as identity primary key,
    device integer not null,
    received_at timestamptz not null,
    taps integer not null,
    body_sha256 bytea not null,
    signature bytea not null,
    body bytea not null
);

-- Taps kept aside for people to look at: nothing that a reader sent is thrown away.
create table taps_quarantine (
    id bigint generated always as identity primary key,
    tap bigint not null,
    reason smallint not null,            -- satu.kernel.refusal.Outcome
    received_at timestamptz not null,
    upload bigint,
    body jsonb not null,
    digest bigint not null
);
create unique index taps_quarantine_once on taps_quarantine (tap, digest);
