-- The one way by which money moves: a set of entries in, one result an entry out
-- (satu.ledger.kinds.Result). Arrays run in parallel; a column nobody needs may be empty.
-- Callers hold no locks before, or hold them in this order: cards by id, accounts by id.
--
-- A door sets how statements are planned, and what it calls inherits that: an array always drives
-- and a table is always probed by its key. A plan is made once a connection, often while tables
-- are still empty, and must stay good.

create function ledger_lock_v1(p_account bigint[]) returns void
language plpgsql volatile
as $$
begin
    perform 1 from ledger_account
     where id = any (p_account) and balance is not null
     order by id
       for update;
end $$;

-- Each entry's balances after it, given which entries pass (result 0), and whether all limits hold.
create function ledger_running_v1(
    p_debit bigint[], p_credit bigint[], p_amount bigint[], p_hold_change bigint[],
    p_result smallint[],
    out debit_after bigint[], out credit_after bigint[], out code smallint[])
language plpgsql stable
as $$
#variable_conflict use_column
begin
    with leg as (
        select e.ord, l.is_debit, l.account, l.change, l.available, e.result = 0 as passes
          from unnest(p_debit, p_credit, p_amount, p_hold_change, p_result)
               with ordinality as e (debit, credit, amount, hold_change, result, ord)
         cross join lateral (
               values (true, e.debit, -e.amount, -e.amount - coalesce(e.hold_change, 0)),
                      (false, e.credit, e.amount, e.amount)
               ) as l (is_debit, account, change, available)
    ), run as (
        select l.ord, l.is_debit, a.floor, a.ceiling, l.available < 0 as lowers,
               case when l.is_debit or l.change > 0 then
                   a.balance + sum(l.change) over w end as balance,
               a.balance - a.held + sum(l.available) over w as available
          from leg l
          left join ledger_account a
            on a.id = l.account and l.passes and a.balance is not null
        window w as (partition by a.id order by l.ord, l.is_debit desc)
    ), entry_after as (
        select ord,
               max(balance) filter (where is_debit)::bigint as debit_after,
               max(balance) filter (where not is_debit)::bigint as credit_after,
               max(case when lowers and available < floor then 16
                        when not lowers and balance > ceiling then 17
                        else 0 end)::smallint as code
          from run group by ord
    )
    select array_agg(debit_after order by ord), array_agg(credit_after order by ord),
           array_agg(code order by ord)
      into debit_after, credit_after, code
      from entry_after;
end $$;

-- An entry that failed takes with it those of the same link.
create function ledger_linked_v1(p_result smallint[], p_link integer[]) returns smallint[]
language sql immutable
set enable_hashjoin = on
as $$
    select array_agg(case when r.result = 0 and r.link > 0 and f.link is not null
                          then 5::smallint else r.result end order by r.ord)
      from unnest(p_result, p_link) with ordinality as r (result, link, ord)
      left join (select distinct link
                   from unnest(p_result, p_link) as x (result, link)
                  where result > 0 and link > 0) f on f.link = r.link
$$;

-- Limits, in the order of the entries: the first that breaks one fails, and the rest is run again.
-- Where an entry or a link joins several limited accounts, only the very first fails each time,
-- so that the outcome is that of one entry after the other.
create function ledger_limit_v1(
    p_debit bigint[], p_credit bigint[], p_amount bigint[], p_hold_change bigint[],
    p_link integer[], inout p_result smallint[],
    out debit_after bigint[], out credit_after bigint[])
language plpgsql stable
set enable_hashjoin = on
as $$
declare
    v_code smallint[];
    v_joined boolean;
begin
    loop
        select r.debit_after, r.credit_after, r.code into debit_after, credit_after, v_code
          from ledger_running_v1(p_debit, p_credit, p_amount, p_hold_change, p_result) r;
        exit when not (16 = any (v_code) or 17 = any (v_code));
        if v_joined is null then
            select exists (
                select 1 from (
                    select coalesce(nullif(e.link, 0), -e.ord) as part, a.id
                      from unnest(p_debit, p_credit, p_link, p_result)
                           with ordinality as e (debit, credit, link, result, ord)
                      join ledger_account a on a.id in (e.debit, e.credit)
                     where e.result = 0 and a.balance is not null) x
                 group by part having count(distinct id) > 1) into v_joined;
        end if;
        select array_agg(case when first.ord is null then e.result else e.code end order by e.ord)
          into p_result
          from unnest(p_result, v_code) with ordinality as e (result, code, ord)
          left join (
              select min(c.ord) as ord
                from unnest(v_code, p_debit, p_credit)
                     with ordinality as c (code, debit, credit, ord)
               where c.code > 0
               group by case when v_joined then 0
                             when c.code = 16 then c.debit else c.credit end
          ) first on first.ord = e.ord;
        p_result := ledger_linked_v1(p_result, p_link);
    end loop;
end $$;

