-- The tap's road in the database: load what a batch of cards needs, commit what was decided.
-- Arrays run in parallel; *_ci is the place of the row's card in p_card (from 1).
-- Joins are written so that an array always drives and a table is always probed by its key: a
-- plan is made once a connection, often while the table is still empty, and must stay good.

-- Cards with their balances and their newest day; a row of nulls for a card that is unknown.
create function taps_load_v1(p_card bigint[])
returns table (
    card bigint, version bigint, state smallint, category text, entitlements bytea,
    issuer integer, purse bigint, receivable bigint, card_group smallint, has_several boolean,
    balance bigint, held bigint, owed bigint,
    service_day date, revision integer, last_ms bigint, last_tap bigint, taps bigint[],
    carried_in bytea, day_state bytea, is_closed boolean)
language plpgsql stable
set search_path = public
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
    return query
    select c.id, c.version, c.state, c.category, c.entitlements, p.book, c.purse,
           c.receivable, c.card_group, c.purses is not null, p.balance, p.held, r.balance,
           d.service_day, d.revision, (extract(epoch from d.last_at) * 1000)::bigint, d.last_tap,
           d.taps, d.carried_in, d.state, d.is_closed
      from unnest(p_card) as u (id)
      left join cards_card c on c.id = u.id
      left join ledger_account p on p.id = c.purse
      left join ledger_account r on r.id = c.receivable
      left join lateral (
          select * from taps_card_day d
           where d.card = c.id order by d.service_day desc limit 1) d on true;
end $$;

-- Taps already stored under these names, with the decision that was given.
create function taps_stored_v1(p_tap bigint[])
returns table (
    tap bigint, card bigint, decided smallint, outcome smallint, meaning smallint,
    charge bigint, full_fare bigint, balance bigint, digest bigint, service_day date)
language plpgsql stable
set search_path = public
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
    return query
    select t.id, t.card, t.decided, t.outcome, t.meaning, t.charge, t.full_fare, t.balance,
           t.digest, t.service_day
      from unnest(p_tap) as u (id)
     cross join lateral (select * from taps_tap x where x.id = u.id offset 0) t;
end $$;

-- For late taps and for rating again: cards' days from the one before p_from on, up to p_to (null:
-- all), in order. The taps folded in them are asked for by their names.
create function taps_days_v1(p_card bigint[], p_from date, p_to date)
returns table (
    card bigint, service_day date, revision integer, last_ms bigint, last_tap bigint,
    taps bigint[], carried_in bytea, day_state bytea, is_closed boolean)
language plpgsql stable
set search_path = public
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
begin
    return query
    select d.card, d.service_day, d.revision, (extract(epoch from d.last_at) * 1000)::bigint,
           d.last_tap, d.taps, d.carried_in, d.state, d.is_closed
      from unnest(p_card) as u (id)
     cross join lateral (
          select * from taps_card_day x
           where x.card = u.id
             and x.service_day >= coalesce((select max(b.service_day) from taps_card_day b
                                             where b.card = u.id and b.service_day < p_from),
                                           p_from)
             and x.service_day <= coalesce(p_to, 'infinity')
           order by x.service_day) d;
end $$;

create function taps_folded_v1(p_tap bigint[])
returns table (
    tap bigint, at_ms bigint, point integer, route integer, direction smallint, riders smallint)
language sql stable
set search_path = public
as $$
    select t.id, (extract(epoch from t.at) * 1000)::bigint, t.point, t.route, t.direction,
           t.riders
      from taps_tap t where t.id = any (p_tap)
$$;

-- Which cards of the batch may be written: 0 yes, 1 stale (load and fold again). Locks first the
-- cards, then their accounts, each in id order; then looks on a fresh snapshot.
create function taps_check_v1(
    p_card bigint[], p_version bigint[], p_account bigint[], p_purse bigint[],
    p_need bigint[], p_expect bigint[], p_tap bigint[], p_tap_ci integer[], p_tap_new boolean[],
    out status smallint[], out balance bigint[])
language plpgsql volatile
as $$
declare
    v_known integer[];
