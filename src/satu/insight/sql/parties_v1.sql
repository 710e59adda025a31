-- What operators and banks are shown of themselves, by service day. Written by insight alone; no
-- card is in it.

-- Taps, counted with the quarters: each once.
create table insight_operator_day (
    operator integer not null,           -- the point's; 0: unknown
    service_day date not null,
    route integer not null,              -- 0: not told
    outcome smallint not null,           -- satu.kernel.refusal.Outcome
    taps integer not null,
    riders_in integer not null,
    primary key (operator, service_day, route, outcome)
) with (fillfactor = 80);
create index insight_operator_day_day on insight_operator_day (service_day);

-- Uses as they stand, for a day's end changes them: the newest days are counted anew.
create table insight_use_day (
    operator integer not null,
    service_day date not null,
    route integer not null,              -- 0: not told
    use_class smallint not null,         -- satu.kernel.refusal.UseClass
    uses integer not null,
    riders integer not null,
    fare bigint not null,                -- what they cost now, in the smallest unit
    primary key (operator, service_day, route, use_class)
);
create index insight_use_day_day on insight_use_day (service_day);

-- What is too much to count whenever somebody looks: a bank's cards and numbers, by state.
create table insight_issuer_count (
    issuer integer not null,
    what text not null,                  -- card, virtual_account
    state smallint not null,
    number bigint not null,
    counted_at timestamptz not null,
    primary key (issuer, what, state)
);

grant select, insert, update, delete on
    insight_operator_day, insight_use_day, insight_issuer_count
to satu_app;