-- What each entry is by itself (the lowest reason that applies; 0: none; null: not wanted), and
-- what it would leave behind if it were alone in the set. `alone`: no limited account comes twice,
-- so that this is what it leaves behind.
create function ledger_judge_v1(
    p_key uuid[], p_debit bigint[], p_credit bigint[], p_amount bigint[], p_kind smallint[],
    p_service_day date[], p_hold uuid[], p_hold_change bigint[], p_wanted boolean[],
    out result smallint[], out debit_after bigint[], out credit_after bigint[],
    out code smallint[], out alone boolean)
language plpgsql stable
as $$
#variable_conflict use_column
begin
    with entry as (
        select e.ord, e.amount, coalesce(e.hold_change, 0) as hold_change,
               d.id as d_id, d.balance as d_balance, d.held as d_held, d.floor as d_floor,
               c.id as c_id, c.balance as c_balance, c.ceiling as c_ceiling,
               (case
                when e.wanted = false then null
                when p.key is not null then case
                    when (p.debit, p.credit) <> (e.debit, e.credit) then 2
                    when p.amount <> e.amount then 3
                    when p.kind <> e.kind or p.service_day <> e.service_day
                         or p.hold is distinct from e.hold then 4
                    else 1 end
                when e.hold_change > 0 and h.key is not null then case
                    when h.account <> e.debit then 2
                    when h.amount <> e.hold_change then 3
                    else 1 end
                when e.amount < 0 or (e.amount = 0 and coalesce(e.hold_change, 0) = 0) then 6
                when e.amount > 0 and e.debit = e.credit then 7
                when d.id is null then 8
                when e.amount > 0 and c.id is null then 9
                when e.amount > 0 and d.book <> c.book then 10
                when e.amount > 0 and d.asset <> c.asset then 11
                when d.closed_at is not null or (e.amount > 0 and c.closed_at is not null) then 12
                when e.hold_change < 0 and h.key is null and not e.hold = any (p_key) then 13
                when e.hold_change < 0 and h.key is not null
                     and (h.state <> 0 or h.account <> e.debit) then 14
                when e.hold_change < 0 and h.remaining < -e.hold_change then 15
                else 0 end)::smallint as result
          from unnest(p_key, p_debit, p_credit, p_amount, p_kind, p_service_day, p_hold,
                      p_hold_change, p_wanted)
               with ordinality as e (key, debit, credit, amount, kind, service_day, hold,
                                     hold_change, wanted, ord)
          left join ledger_account d on d.id = e.debit
          left join ledger_account c on c.id = e.credit and e.amount > 0
          left join ledger_posting p on p.key = e.key
          left join ledger_hold h on h.key = e.hold
    )
    select array_agg(result order by ord),
           array_agg(d_balance - amount order by ord),
           array_agg(c_balance + amount order by ord),
           array_agg((case
               when result <> 0 then 0
               when amount + hold_change > 0
                    and d_balance - d_held - amount - hold_change < d_floor then 16
               when c_balance + amount > c_ceiling then 17
               else 0 end)::smallint order by ord),
           count(d_balance) = count(distinct d_id) filter (where d_balance is not null)
               and count(c_balance) = count(distinct c_id) filter (where c_balance is not null)
               and (count(d_balance) = 0 or count(c_balance) = 0)
      into result, debit_after, credit_after, code, alone
      from entry;
end $$;

-- Apply entries whose accounts are locked. p_wanted false: the entry is passed over (result null).
create function ledger_apply_v1(
    p_key uuid[], p_debit bigint[], p_credit bigint[], p_amount bigint[], p_kind smallint[],
    p_card_group smallint[], p_occurred_ms bigint[], p_service_day date[],
    p_tap bigint[], p_use bigint[], p_corrects uuid[],
    p_hold uuid[], p_hold_change bigint[], p_hold_kind smallint[], p_hold_expires_ms bigint[],
    p_link integer[], p_posted_at timestamptz, p_settlement_day date,
    p_wanted boolean[] default null)
returns smallint[]
language plpgsql volatile
as $$
declare
    v_result smallint[];
    v_debit_after bigint[];
    v_credit_after bigint[];
    v_code smallint[];
    v_alone boolean;