begin
    perform 1 from cards_card where id = any (p_card) order by id for update;
    perform ledger_lock_v1(p_account);

    select array_agg((case when c.version = q.version and a.balance - a.held >= q.need
                            and (q.expect is null or a.balance - a.held = q.expect)
                           then 0 else 1 end)::smallint order by q.ci),
           array_agg(a.balance order by q.ci)
      into status, balance
      from unnest(p_card, p_version, p_purse, p_need, p_expect)
           with ordinality as q (card, version, purse, need, expect, ci)
      left join cards_card c on c.id = q.card
      left join ledger_account a on a.id = q.purse;

    select array_agg(distinct t.ci) into v_known
      from unnest(p_tap, p_tap_ci, p_tap_new) as t (id, ci, is_new)
     where t.is_new and t.ci > 0
       and exists (select from taps_tap x where x.id = t.id offset 0);
    if v_known is not null then
        select array_agg((case when s.ci = any (v_known) then 1 else s.status end)::smallint
                         order by s.ci)
          into status from unnest(status) with ordinality as s (status, ci);
    end if;
end $$;

-- One batch: every card's taps, days, uses and entries, or for a stale card nothing of it.
-- Returns a status and the purse's balance before the batch for each card.
create function taps_commit_v1(
    p_card bigint[], p_group smallint[], p_version bigint[], p_account bigint[], p_purse bigint[],
    p_need bigint[], p_expect bigint[],
    t_id bigint[], t_ci integer[], t_new boolean[], t_medium smallint[], t_point integer[],
    t_route integer[], t_direction smallint[], t_riders smallint[], t_at_ms bigint[],
    t_received_ms bigint[], t_day date[], t_decided smallint[], t_outcome smallint[],
    t_meaning smallint[], t_charge bigint[], t_full_fare bigint[], t_balance_change bigint[],
    t_digest bigint[], t_upload bigint[],
    d_ci integer[], d_day date[], d_revision integer[], d_last_ms bigint[], d_last_tap bigint[],
    d_taps text[], d_carried_in bytea[], d_state bytea[], d_closed boolean[],
    u_ci integer[], u_id bigint[], u_day date[], u_kind text[], u_operator integer[],
    u_point_in integer[], u_point_out integer[], u_route integer[], u_started_ms bigint[],
    u_ended_ms bigint[], u_class smallint[], u_full_fare bigint[], u_fare bigint[],
    u_riders smallint[],
    e_ci integer[],
    e_key uuid[], e_debit bigint[], e_credit bigint[], e_amount bigint[], e_kind smallint[],
    e_card_group smallint[], e_occurred_ms bigint[], e_service_day date[],
    e_tap bigint[], e_use bigint[], e_corrects uuid[],
    e_hold uuid[], e_hold_change bigint[], e_hold_kind smallint[], e_hold_expires_ms bigint[],
    e_link integer[], p_posted_at timestamptz, p_settlement_day date,
    out status smallint[], out balance bigint[])
language plpgsql volatile security definer
set search_path = public
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_ok boolean[];
    v_wanted boolean[];
    v_result smallint[];
