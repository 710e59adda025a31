-- What insight counts of the taps, quarter by quarter of an hour. Written by insight alone;
-- no card is in it. Every tap is added once: insight_progress tells how far.

create table insight_quarter (
    point integer not null,              -- 0: unknown
    quarter timestamptz not null,        -- when it begins
    route integer not null,              -- 0: not told
    outcome smallint not null,           -- satu.kernel.refusal.Outcome
    taps integer not null,
    riders_in integer not null,
    riders_out integer not null,
    charged bigint not null,             -- what these taps moved, in the smallest unit
    primary key (point, quarter, route, outcome)
) with (fillfactor = 80);
create index insight_quarter_begins on insight_quarter using brin (quarter);

create table insight_line_quarter (
    service_day date not null,
    operator integer not null,           -- the point's; 0: unknown
    route integer not null,
    quarter timestamptz not null,
    taps integer not null,
    refused integer not null,
    riders_in integer not null,
    riders_out integer not null,
    charged bigint not null,
    primary key (service_day, operator, route, quarter)
) with (fillfactor = 80);

create table insight_progress (
    only_one boolean primary key default true check (only_one),
    complete timestamptz not null,       -- taps received up to here are counted
    seen timestamptz not null,           -- the newest time of receipt at the last look
    looked_at timestamptz not null       -- when that was, by the machine's clock
);