begin
    select j.result, j.debit_after, j.credit_after, j.code, j.alone
      into v_result, v_debit_after, v_credit_after, v_code, v_alone
      from ledger_judge_v1(p_key, p_debit, p_credit, p_amount, p_kind, p_service_day, p_hold,
                           p_hold_change, p_wanted) j;
    if cardinality(p_link) > 0 then
        v_result := ledger_linked_v1(v_result, p_link);
    end if;
    if not v_alone or cardinality(p_link) > 0 or 16 = any (v_code) or 17 = any (v_code) then
        select l.p_result, l.debit_after, l.credit_after
          into v_result, v_debit_after, v_credit_after
          from ledger_limit_v1(p_debit, p_credit, p_amount, p_hold_change, p_link, v_result) l;
    end if;

    update ledger_account a
       set balance = a.balance + s.change, held = a.held + s.held
      from (select account, sum(change)::bigint as change, sum(held)::bigint as held
              from (select debit as account, -amount as change, coalesce(hold_change, 0) as held
                      from unnest(p_debit, p_amount, p_hold_change, v_result, v_debit_after)
                           as e (debit, amount, hold_change, result, after)
                     where result = 0 and after is not null
                    union all
                    select credit, amount, 0
                      from unnest(p_credit, p_amount, v_result, v_credit_after)
                           as e (credit, amount, result, after)
                     where result = 0 and after is not null) l
             group by account) s
     where a.id = s.account;

    insert into ledger_posting (
        key, debit, credit, amount, kind, card_group, occurred_at, posted_at, service_day,
        settlement_day, debit_balance_after, credit_balance_after, tap, use, corrects, hold)
    select key, debit, credit, amount, kind, card_group, to_timestamp(occurred_ms / 1000.0),
           p_posted_at, service_day, p_settlement_day, debit_after, credit_after,
           tap, use, corrects, hold
      from unnest(p_key, p_debit, p_credit, p_amount, p_kind, p_card_group, p_occurred_ms,
                  p_service_day, p_tap, p_use, p_corrects, p_hold, v_result,
                  v_debit_after, v_credit_after)
           as e (key, debit, credit, amount, kind, card_group, occurred_ms, service_day, tap, use,
                 corrects, hold, result, debit_after, credit_after)
     where result = 0 and amount > 0;

    insert into ledger_delta (account, settlement_day, debits, credits, postings)
    select account, p_settlement_day, sum(debit)::bigint, sum(credit)::bigint, count(*)
      from (select debit as account, amount as debit, 0::bigint as credit
              from unnest(p_debit, p_amount, v_result, v_debit_after)
                   as e (debit, amount, result, after)
             where result = 0 and after is null and amount > 0
            union all
            select credit, 0, amount
              from unnest(p_credit, p_amount, v_result, v_credit_after)
                   as e (credit, amount, result, after)
             where result = 0 and after is null and amount > 0) l
     group by account;

    if cardinality(p_hold) > 0 then
        perform ledger_change_holds_v1(p_debit, p_amount, p_occurred_ms, p_hold, p_hold_change,
                                       p_hold_kind, p_hold_expires_ms, v_result, p_posted_at);
    end if;
    return v_result;
end $$;

-- Open, lower and end holds as the entries that passed say.
create function ledger_change_holds_v1(
    p_debit bigint[], p_amount bigint[], p_occurred_ms bigint[], p_hold uuid[],
    p_hold_change bigint[], p_hold_kind smallint[], p_hold_expires_ms bigint[],
    p_result smallint[], p_posted_at timestamptz) returns void
language plpgsql volatile
as $$
begin
    insert into ledger_hold (key, account, amount, remaining, kind, opened_at, expires_at)
    select hold, debit, hold_change, hold_change, coalesce(hold_kind, 1),
           to_timestamp(occurred_ms / 1000.0), to_timestamp(expires_ms / 1000.0)
      from unnest(p_debit, p_hold, p_hold_change, p_hold_kind, p_occurred_ms, p_hold_expires_ms,
                  p_result)
           as e (debit, hold, hold_change, hold_kind, occurred_ms, expires_ms, result)
     where result = 0 and hold_change > 0;

    update ledger_hold h
       set remaining = h.remaining - s.lowered,
           state = case when h.remaining > s.lowered then 0
                        when s.captured then 1 else 2 end,
           ended_at = case when h.remaining = s.lowered then p_posted_at end
      from (select hold, -sum(hold_change)::bigint as lowered, bool_or(amount > 0) as captured
              from unnest(p_hold, p_hold_change, p_amount, p_result)
                   as e (hold, hold_change, amount, result)
             where result = 0 and hold_change < 0
             group by hold) s
     where h.key = s.hold;
end $$;

-- The public door: lock, then apply. Nothing but these functions writes the ledger's tables.
create function ledger_post_v1(
    p_key uuid[], p_debit bigint[], p_credit bigint[], p_amount bigint[], p_kind smallint[],
    p_card_group smallint[], p_occurred_ms bigint[], p_service_day date[],
    p_tap bigint[], p_use bigint[], p_corrects uuid[],
    p_hold uuid[], p_hold_change bigint[], p_hold_kind smallint[], p_hold_expires_ms bigint[],
    p_link integer[], p_posted_at timestamptz, p_settlement_day date)
returns smallint[]
language plpgsql volatile security definer
set search_path = public
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
    perform ledger_lock_v1(p_debit || p_credit);
    return ledger_apply_v1(
        p_key, p_debit, p_credit, p_amount, p_kind, p_card_group, p_occurred_ms, p_service_day,
        p_tap, p_use, p_corrects, p_hold, p_hold_change, p_hold_kind, p_hold_expires_ms, p_link,
        p_posted_at, p_settlement_day);
end $$;
