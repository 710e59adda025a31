-- Where somebody went is unlinked from their card: taps and uses stay, for counts, with card 0 and
-- the hour alone; card days and repairs go, since they are nothing but somebody's way. Money is not
-- touched.

-- The service days that were unlinked, and how many cards of each wait: a repair is undecided.
create table taps_unlinked (
    service_day date primary key,
    at timestamptz not null,
    waiting integer not null
);
grant select on taps_unlinked to satu_app;

-- Taps and uses lose their card, and what would lead back to it: the balance after a tap and its
-- exact instant stand in the books too, and when a told tap came in stands in the audit trail.
create function taps_forget_v1(p_tap bigint[], p_use bigint[]) returns void
language plpgsql volatile
set search_path = public
as $$
begin
    perform ledger_unlink_v1(p_tap);
    update taps_tap
       set card = 0, card_group = 0, at = date_trunc('hour', at),
           received_at = date_trunc('hour', at), balance = null, digest = 0, upload = null
     where id = any (p_tap);
    update taps_use
       set card = 0, card_group = 0, started_at = date_trunc('hour', started_at),
           ended_at = date_trunc('hour', ended_at)
     where id = any (p_use);
end $$;

-- The card days of a service day, at most p_limit of the cards after p_after; the last card looked
-- at, null when there are no more. Days that are open or whose repair waits are left as they are.
create function taps_unlink_v1(p_day date, p_after bigint, p_limit integer) returns bigint
language plpgsql volatile security definer
set search_path = public
as $$
declare
    v_last bigint;
    v_cards bigint[];
    v_taps bigint[];
begin
    select max(x.card), array_agg(x.card) filter (where x.is_over) into v_last, v_cards
      from (select d.card, d.is_closed and not exists (
                       select from taps_repair r
                        where r.card = d.card and r.service_day = p_day and r.state = 0) as is_over
              from taps_card_day d
             where d.service_day = p_day and d.card > p_after
             order by d.card limit p_limit) x;
    perform 1 from cards_card where id = any (v_cards) order by id for update;
    with gone as (
        delete from taps_card_day where card = any (v_cards) and service_day = p_day returning taps
    )
    select array_agg(t.id) into v_taps from gone, unnest(gone.taps) as t (id);
    perform taps_forget_v1(v_taps, v_taps);
    update cards_card set version = version + 1 where id = any (v_cards);
    return v_last;
end $$;

-- What else of a service day names a card: taps that were refused or replaced, uses that are void,
-- repairs; and what readers sent, which has the cards' tokens in it. A repair goes as a whole: the
-- trail names its number beside who asked for it and what flowed back.
create function taps_unlink_rest_v1(p_day date, p_at timestamptz) returns integer
language plpgsql volatile security definer
set search_path = public
as $$
declare
    v_waiting bigint[];
    v_taps bigint[];
    v_uses bigint[];
begin
    select coalesce(array_agg(card), '{}') into v_waiting
      from taps_card_day where service_day = p_day;
    select array_agg(id) into v_taps
      from taps_tap
     where service_day = p_day and card <> 0 and card <> all (v_waiting)
       and received_at > p_day - interval '2 days' and received_at < p_day + interval '12 days';
    select array_agg(id) into v_uses
      from taps_use
     where service_day = p_day and card <> 0 and card <> all (v_waiting)
       and started_at > p_day - interval '2 days' and started_at < p_day + interval '12 days';
    perform taps_forget_v1(v_taps, v_uses);
    -- A refund that was paid when no tap was folded in any more is named by the tap that was told.
    perform ledger_unlink_v1(array(
        select tap from taps_repair
         where service_day = p_day and state <> 0));
    delete from taps_repair where service_day = p_day and state <> 0;
    update taps_upload set body = '' where received_at < p_day and octet_length(body) > 0;
    update taps_quarantine set body = body - 'token', digest = -id
     where received_at < p_day and body ? 'token';
    insert into taps_unlinked values (p_day, p_at, cardinality(v_waiting))
    on conflict (service_day) do update set at = excluded.at, waiting = excluded.waiting;
    return cardinality(v_waiting);
end $$;

do $$
declare
    inner_one text;
begin
    for inner_one in select oid::regprocedure from pg_proc
                      where proname in ('taps_forget_v1', 'taps_unlink_v1', 'taps_unlink_rest_v1')
    loop
        execute format('revoke execute on function %s from public', inner_one);
    end loop;
end $$;
grant execute on function
    taps_unlink_v1(date, bigint, integer), taps_unlink_rest_v1(date, timestamptz)
to satu_app;
