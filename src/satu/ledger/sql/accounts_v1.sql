-- Opening accounts, rolling up sums, ending holds that ran out.

create function ledger_open_accounts_v1(
    p_kind smallint[], p_book integer[], p_asset smallint[], p_party bigint[], p_other integer[])
returns table (kind smallint, book integer, asset smallint, party bigint, other integer, id bigint)
language plpgsql volatile security definer
set search_path = public
as $$
#variable_conflict use_column
begin
    insert into ledger_account (kind, book, asset, party, other)
    select * from unnest(p_kind, p_book, p_asset, p_party, p_other)
    on conflict do nothing;
    return query
    select a.kind, a.book, a.asset, a.party, a.other, a.id
      from unnest(p_kind, p_book, p_asset, p_party, p_other)
           as w (kind, book, asset, party, other)
      join ledger_account a using (kind, book, asset, party, other)
     where a.balance is null;
end $$;

-- A purse at its issuer and a receivable in the scheme's book for each of n cards, side by side.
create function ledger_open_card_accounts_v1(
    first_card bigint, n integer, book integer, asset smallint)
returns table (card bigint, purse bigint, receivable bigint)
language plpgsql volatile security definer
set search_path = public
as $$
#variable_conflict use_column
begin
    return query
    with opened as (
        insert into ledger_account
            (kind, book, asset, party, card_group, balance, floor, ceiling)
        select s.kind, s.book, $4, s.card, s.card % 64, 0, s.floor, s.ceiling
          from (select k.kind, case when k.kind = 2 then $3 else 0 end as book,
                       $1 + g as card, k.floor, k.ceiling
                  from generate_series(0, $2 - 1) g
                 cross join (values (2::smallint, 0::bigint, null::bigint),
                                    (6::smallint, null, 0)) k (kind, floor, ceiling)
                 order by g, k.kind) s
        returning ledger_account.id, ledger_account.kind, ledger_account.party)
    select o.party, max(o.id) filter (where o.kind = 2), max(o.id) filter (where o.kind = 6)
      from opened o group by o.party;
end $$;

-- One more account with a balance that never falls below zero: a card's purse at another bank (kind
-- 2, the party of its first), an agent's float (15, which is there once: the directory sees to it).
create function ledger_open_balanced_v1(
    p_kind smallint, p_book integer, p_asset smallint, p_party bigint, p_card_group smallint)
returns bigint
language sql volatile security definer
set search_path = public
as $$
    insert into ledger_account (kind, book, asset, party, card_group, balance, floor)
    values (p_kind, p_book, p_asset, p_party, p_card_group, 0, 0)
    returning id
$$;

-- Move what append-only accounts gained into their running sums. Readers always see both.
create function ledger_roll_up_v1() returns bigint
language plpgsql volatile security definer
set search_path = public
as $$
declare
    v_rows bigint;
begin
    if not pg_try_advisory_xact_lock(hashtext('ledger_roll_up')) then
        return 0;
    end if;
    with gone as (
        delete from ledger_delta returning *
    ), summed as (
        select account, settlement_day, sum(debits)::bigint as debits,
               sum(credits)::bigint as credits, sum(postings)::bigint as postings
          from gone group by account, settlement_day
    )
    insert into ledger_checkpoint as c (account, settlement_day, debits, credits, postings)
    select * from summed
    on conflict (account, settlement_day) do update
       set debits = c.debits + excluded.debits,
           credits = c.credits + excluded.credits,
           postings = c.postings + excluded.postings;
    get diagnostics v_rows = row_count;
    return v_rows;
end $$;

create function ledger_expire_holds_v1(p_at timestamptz) returns bigint
language plpgsql volatile security definer
set search_path = public
set enable_seqscan = off
as $$
declare
    v_keys uuid[];
    v_accounts bigint[];
    v_rows bigint;
begin
    select array_agg(key), array_agg(account) into v_keys, v_accounts
      from (select key, account from ledger_hold
             where state = 0 and expires_at <= p_at order by expires_at limit 10000) h;
    perform ledger_lock_v1(coalesce(v_accounts, '{}'));
    with ended as (
        update ledger_hold h set state = 3, remaining = 0, ended_at = p_at
          from (select key, remaining from ledger_hold
                 where key = any (v_keys) and state = 0 for update) open
         where h.key = open.key
        returning h.account, open.remaining
    )
    update ledger_account a set held = a.held - s.remaining
      from (select account, sum(remaining)::bigint as remaining from ended group by account) s
     where a.id = s.account;
    select count(*) into v_rows from ledger_hold
     where key = any (v_keys) and state = 3 and ended_at = p_at;
    return v_rows;
end $$;

-- What an append-only account stands at: running sums and what came since, in one snapshot.
create view ledger_daily_sum as
select account, settlement_day, sum(debits)::bigint as debits, sum(credits)::bigint as credits,
       sum(postings)::bigint as postings
  from (select * from ledger_checkpoint union all select * from ledger_delta) d
 group by account, settlement_day;
