-- Programs may call the doors; the inner functions run as the owner, through a door.
do $$
declare
    inner_one text;
begin
    for inner_one in select oid::regprocedure from pg_proc where proname like 'ledger\_%' loop
        execute format('revoke execute on function %s from public', inner_one);
    end loop;
end $$;
grant execute on function
    ledger_post_v1(uuid[], bigint[], bigint[], bigint[], smallint[], smallint[], bigint[], date[],
                   bigint[], bigint[], uuid[], uuid[], bigint[], smallint[], bigint[], integer[],
                   timestamptz, date),
    ledger_open_accounts_v1(smallint[], integer[], smallint[], bigint[], integer[]),
    ledger_open_card_accounts_v1(bigint, integer, integer, smallint),
    ledger_open_balanced_v1(smallint, integer, smallint, bigint, smallint),
    ledger_roll_up_v1(),
    ledger_expire_holds_v1(timestamptz)
to satu_app;
grant select on ledger_daily_sum to satu_app;