begin
    select k.status, k.balance into status, balance
      from taps_check_v1(p_card, p_version, p_account, p_purse, p_need, p_expect,
                         t_id, t_ci, t_new) k;
    select coalesce(array_agg(s = 0 order by ci), '{}') into v_ok
      from unnest(status) with ordinality as x (s, ci);

    insert into taps_tap (
        id, card, card_group, medium, point, route, direction, riders, at, received_at, service_day,
        decided, outcome, meaning, charge, full_fare, balance, digest, upload)
    select t.id, p_card[t.ci], coalesce(p_group[t.ci], 0), t.medium, t.point, t.route,
           t.direction, t.riders, to_timestamp(t.at_ms / 1000.0),
           to_timestamp(t.received_ms / 1000.0), t.day, t.decided, t.outcome, t.meaning,
           t.charge, t.full_fare, balance[t.ci] + t.balance_change, t.digest, t.upload
      from unnest(t_id, t_ci, t_new, t_medium, t_point, t_route, t_direction, t_riders, t_at_ms,
                  t_received_ms, t_day, t_decided, t_outcome, t_meaning, t_charge, t_full_fare,
                  t_balance_change, t_digest, t_upload)
           as t (id, ci, is_new, medium, point, route, direction, riders, at_ms, received_ms, day,
                 decided, outcome, meaning, charge, full_fare, balance_change, digest, upload)
     where t.is_new and (t.ci = 0 or v_ok[t.ci]);

    if false = any (t_new) then
        update taps_tap x
           set decided = t.decided, outcome = t.outcome, meaning = t.meaning, charge = t.charge,
               full_fare = t.full_fare, balance = taps_commit_v1.balance[t.ci] + t.balance_change
          from unnest(t_id, t_ci, t_new, t_decided, t_outcome, t_meaning, t_charge, t_full_fare,
                      t_balance_change)
               as t (id, ci, is_new, decided, outcome, meaning, charge, full_fare, balance_change)
         where x.id = t.id and not t.is_new and v_ok[t.ci];
    end if;

    insert into taps_card_day as c (
        card, service_day, card_group, revision, last_at, last_tap, taps, carried_in, state,
        is_closed)
    select p_card[d.ci], d.day, p_group[d.ci], d.revision, to_timestamp(d.last_ms / 1000.0),
           d.last_tap, d.taps::bigint[], d.carried_in, d.state, d.is_closed
      from unnest(d_ci, d_day, d_revision, d_last_ms, d_last_tap, d_taps, d_carried_in, d_state,
                  d_closed)
           as d (ci, day, revision, last_ms, last_tap, taps, carried_in, state, is_closed)
     where v_ok[d.ci]
    on conflict (card, service_day) do update
       set revision = excluded.revision, last_at = excluded.last_at,
           last_tap = excluded.last_tap, taps = excluded.taps, carried_in = excluded.carried_in,
           state = excluded.state, is_closed = excluded.is_closed;

    insert into taps_use as x (
        id, card, card_group, service_day, kind, operator, point_in, point_out, route, started_at,
        ended_at, use_class, full_fare, fare, riders)
    select u.id, p_card[u.ci], p_group[u.ci], u.day, u.kind, u.operator, u.point_in,
           u.point_out, u.route, to_timestamp(u.started_ms / 1000.0),
           to_timestamp(nullif(u.ended_ms, 0) / 1000.0), u.use_class, u.full_fare, u.fare,
           u.riders
      from unnest(u_ci, u_id, u_day, u_kind, u_operator, u_point_in, u_point_out, u_route,
                  u_started_ms, u_ended_ms, u_class, u_full_fare, u_fare, u_riders)
           as u (ci, id, day, kind, operator, point_in, point_out, route, started_ms, ended_ms,
                 use_class, full_fare, fare, riders)
     where v_ok[u.ci]
    on conflict (id) do update
       set service_day = excluded.service_day, point_in = excluded.point_in,
           point_out = excluded.point_out, route = excluded.route,
           started_at = excluded.started_at, ended_at = excluded.ended_at,
           use_class = excluded.use_class, full_fare = excluded.full_fare, fare = excluded.fare,
           riders = excluded.riders;

    update cards_card set version = version + 1
     where id = any (array(select id from unnest(p_card, v_ok) as u (id, ok) where ok));

    if cardinality(e_ci) > 0 then
        select array_agg(v_ok[e.ci] order by e.ord) into v_wanted
          from unnest(e_ci) with ordinality as e (ci, ord);
        v_result := ledger_apply_v1(
            e_key, e_debit, e_credit, e_amount, e_kind, e_card_group, e_occurred_ms,
            e_service_day, e_tap, e_use, e_corrects, e_hold, e_hold_change, e_hold_kind,
            e_hold_expires_ms, e_link, p_posted_at, p_settlement_day, v_wanted);
        if exists (select from unnest(v_result) as r (code) where code > 0) then
            raise exception 'the ledger refused a decided tap: %', v_result
                using errcode = 'data_exception';
        end if;
    end if;
end $$;

-- Keep taps aside; a tap that was set aside before in the same words is counted once.
create function taps_quarantine_v1(
    p_tap bigint[], p_reason smallint[], p_received_ms bigint[], p_upload bigint[],
    p_body text[], p_digest bigint[])
returns table (tap bigint, digest bigint)
language sql volatile security definer
set search_path = public
as $$
    insert into taps_quarantine as q (tap, reason, received_at, upload, body, digest)
    select t.tap, t.reason, to_timestamp(t.received_ms / 1000.0), t.upload, t.body::jsonb, t.digest
      from unnest(p_tap, p_reason, p_received_ms, p_upload, p_body, p_digest)
           as t (tap, reason, received_ms, upload, body, digest)
    on conflict do nothing
    returning q.tap, q.digest
$$;
